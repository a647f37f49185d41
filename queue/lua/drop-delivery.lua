--[[
  Asks for the removal of everything that a delivery has shown. One that is over is opened again for that.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id

  Output: 1 asked for, 0 there is no such delivery
]]
if redis.call("HEXISTS", KEYS[1], "delivery") == 0 then
  return 0
end
redis.call("HSET", KEYS[1], "drop", 1)
if redis.call("HEXISTS", KEYS[1], "outcome") == 1 then
  redis.call("HDEL", KEYS[1], "outcome", "owner", "until")
  redis.call("ZADD", KEYS[2], 0, ARGV[1])
end
return 1
