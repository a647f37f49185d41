--[[
  Forgets what a conversation has kept long enough, and takes it off the list when nothing is left.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)
  KEYS[3] how long turns are kept (string)
  KEYS[4] all conversations (sorted set)

  ARGV[1] conversation
  ARGV[2] ms since 1970, or "" for Redis's clock
  ARGV[3] the most ms that turns are kept anywhere

  Output: how many turns are gone
]]
--- @include "clock"
--- @include "trim"
local most = tonumber(ARGV[3])
local keep = math.min(tonumber(redis.call("GET", KEYS[3])) or most, most)
local gone = trim(KEYS[1], KEYS[2], keep, now_ms(ARGV[2]), 0)
if redis.call("EXISTS", KEYS[1]) == 0 then
  redis.call("ZREM", KEYS[4], ARGV[1])
end
return gone
