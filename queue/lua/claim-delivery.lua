--[[
  Makes the caller the owner of an open delivery whose owner is gone.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id
  ARGV[2] token of the caller
  ARGV[3] lease, ms

  Output: { field, value, ... }, empty when it is over or somebody else's
]]
--- @include "own-delivery"
if redis.call("HEXISTS", KEYS[1], "delivery") == 0 or redis.call("HEXISTS", KEYS[1], "outcome") == 1 then
  redis.call("ZREM", KEYS[2], ARGV[1])
  return {}
end
if not claimDelivery(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])) then
  return {}
end
return redis.call("HGETALL", KEYS[1])
