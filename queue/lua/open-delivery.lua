--[[
  Records a delivery, once, and makes the caller its owner unless another one lives.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id
  ARGV[2] token of the caller
  ARGV[3] lease, ms
  ARGV[4] what is to be delivered, JSON
  ARGV[5] seconds that an open record stays

  Output: { "over" } | { "known" } | { "owned", field, value, ... }
]]
--- @include "own-delivery"
if redis.call("HEXISTS", KEYS[1], "outcome") == 1 then
  return { "over" }
end
if redis.call("HSETNX", KEYS[1], "delivery", ARGV[4]) == 1 then
  redis.call("EXPIRE", KEYS[1], ARGV[5])
end
if not claimDelivery(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])) then
  return { "known" }
end
return { "owned", unpack(redis.call("HGETALL", KEYS[1])) }
