--[[
  Lets a message through, or says which limit it met; what is refused costs nothing. The same message is let through
  again, and counted once.

  Rates are sliding logs (one entry per message let through), not buckets: exact in any minute, wherever it begins, and
  an entry can be given back. They hold no more entries than the limit.

  KEYS[1] mark of this message (string: taken, spent)
  KEYS[2] log of the user (sorted set: job id -> ms)
  KEYS[3] log of the server
  KEYS[4] tokens of the user (hash: day, tokens)
  KEYS[5] tokens of the server
  KEYS[6] let through, but not yet in the queue (sorted set: job id -> ms)
  KEYS[7] BullMQ's list of waiting jobs
  KEYS[8] BullMQ's waiting jobs by priority (sorted set)
  KEYS[9] next start tags (sorted set: tenant -> tag)
  KEYS[10] clock (string)

  ARGV[1] job id
  ARGV[2] ms since 1970, or "" for Redis's clock
  ARGV[3] messages of the user per minute
  ARGV[4] messages of the server per minute, or "" without a server
  ARGV[5] tokens of the user per day, or "" for any number
  ARGV[6] tokens of the server per day, or ""
  ARGV[7] how many may wait
  ARGV[8] seconds that the mark stays
  ARGV[9] ms after which one that never came into the queue is given up
  ARGV[10] tenant

  Output: { "ok" } | { "user-rate" | "server-rate" | "user-quota" | "server-quota", ms to wait } | { "queue-full" }
]]
--- @include "clock"
--- @include "fair"
local MINUTE = 60000
-- A tenant may have so many times the free places: what floods alone fill is never full for others.
local SHARE = 9

-- What is over the limit by the minute: ms until the oldest entry is a minute old.
local function wait_of(log, now, limit)
  if limit == "" then
    return nil
  end
  redis.call("ZREMRANGEBYSCORE", log, "-inf", now - MINUTE)
  local count = redis.call("ZCARD", log)
  if count < tonumber(limit) then
    return nil
  end
  -- After a limit was lowered, more than one has to go.
  local oldest = redis.call("ZRANGE", log, count - tonumber(limit), count - tonumber(limit), "WITHSCORES")
  return tonumber(oldest[2]) + MINUTE - now
end

local function used_up(tokens, now, quota)
  if quota == "" or redis.call("HGET", tokens, "day") ~= day_of(now) then
    return quota == "0"
  end
  return tonumber(redis.call("HGET", tokens, "tokens")) >= tonumber(quota)
end

if redis.call("EXISTS", KEYS[1]) == 1 then
  return { "ok" }
end
local now = now_ms(ARGV[2])
local wait = wait_of(KEYS[2], now, ARGV[3])
if wait then
  return { "user-rate", wait }
end
wait = wait_of(KEYS[3], now, ARGV[4])
if wait then
  return { "server-rate", wait }
end
if used_up(KEYS[4], now, ARGV[5]) then
  return { "user-quota", midnight_after(now) - now }
end
if ARGV[4] ~= "" and used_up(KEYS[5], now, ARGV[6]) then
  return { "server-quota", midnight_after(now) - now }
end
redis.call("ZREMRANGEBYSCORE", KEYS[6], "-inf", now - tonumber(ARGV[9]))
local waiting = redis.call("LLEN", KEYS[7]) + redis.call("ZCARD", KEYS[8]) + redis.call("ZCARD", KEYS[6])
local free = tonumber(ARGV[7]) - waiting
if free <= 0 or waitingOf(KEYS[9], KEYS[10], ARGV[10]) >= SHARE * free then
  return { "queue-full" }
end
redis.call("SET", KEYS[1], "taken", "EX", ARGV[8])
redis.call("ZADD", KEYS[2], now, ARGV[1])
redis.call("PEXPIRE", KEYS[2], MINUTE)
if ARGV[4] ~= "" then
  redis.call("ZADD", KEYS[3], now, ARGV[1])
  redis.call("PEXPIRE", KEYS[3], MINUTE)
end
redis.call("ZADD", KEYS[6], now, ARGV[1])
redis.call("PEXPIRE", KEYS[6], ARGV[9])
return { "ok" }
