--[[
  Removes turns from a conversation.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)

  ARGV[1...] turn ids

  Output: how many there were
]]
--- @include "remove"
return remove(KEYS[1], KEYS[2], ARGV)
