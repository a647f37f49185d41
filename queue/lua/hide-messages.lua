--[[
  Takes messages away from a chat of the web, and tells the open pages.

  KEYS[1] messages (hash: id -> JSON)
  KEYS[2] their order (sorted set)
  KEYS[3] version (string)

  ARGV[1] channel of the open pages
  ARGV[2...] ids; none: all of them

  Output: how many there were
]]
local there = redis.call("HLEN", KEYS[1])
if there == 0 then
  return 0
end
if #ARGV == 1 then
  redis.call("DEL", KEYS[1], KEYS[2])
  redis.call("PUBLISH", ARGV[1], '{"version":' .. redis.call("INCR", KEYS[3]) .. ',"cleared":true}')
  return there
end
local ids = {}
for at = 2, #ARGV do
  if redis.call("HDEL", KEYS[1], ARGV[at]) == 1 then
    redis.call("ZREM", KEYS[2], ARGV[at])
    ids[#ids + 1] = ARGV[at]
  end
end
if #ids > 0 then
  local version = redis.call("INCR", KEYS[3])
  redis.call("PUBLISH", ARGV[1], '{"version":' .. version .. ',"removed":' .. cjson.encode(ids) .. "}")
end
return #ids
