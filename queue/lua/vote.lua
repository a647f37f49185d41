--[[
  Counts one user's vote on one reply; a later one takes the place of the earlier.

  KEYS[1] record of the reply (hash): knows the persona
  KEYS[2] votes of the user (hash: job id -> vote, ":", persona)
  KEYS[3] counts (hash: vote, ":", persona -> number)

  ARGV[1] job id
  ARGV[2] vote: 1, -1, or 0 to withdraw it
  ARGV[3] seconds that a user's votes stay after the last of them

  Output: 1 counted, 0 nobody knows this reply (any more)
]]
local before = redis.call("HGET", KEYS[2], ARGV[1])
local persona = before and before:match("^%-?1:(.*)$") or redis.call("HGET", KEYS[1], "persona")
if not persona then
  return 0
end
if before then
  redis.call("HINCRBY", KEYS[3], before, -1)
end
if ARGV[2] == "0" then
  redis.call("HDEL", KEYS[2], ARGV[1])
  return 1
end
local vote = ARGV[2] .. ":" .. persona
redis.call("HSET", KEYS[2], ARGV[1], vote)
redis.call("HINCRBY", KEYS[3], vote, 1)
redis.call("EXPIRE", KEYS[2], ARGV[3])
return 1
