--[[
  Opens the record of a job and appends the turn that it answers, once per job id.
  A second delivery finds the record and touches nothing: also not a conversation that was reset in between.

  KEYS[1] record (hash)
  KEYS[2] turns (list)
  KEYS[3] turn ids (sorted set)

  ARGV[1] turn id
  ARGV[2] turn, JSON
  ARGV[3] cap
  ARGV[4] nonce of this call: the client sends a call again when the connection broke before the answer
  ARGV[5] seconds that the record stays

  Output: "new", "known" or "finished"
]]
--- @include "append"
if redis.call("HSETNX", KEYS[1], "nonce", ARGV[4]) == 1 then
  redis.call("EXPIRE", KEYS[1], ARGV[5])
  append(KEYS[2], KEYS[3], ARGV[1], ARGV[2], tonumber(ARGV[3]))
  return "new"
end
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return "finished"
end
return redis.call("HGET", KEYS[1], "nonce") == ARGV[4] and "new" or "known"
