--[[
  Asks for the end of a reply. If a worker is on it, that worker is told. If none is, the caller becomes the owner and
  has to end it; should it die before, the flag makes the next worker do so.

  KEYS[1] record (hash)
  KEYS[2] BullMQ's lock of the job (string)

  ARGV[1] job id
  ARGV[2] channel of cancels

  Output: { "finished" } | { "running" } | { "waiting", attempt }
]]
if redis.call("EXISTS", KEYS[1]) == 0 or redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return { "finished" }
end
redis.call("HSET", KEYS[1], "cancel", 1)
if redis.call("EXISTS", KEYS[2]) == 1 then
  redis.call("PUBLISH", ARGV[2], ARGV[1])
  return { "running" }
end
return { "waiting", redis.call("HINCRBY", KEYS[1], "attempt", 1) }
