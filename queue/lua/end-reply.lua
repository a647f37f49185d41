--[[
  Ends a reply: its last event, its turn in the conversation and its time to live, all or nothing.

  KEYS[1] record (hash)
  KEYS[2] stream
  KEYS[3] turns (list)
  KEYS[4] turn ids (sorted set)
  KEYS[5] how long turns are kept (string)
  KEYS[6] all conversations (sorted set)
  KEYS[7] pace: ms per reply, a moving average (string)
  KEYS[8] the job that answers the question now (string), where that is kept: another one's reply does not join
  KEYS[9] jobs without an end (sorted set)

  ARGV[1] attempt of the caller
  ARGV[2] end event, JSON
  ARGV[3] id of the turn that is answered: after a reset it is gone, and the reply does not join
  ARGV[4] id of the reply's turn
  ARGV[5] the reply's turn, JSON, or "" for none
  ARGV[6] cap
  ARGV[7] turns left when the cap is exceeded
  ARGV[8] seconds that the stream stays
  ARGV[9] seconds that the record stays
  ARGV[10] conversation
  ARGV[11] ms that turns are kept, or 0: the answered one goes now, and the reply does not join
  ARGV[12] ms that the reply took, or 0 when none was made
  ARGV[13] seconds that the pace stays
  ARGV[14] job id
  ARGV[15] BullMQ's id of the job

  Output: 1 ended, 0 had ended already; error STALE
]]
--- @include "clock"
--- @include "trim"
--- @include "append"
--- @include "remove"
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return 0
end
if redis.call("HGET", KEYS[1], "attempt") ~= ARGV[1] then
  return redis.error_reply("STALE another attempt owns this reply")
end
redis.call("ZREM", KEYS[9], ARGV[15])
redis.call("HSET", KEYS[1], "end", redis.call("XADD", KEYS[2], "*", "type", "end", "data", ARGV[2]))
if ARGV[11] == "0" then
  remove(KEYS[3], KEYS[4], { ARGV[3] })
elseif ARGV[5] ~= "" and redis.call("ZSCORE", KEYS[4], ARGV[3]) and (redis.call("GET", KEYS[8]) or ARGV[14]) == ARGV[14] then
  append({ turns = KEYS[3], ids = KEYS[4], keep = KEYS[5], index = KEYS[6] }, {
    conversation = ARGV[10],
    id = ARGV[4],
    json = ARGV[5],
    cap = tonumber(ARGV[6]),
    left = tonumber(ARGV[7]),
    keepMs = tonumber(ARGV[11]),
  })
end
redis.call("EXPIRE", KEYS[2], ARGV[8])
redis.call("EXPIRE", KEYS[1], ARGV[9])
local took = tonumber(ARGV[12])
if took > 0 then
  local pace = tonumber(redis.call("GET", KEYS[7])) or took
  redis.call("SET", KEYS[7], string.format("%.3f", pace + (took - pace) / 5), "EX", ARGV[13])
end
return 1
