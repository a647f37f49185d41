--[[
  Counts a reply that has ended.

  KEYS[1..3] figures of the minute, the ten minutes, the six hours (hashes)
  KEYS[4..11] tokens, KEYS[12..19] replies, each by persona, platform, server, user in the ten minutes, then in the six hours
    (sorted sets)
  KEYS[20] replies that failed (stream)

  ARGV[1..3] seconds that each span's figures stay
  ARGV[4] how many members a sorted set keeps
  ARGV[5] tokens of the reply
  ARGV[6..9] persona, platform, server or "", user or ""
  ARGV[10] the failure, JSON, or ""
  ARGV[11] how many failures are kept
  ARGV[12...] field and what to add; and so on
]]
for span = 1, 3 do
  for at = 12, #ARGV, 2 do
    redis.call("HINCRBYFLOAT", KEYS[span], ARGV[at], ARGV[at + 1])
  end
  redis.call("EXPIRE", KEYS[span], ARGV[span])
end
local function add(key, by, member, span)
  redis.call("ZINCRBY", key, by, member)
  -- Those with the least go first, so that a flood of strangers cannot fill the memory.
  redis.call("ZREMRANGEBYRANK", key, 0, -tonumber(ARGV[4]) - 1)
  redis.call("EXPIRE", key, ARGV[span])
end
for by = 0, 3 do
  local member = ARGV[6 + by]
  if member ~= "" then
    for span = 0, 1 do
      add(KEYS[4 + span * 4 + by], ARGV[5], member, 2 + span)
      add(KEYS[12 + span * 4 + by], 1, member, 2 + span)
    end
  end
end
if ARGV[10] ~= "" then
  redis.call("XADD", KEYS[20], "MAXLEN", ARGV[11], "*", "failure", ARGV[10])
end
return 1
