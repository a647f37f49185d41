--[[
  Changes or removes an account, if it still is what the caller has read; there is always an owner left.

  KEYS[1] accounts (hash: name in small letters -> JSON)

  ARGV[1] name in small letters
  ARGV[2] the account as it was read
  ARGV[3] the account as it is to be, or "" to remove it

  Output: "changed", "overtaken" or "last-owner"
]]
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then
  return "overtaken"
end
local function isOwner(json)
  return json ~= "" and cjson.decode(json).role == "owner"
end
if isOwner(ARGV[2]) and not isOwner(ARGV[3]) then
  local owners = 0
  for _, json in ipairs(redis.call("HVALS", KEYS[1])) do
    if isOwner(json) then
      owners = owners + 1
    end
  end
  if owners < 2 then
    return "last-owner"
  end
end
if ARGV[3] == "" then
  redis.call("HDEL", KEYS[1], ARGV[1])
else
  redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
end
return "changed"
