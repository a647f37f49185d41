--[[
  Makes the caller the owner of a reply, if BullMQ's lock is still the caller's. From then on the owners before it
  can publish nothing more.

  KEYS[1] record (hash)
  KEYS[2] BullMQ's lock of the job (string)
  KEYS[3] clock of the tenants' start tags (string)

  ARGV[1] lock token
  ARGV[2] seconds that the clock stays

  Output: { "lost" } | { "finished" } | { "begun", attempt, events so far, 1 if cancelled }
]]
--- @include "fair"
if redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return { "lost" }
end
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return { "finished" }
end
local tag = tonumber(redis.call("HGET", KEYS[1], "tag") or 0)
redis.call("SET", KEYS[3], math.max(tag, clockOf(KEYS[3])), "EX", ARGV[2])
return {
  "begun",
  redis.call("HINCRBY", KEYS[1], "attempt", 1),
  tonumber(redis.call("HGET", KEYS[1], "events") or 0),
  redis.call("HEXISTS", KEYS[1], "cancel"),
}
