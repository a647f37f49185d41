--[[
  Writes that a part of a delivery has become a message, and which job that message belongs to, if the caller still owns
  the delivery; renews its lease.

  KEYS[1] record (hash)
  KEYS[2] open deliveries of the platform (sorted set)
  KEYS[3] job of the message (string)

  ARGV[1] job id
  ARGV[2] token of the caller
  ARGV[3] lease, ms
  ARGV[4] field of the part
  ARGV[5] part, JSON
  ARGV[6] seconds that the message is known

  Output: 1 if the delivery is to be dropped, else 0; error STALE
]]
--- @include "own-delivery"
if not ownsDelivery(KEYS[1], ARGV[2]) then
  return redis.error_reply("STALE another process owns this delivery")
end
redis.call("HSET", KEYS[1], ARGV[4], ARGV[5])
redis.call("SET", KEYS[3], ARGV[1], "EX", ARGV[6])
leaseDelivery(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3]))
return redis.call("HEXISTS", KEYS[1], "drop")
