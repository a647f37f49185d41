--[[
  Remembers which job answers a question, once per job: it becomes the question's job and its author's latest one here.

  KEYS[1] record (string)
  KEYS[2] the question's job (string)
  KEYS[3] the author's latest job in the conversation (string)

  ARGV[1] record, JSON
  ARGV[2] job id
  ARGV[3] seconds that all of it stays

  Output: the author's latest job before this one, or false; the same when asked again
]]
local known = redis.call("GET", KEYS[1])
if known then
  return cjson.decode(known).before or false
end
local before = redis.call("GET", KEYS[3])
local record = cjson.decode(ARGV[1])
if before then
  record.before = before
end
redis.call("SET", KEYS[1], cjson.encode(record), "EX", ARGV[3])
redis.call("SET", KEYS[2], ARGV[2], "EX", ARGV[3])
redis.call("SET", KEYS[3], ARGV[2], "EX", ARGV[3])
return before
