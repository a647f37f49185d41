--[[
  Keeps a persona's text, and what lies beside it, under a new stamp: whoever has read up to the stamp before sees that there is news.

  KEYS[1] stamp (number of the newest change)
  KEYS[2] personas (hash: id -> JSON)
  KEYS[3] files (hash: id, "/", name -> bytes)

  ARGV[1] id
  ARGV[2] text as JSON, or "null": it was deleted
  ARGV[3] how many bytes all files together may have
  ARGV[4...] name, bytes; and so on

  Output: the names of those for which there was no room
]]
local mine = ARGV[1] .. "/"
local total = 0
for _, field in ipairs(redis.call("HKEYS", KEYS[3])) do
  if string.sub(field, 1, #mine) == mine then
    redis.call("HDEL", KEYS[3], field)
  else
    total = total + redis.call("HSTRLEN", KEYS[3], field)
  end
end
local kept, left = {}, {}
for at = 4, #ARGV, 2 do
  if total + #ARGV[at + 1] > tonumber(ARGV[3]) then
    table.insert(left, ARGV[at])
  else
    total = total + #ARGV[at + 1]
    redis.call("HSET", KEYS[3], mine .. ARGV[at], ARGV[at + 1])
    table.insert(kept, ARGV[at])
  end
end
-- cjson writes an empty list as {}.
local beside = #kept > 0 and cjson.encode(kept) or "[]"
local stamp = redis.call("INCR", KEYS[1])
local json = '{"stamp":' .. stamp .. ',"yaml":' .. ARGV[2] .. ',"beside":' .. beside .. "}"
redis.call("HSET", KEYS[2], ARGV[1], json)
return left
