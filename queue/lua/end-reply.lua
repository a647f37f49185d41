--[[
  Ends a reply: its last event, its turn in the conversation and its time to live, all or nothing.

  KEYS[1] record (hash)
  KEYS[2] stream
  KEYS[3] turns (list)
  KEYS[4] turn ids (sorted set)

  ARGV[1] attempt of the caller
  ARGV[2] end event, JSON
  ARGV[3] id of the turn that is answered: after a reset it is gone, and the reply does not join
  ARGV[4] id of the reply's turn
  ARGV[5] the reply's turn, JSON, or "" for none
  ARGV[6] cap
  ARGV[7] seconds that the stream stays
  ARGV[8] seconds that the record stays

  Output: 1 ended, 0 had ended already; error STALE
]]
--- @include "append"
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return 0
end
if redis.call("HGET", KEYS[1], "attempt") ~= ARGV[1] then
  return redis.error_reply("STALE another attempt owns this reply")
end
redis.call("HSET", KEYS[1], "end", redis.call("XADD", KEYS[2], "*", "type", "end", "data", ARGV[2]))
if ARGV[5] ~= "" and redis.call("ZSCORE", KEYS[4], ARGV[3]) then
  append(KEYS[3], KEYS[4], ARGV[4], ARGV[5], tonumber(ARGV[6]))
end
redis.call("EXPIRE", KEYS[2], ARGV[7])
redis.call("EXPIRE", KEYS[1], ARGV[8])
return 1
