--[[
  Appends a turn to a conversation, once, and drops the oldest beyond the cap.
  `turns` (list) and `ids` (sorted set) always hold the same turns in the same order.
]]
local function append(turns, ids, id, json, cap)
  if redis.call("ZSCORE", ids, id) then
    return 0
  end
  local last = redis.call("ZRANGE", ids, -1, -1, "WITHSCORES")
  redis.call("ZADD", ids, (tonumber(last[2]) or 0) + 1, id)
  redis.call("RPUSH", turns, json)
  redis.call("LTRIM", turns, -cap, -1)
  redis.call("ZREMRANGEBYRANK", ids, 0, -cap - 1)
  return 1
end
