--[[
  Lets somebody into the web chat who has an invite, which has one use less after that.

  KEYS[1] invite (string: JSON)
  KEYS[2] invites (set of hashes)
  KEYS[3] guest (string: JSON)
  KEYS[4] guests (set of ids)
  KEYS[5] session (string: id of the guest)

  ARGV[1] the invite as it was read
  ARGV[2] its hash
  ARGV[3] the invite as it is to be, or "" when it is used up
  ARGV[4] id of the guest
  ARGV[5] guest, JSON
  ARGV[6] ms that guest and session last

  Output: "joined", "gone" (no such invite) or "overtaken" (it has been used meanwhile)
]]
local invite = redis.call("GET", KEYS[1])
if not invite then
  return "gone"
end
if invite ~= ARGV[1] then
  return "overtaken"
end
if ARGV[3] == "" then
  redis.call("DEL", KEYS[1])
  redis.call("SREM", KEYS[2], ARGV[2])
else
  redis.call("SET", KEYS[1], ARGV[3], "KEEPTTL")
end
redis.call("SET", KEYS[3], ARGV[5], "PX", ARGV[6])
redis.call("SADD", KEYS[4], ARGV[4])
redis.call("SET", KEYS[5], ARGV[4], "PX", ARGV[6])
return "joined"
