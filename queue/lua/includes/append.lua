--[[
  Appends a turn to a conversation, once, and forgets the oldest: beyond the cap, and beyond the time that turns are kept.
  `turns` (list) and `ids` (sorted set) always hold the same turns in the same order. Needs clock and trim.

  `keys`: turns, ids, keep (string: ms that turns are kept), index (sorted set: conversation -> last use in ms), and, for a
  person's turn, author (set of the conversations that they spoke in)
  `turn`: conversation, id, json, cap (most turns), left (how many of them stay when there are more), keepMs
]]
local function append(keys, turn)
  if redis.call("ZSCORE", keys.ids, turn.id) then
    return 0
  end
  local last = redis.call("ZRANGE", keys.ids, -1, -1, "WITHSCORES")
  redis.call("ZADD", keys.ids, (tonumber(last[2]) or 0) + 1, turn.id)
  local count = redis.call("RPUSH", keys.turns, turn.json)
  -- In blocks: each cut moves the beginning of the window, and with it goes the engine's cached prefix.
  if count > turn.cap then
    drop_oldest(keys.turns, keys.ids, count - turn.left)
  end
  local now = now_ms("")
  trim(keys.turns, keys.ids, turn.keepMs, now, 1)
  -- From its last use on, nothing in a conversation is younger than this.
  redis.call("PEXPIRE", keys.turns, turn.keepMs)
  redis.call("PEXPIRE", keys.ids, turn.keepMs)
  redis.call("SET", keys.keep, turn.keepMs, "PX", turn.keepMs)
  redis.call("ZADD", keys.index, now, turn.conversation)
  if keys.author then
    redis.call("SADD", keys.author, turn.conversation)
    if redis.call("PTTL", keys.author) < turn.keepMs then
      redis.call("PEXPIRE", keys.author, turn.keepMs)
    end
  end
  return 1
end
