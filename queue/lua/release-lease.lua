--[[
  Gives a lease up, so that another process may take it at once.

  KEYS[1] lease (string)

  ARGV[1] token of the caller

  Output: 1 released, 0 another one holds it, or nobody
]]
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("DEL", KEYS[1])
