--[[
  Appends an event to a reply, if the caller still owns it.

  KEYS[1] record (hash)
  KEYS[2] stream

  ARGV[1] attempt of the caller
  ARGV[2] number of the event, counted over all attempts: a call sent again after a lost connection has no effect
  ARGV[3] seconds that an unfinished stream stays
  ARGV[4...] fields of the event

  Output: 1 published, 0 was there already; error STALE
]]
if redis.call("HGET", KEYS[1], "attempt") ~= ARGV[1] or redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return redis.error_reply("STALE another attempt owns this reply")
end
local events = tonumber(redis.call("HGET", KEYS[1], "events") or 0)
if events > tonumber(ARGV[2]) then
  return 0
end
redis.call("XADD", KEYS[2], "*", unpack(ARGV, 4))
redis.call("HSET", KEYS[1], "events", events + 1)
if events == 0 then
  redis.call("EXPIRE", KEYS[2], ARGV[3])
end
return 1
