--[[
  Opens the record of a job and appends the turn that it answers, once per job id.
  A second delivery finds the record and touches nothing: also not a conversation that was reset in between.

  KEYS[1] record (hash)
  KEYS[2] turns (list)
  KEYS[3] turn ids (sorted set)
  KEYS[4] how long turns are kept (string)
  KEYS[5] all conversations (sorted set)
  KEYS[6] conversations of the author (set)

  ARGV[1] conversation
  ARGV[2] turn id
  ARGV[3] turn, JSON
  ARGV[4] cap
  ARGV[5] turns left when the cap is exceeded
  ARGV[6] ms that turns are kept
  ARGV[7] 1 if the author is a person
  ARGV[8] nonce of this call: the client sends a call again when the connection broke before the answer
  ARGV[9] seconds that the record stays
  ARGV[10] persona that answers: votes are counted for it

  Output: "new", "known" or "finished"
]]
--- @include "clock"
--- @include "trim"
--- @include "append"
if redis.call("HSETNX", KEYS[1], "nonce", ARGV[8]) == 1 then
  redis.call("HSET", KEYS[1], "persona", ARGV[10])
  redis.call("EXPIRE", KEYS[1], ARGV[9])
  append({
    turns = KEYS[2],
    ids = KEYS[3],
    keep = KEYS[4],
    index = KEYS[5],
    author = ARGV[7] == "1" and KEYS[6],
  }, {
    conversation = ARGV[1],
    id = ARGV[2],
    json = ARGV[3],
    cap = tonumber(ARGV[4]),
    left = tonumber(ARGV[5]),
    keepMs = tonumber(ARGV[6]),
  })
  return "new"
end
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return "finished"
end
return redis.call("HGET", KEYS[1], "nonce") == ARGV[8] and "new" or "known"
