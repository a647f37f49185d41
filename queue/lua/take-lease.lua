--[[
  Makes the caller the holder of a lease, or renews it, unless another one holds it.

  KEYS[1] lease (string)

  ARGV[1] token of the caller
  ARGV[2] lease, ms

  Output: 1 held, 0 another one holds it
]]
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1
