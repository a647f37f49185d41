--[[
  Writes fields of a delivery, if the caller still owns it, and renews its lease. Without fields it only renews.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)

  ARGV[1] job id
  ARGV[2] token of the caller
  ARGV[3] lease, ms
  ARGV[4...] field, value; an empty value removes the field

  Output: 1 if the delivery is to be dropped, else 0; error STALE
]]
--- @include "own-delivery"
--- @include "fields"
if not ownsDelivery(KEYS[1], ARGV[2]) then
  return redis.error_reply("STALE another process owns this delivery")
end
writeFields(KEYS[1], 4)
leaseDelivery(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3]))
return redis.call("HEXISTS", KEYS[1], "drop")
