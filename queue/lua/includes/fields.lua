--[[
  Writes fields of a hash from ARGV[from] on: field, value, field, value, ...; an empty value removes the field.
]]
local function writeFields(key, from)
  for at = from, #ARGV, 2 do
    if ARGV[at + 1] == "" then
      redis.call("HDEL", key, ARGV[at])
    else
      redis.call("HSET", key, ARGV[at], ARGV[at + 1])
    end
  end
end
