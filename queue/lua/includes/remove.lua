-- Removes turns by their ids, wherever they stand; returns how many there were.
local function remove(turns, ids, which)
  local gone = {}
  for _, id in ipairs(which) do
    local at = redis.call("ZRANK", ids, id)
    if at then
      -- No turn is the empty string, so that LREM below finds these alone; until then no place moves.
      redis.call("LSET", turns, at, "")
      gone[id] = true
    end
  end
  local count = 0
  for id in pairs(gone) do
    redis.call("ZREM", ids, id)
    count = count + 1
  end
  if count > 0 then
    redis.call("LREM", turns, 0, "")
  end
  return count
end
