--[[
  Gives a delivery up, so that another process may go on with it at once.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id
  ARGV[2] token of the caller

  Output: 1 released, 0 was not the owner, or it is over
]]
--- @include "own-delivery"
if not ownsDelivery(KEYS[1], ARGV[2]) or redis.call("HEXISTS", KEYS[1], "outcome") == 1 then
  return 0
end
redis.call("HDEL", KEYS[1], "owner", "until")
redis.call("ZADD", KEYS[2], 0, ARGV[1])
return 1
