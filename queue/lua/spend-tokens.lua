--[[
  Adds a reply's tokens to the day's count of its user and server, once per message. The counts go away at midnight.

  KEYS[1] mark of the message (string: taken, spent)
  KEYS[2] tokens of the user (hash: day, tokens)
  KEYS[3] tokens of the server

  ARGV[1] tokens
  ARGV[2] ms since 1970, or "" for Redis's clock
  ARGV[3] seconds that the mark stays
  ARGV[4] 1 with a server, 0 without

  Output: 1 counted, 0 was counted already
]]
--- @include "clock"
if redis.call("GET", KEYS[1]) == "spent" then
  return 0
end
redis.call("SET", KEYS[1], "spent", "EX", ARGV[3])
local now = now_ms(ARGV[2])
for at = 2, 2 + tonumber(ARGV[4]) do
  if redis.call("HGET", KEYS[at], "day") ~= day_of(now) then
    redis.call("HSET", KEYS[at], "day", day_of(now), "tokens", 0)
    redis.call("PEXPIRE", KEYS[at], midnight_after(now) - now)
  end
  redis.call("HINCRBY", KEYS[at], "tokens", ARGV[1])
end
return 1
