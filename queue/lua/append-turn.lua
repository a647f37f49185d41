--[[
  Appends a turn to a conversation, once.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)

  ARGV[1] turn id
  ARGV[2] turn, JSON
  ARGV[3] cap

  Output: 1 appended, 0 was there already
]]
--- @include "append"
return append(KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3]))
