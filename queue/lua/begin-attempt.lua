--[[
  Makes the caller the owner of a reply, if BullMQ's lock is still the caller's. From then on the owners before it
  can publish nothing more.

  KEYS[1] record (hash)
  KEYS[2] BullMQ's lock of the job (string)

  ARGV[1] lock token

  Output: { "lost" } | { "finished" } | { "begun", attempt, events so far, 1 if cancelled }
]]
if redis.call("GET", KEYS[2]) ~= ARGV[1] then
  return { "lost" }
end
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return { "finished" }
end
return {
  "begun",
  redis.call("HINCRBY", KEYS[1], "attempt", 1),
  tonumber(redis.call("HGET", KEYS[1], "events") or 0),
  redis.call("HEXISTS", KEYS[1], "cancel"),
}
