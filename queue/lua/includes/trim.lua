local function drop_oldest(turns, ids, count)
  redis.call("LTRIM", turns, count, -1)
  redis.call("ZREMRANGEBYRANK", ids, 0, count - 1)
end

-- Forgets what is older than `keep_ms`, but not the newest `spare` turns. When one is too old, those that soon will be go
-- with it, for the same reason as in append: a busy chat would else lose a turn, and its cached prefix, with every message.
local function trim(turns, ids, keep_ms, now, spare)
  local count = redis.call("LLEN", turns) - spare
  local function is_older(at, age)
    -- No text can look like this: its quotes are escaped.
    return at < count and tonumber(redis.call("LINDEX", turns, at):match('"at":(%d+)')) < now - age
  end
  if not is_older(0, keep_ms) then
    return 0
  end
  local gone = 1
  while is_older(gone, keep_ms * 3 / 4) do
    gone = gone + 1
  end
  drop_oldest(turns, ids, gone)
  return gone
end
