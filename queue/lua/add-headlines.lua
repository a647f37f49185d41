--[[
  Adds headlines, each once, and forgets the oldest.

  KEYS[1] headlines (hash: id -> JSON)
  KEYS[2] their times (sorted set: id, ms since 1970)

  ARGV[1] how many are kept
  ARGV[2] ms since 1970 before which none is kept
  ARGV[3...] id, time and JSON of each

  Output: how many are new
]]
local new = 0
for at = 3, #ARGV, 3 do
  local id, time, json = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if tonumber(time) >= tonumber(ARGV[2]) and redis.call("ZADD", KEYS[2], "NX", time, id) == 1 then
    redis.call("HSET", KEYS[1], id, json)
    new = new + 1
  end
end
local function forget(ids)
  if #ids > 0 then
    redis.call("ZREM", KEYS[2], unpack(ids))
    redis.call("HDEL", KEYS[1], unpack(ids))
  end
end
forget(redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", "(" .. ARGV[2], "LIMIT", 0, 1000))
local excess = redis.call("ZCARD", KEYS[2]) - tonumber(ARGV[1])
if excess > 0 then
  forget(redis.call("ZRANGE", KEYS[2], 0, math.min(excess, 1000) - 1))
end
return new
