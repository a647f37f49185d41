--[[
  Appends a turn to a conversation, once.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)
  KEYS[3] how long turns are kept (string)
  KEYS[4] all conversations (sorted set)
  KEYS[5] conversations of the author (set)

  ARGV[1] conversation
  ARGV[2] turn id
  ARGV[3] turn, JSON
  ARGV[4] cap
  ARGV[5] turns left when the cap is exceeded
  ARGV[6] ms that turns are kept
  ARGV[7] 1 if the author is a person

  Output: 1 appended, 0 was there already
]]
--- @include "clock"
--- @include "trim"
--- @include "append"
return append({
  turns = KEYS[1],
  ids = KEYS[2],
  keep = KEYS[3],
  index = KEYS[4],
  author = ARGV[7] == "1" and KEYS[5],
}, {
  conversation = ARGV[1],
  id = ARGV[2],
  json = ARGV[3],
  cap = tonumber(ARGV[4]),
  left = tonumber(ARGV[5]),
  keepMs = tonumber(ARGV[6]),
})
