--[[
  Creates an account for whoever has a ticket, and uses the ticket up.

  KEYS[1] ticket (string: JSON)
  KEYS[2] accounts (hash: name in small letters -> JSON)
  KEYS[3] tickets (set of hashes)

  ARGV[1] the ticket as it was read
  ARGV[2] its hash
  ARGV[3] name in small letters
  ARGV[4] account, JSON
  ARGV[5] 1 if there may be no other account yet

  Output: "created", "gone" (no such ticket) or "taken" (the name is)
]]
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return "gone"
end
if ARGV[5] == "1" and redis.call("HLEN", KEYS[2]) > 0 then
  return "gone"
end
if redis.call("HSETNX", KEYS[2], ARGV[3], ARGV[4]) == 0 then
  return "taken"
end
redis.call("DEL", KEYS[1])
redis.call("SREM", KEYS[3], ARGV[2])
return "created"
