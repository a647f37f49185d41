--[[
  Changes settings of one scope and writes the change into the audit. What changes nothing is not audited: so a call
  that is sent again after a lost connection stands there once.

  KEYS[1] settings (hash: name -> JSON)
  KEYS[2] audit (stream)

  ARGV[1] scope
  ARGV[2] who changes it
  ARGV[3] how many changes the audit keeps
  ARGV[4] channel of changed scopes
  ARGV[5...] name, JSON or "" to take it back; and so on

  Output: the settings, as one JSON object
]]
--- @include "fields"
-- The values are JSON already, and names need no escapes; cjson would turn [] into {}.
local function all()
  local flat = redis.call("HGETALL", KEYS[1])
  local fields = {}
  for at = 1, #flat, 2 do
    fields[#fields + 1] = '"' .. flat[at] .. '":' .. flat[at + 1]
  end
  table.sort(fields)
  return "{" .. table.concat(fields, ",") .. "}"
end

local before = all()
writeFields(KEYS[1], 5)
local after = all()
if before ~= after then
  redis.call("XADD", KEYS[2], "MAXLEN", ARGV[3], "*", "scope", ARGV[1], "by", ARGV[2], "before", before, "after", after)
  redis.call("PUBLISH", ARGV[4], ARGV[1])
end
return after
