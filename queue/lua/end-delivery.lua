--[[
  Ends a delivery, if the caller still owns it. What is to be dropped ends in nothing but that.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id
  ARGV[2] token of the caller
  ARGV[3] outcome, JSON
  ARGV[4] 1 if this outcome is what a drop asks for
  ARGV[5] seconds that the record stays

  Output: 1 ended, 0 to be dropped first; error STALE
]]
--- @include "own-delivery"
if not ownsDelivery(KEYS[1], ARGV[2]) then
  return redis.error_reply("STALE another process owns this delivery")
end
if ARGV[4] ~= "1" and redis.call("HEXISTS", KEYS[1], "drop") == 1 then
  return 0
end
redis.call("HSET", KEYS[1], "outcome", ARGV[3])
-- The owner stays, without a lease: this call sent again after a lost connection must find it.
redis.call("HDEL", KEYS[1], "final", "drop", "until")
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("EXPIRE", KEYS[1], ARGV[5])
return 1
