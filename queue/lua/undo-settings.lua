--[[
  Undoes a change of settings, if what it changed is still as it left it; writes that into the audit as a change of its own.

  KEYS[1] settings (hash: name -> JSON)
  KEYS[2] audit (stream)

  ARGV[1] scope
  ARGV[2] who undoes it
  ARGV[3] how many changes the audit keeps
  ARGV[4] channel of changed scopes
  ARGV[5...] name, JSON that the change left or "", JSON that was before or ""; and so on

  Output: 1 undone, 0 changed by somebody else meanwhile
]]
--- @include "settings"
for at = 5, #ARGV, 3 do
  if (redis.call("HGET", KEYS[1], ARGV[at]) or "") ~= ARGV[at + 1] then
    return 0
  end
end
local before = allSettings()
for at = 5, #ARGV, 3 do
  if ARGV[at + 2] == "" then
    redis.call("HDEL", KEYS[1], ARGV[at])
  else
    redis.call("HSET", KEYS[1], ARGV[at], ARGV[at + 2])
  end
end
auditSettings(before)
return 1
