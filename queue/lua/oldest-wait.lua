--[[
  When the question came that waits longest. Of the jobs without an end, the oldest first, those that run are passed over, and those
  that BullMQ does not have are forgotten: somebody took them out of the queue by hand, or they never came into it. So it looks at as
  many as run, and at each of the others once.

  KEYS[1] jobs without an end (sorted set: BullMQ's id -> ms since 1970)
  KEYS[2] BullMQ's list of waiting jobs
  KEYS[3] BullMQ's waiting jobs by priority (sorted set)
  KEYS[4] BullMQ's delayed jobs (sorted set)
  KEYS[5] BullMQ's list of running jobs

  ARGV[1] what came since may still be on its way into the queue (ms since 1970)

  Output: ms since 1970 as text, or nothing
]]
local CHUNK = 100

local running = {}
for _, id in ipairs(redis.call("LRANGE", KEYS[5], 0, -1)) do
  running[id] = true
end

local function waits(id)
  return redis.call("ZSCORE", KEYS[3], id) or redis.call("ZSCORE", KEYS[4], id) or redis.call("LPOS", KEYS[2], id)
end

local from = 0
while true do
  local chunk = redis.call("ZRANGE", KEYS[1], from, from + CHUNK - 1, "WITHSCORES")
  for at = 1, #chunk, 2 do
    local id, since = chunk[at], chunk[at + 1]
    if running[id] then
      from = from + 1
    elseif waits(id) then
      return since
    elseif tonumber(since) < tonumber(ARGV[1]) then
      redis.call("ZREM", KEYS[1], id)
    else
      from = from + 1
    end
  end
  if #chunk < 2 * CHUNK then
    return false
  end
end
