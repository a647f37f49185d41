--[[
  Adds a sample of what can only be looked at now and then: its sum, how often, and the most.

  KEYS[1..3] figures of the minute, the ten minutes, the six hours (hashes)

  ARGV[1..3] seconds that each span's figures stay
  ARGV[4...] name, value; and so on
]]
for span = 1, 3 do
  for at = 4, #ARGV, 2 do
    local name, value = ARGV[at], ARGV[at + 1]
    redis.call("HINCRBYFLOAT", KEYS[span], name .. ":sum", value)
    redis.call("HINCRBY", KEYS[span], name .. ":count", 1)
    local most = tonumber(redis.call("HGET", KEYS[span], name .. ":most"))
    if not most or tonumber(value) > most then
      redis.call("HSET", KEYS[span], name .. ":most", value)
    end
  end
  redis.call("EXPIRE", KEYS[span], ARGV[span])
end
return 1
