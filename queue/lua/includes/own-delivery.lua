--[[
  The lease of a delivery: `owner` and `until` (ms since 1970) in its record, and the same `until` as its score among the
  open ones, where those whose owner is gone are found.
]]
local function leaseDelivery(record, open, id, token, lease)
  local time = redis.call("TIME")
  local till = time[1] * 1000 + math.floor(time[2] / 1000) + lease
  redis.call("HSET", record, "owner", token, "until", till)
  redis.call("ZADD", open, till, id)
end

-- Makes the caller the owner, unless another one lives.
local function claimDelivery(record, open, id, token, lease)
  local owner = redis.call("HMGET", record, "owner", "until")
  local time = redis.call("TIME")
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if owner[1] and owner[1] ~= token and tonumber(owner[2]) > now then
    return false
  end
  leaseDelivery(record, open, id, token, lease)
  return true
end

local function ownsDelivery(record, token)
  return redis.call("HGET", record, "owner") == token
end
