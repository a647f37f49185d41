-- The settings in KEYS[1] as one JSON object. Values are JSON already, and names need no escapes; cjson would turn [] into {}.
local function allSettings()
  local flat = redis.call("HGETALL", KEYS[1])
  local fields = {}
  for at = 1, #flat, 2 do
    fields[#fields + 1] = '"' .. flat[at] .. '":' .. flat[at + 1]
  end
  table.sort(fields)
  return "{" .. table.concat(fields, ",") .. "}"
end

-- Writes what became of `before` into the audit (KEYS[2]) and tells everybody; ARGV: scope, by, how many are kept, channel.
local function auditSettings(before)
  local after = allSettings()
  if before ~= after then
    redis.call("XADD", KEYS[2], "MAXLEN", ARGV[3], "*", "scope", ARGV[1], "by", ARGV[2], "before", before, "after", after)
    redis.call("PUBLISH", ARGV[4], ARGV[1])
  end
  return after
end
