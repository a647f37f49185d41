--[[
  Withdraws all votes of a user.

  KEYS[1] votes of the user (hash: job id -> vote, ":", persona)
  KEYS[2] counts (hash: vote, ":", persona -> number)

  Output: how many there were
]]
local votes = redis.call("HVALS", KEYS[1])
for _, vote in ipairs(votes) do
  redis.call("HINCRBY", KEYS[2], vote, -1)
end
redis.call("DEL", KEYS[1])
return #votes
