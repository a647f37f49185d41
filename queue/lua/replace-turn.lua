--[[
  Puts a turn in the place of the one with its id, if that is still what the caller has read.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)

  ARGV[1] turn id
  ARGV[2] the turn as it was read, JSON
  ARGV[3] the turn as it shall be, JSON

  Output: 1 replaced, the turn when it is another, or false when there is none
]]
local at = redis.call("ZRANK", KEYS[2], ARGV[1])
if not at then
  return false
end
local now = redis.call("LINDEX", KEYS[1], at)
if now == ARGV[3] then
  return 1
end
if now ~= ARGV[2] then
  return now
end
redis.call("LSET", KEYS[1], at, ARGV[3])
return 1
