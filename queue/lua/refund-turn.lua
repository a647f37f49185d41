--[[
  Takes back that a message was let through, unless its reply has spent tokens already.

  KEYS[1] mark of the message (string: taken, spent)
  KEYS[2] log of the user (sorted set)
  KEYS[3] log of the server
  KEYS[4] let through, but not yet in the queue (sorted set)

  ARGV[1] job id

  Output: 1 taken back, 0 there was nothing to take back
]]
if redis.call("GET", KEYS[1]) ~= "taken" then
  return 0
end
redis.call("DEL", KEYS[1])
for at = 2, 4 do
  redis.call("ZREM", KEYS[at], ARGV[1])
end
return 1
