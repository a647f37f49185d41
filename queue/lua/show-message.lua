--[[
  Shows a message in a chat of the web, new or changed, and tells the open pages. Forgets what is too old or too much.

  KEYS[1] messages (hash: id -> JSON)
  KEYS[2] their order (sorted set: id, version when it came)
  KEYS[3] version (string)
  KEYS[4] how long the conversation's turns are kept, in ms (string)

  ARGV[1] id
  ARGV[2] message, JSON
  ARGV[3] "new" or "edit"
  ARGV[4] how many are kept
  ARGV[5] ms that they are kept where KEYS[4] does not say it
  ARGV[6] ms since 1970
  ARGV[7] channel of the open pages

  Output: 1; 0 if a new one is there already, or none to be changed
]]
local there = redis.call("HEXISTS", KEYS[1], ARGV[1]) == 1
if there == (ARGV[3] == "new") then
  return 0
end
local version = redis.call("INCR", KEYS[3])
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("ZADD", KEYS[2], "NX", version, ARGV[1])
local keep = tonumber(redis.call("GET", KEYS[4]) or ARGV[5])
local excess = redis.call("ZCARD", KEYS[2]) - tonumber(ARGV[4])
for at, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, 49)) do
  local json = redis.call("HGET", KEYS[1], id)
  if json and at > excess and cjson.decode(json).at >= tonumber(ARGV[6]) - keep then
    break
  end
  redis.call("HDEL", KEYS[1], id)
  redis.call("ZREM", KEYS[2], id)
end
for at = 1, 3 do
  redis.call("PEXPIRE", KEYS[at], keep)
end
redis.call("PUBLISH", ARGV[7], '{"version":' .. version .. ',"message":' .. ARGV[2] .. "}")
return 1
