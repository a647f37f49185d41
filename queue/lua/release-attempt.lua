--[[
  Gives a reply up: whoever still works on it can publish nothing more.

  KEYS[1] record (hash)

  ARGV[1] attempt of the caller

  Output: 1 released, 0 was not the owner
]]
if redis.call("HGET", KEYS[1], "attempt") ~= ARGV[1] then
  return 0
end
redis.call("HINCRBY", KEYS[1], "attempt", 1)
return 1
