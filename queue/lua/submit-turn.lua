--[[
  Opens the record of a job, gives it its place among the tenants, and appends the turn that it answers, once per job id.
  A second delivery finds the record and touches nothing: also not a conversation that was reset in between.

  KEYS[1] record (hash)
  KEYS[2] turns (list)
  KEYS[3] turn ids (sorted set)
  KEYS[4] how long turns are kept (string)
  KEYS[5] all conversations (sorted set)
  KEYS[6] conversations of the author (set)
  KEYS[7] next start tags (sorted set: tenant -> tag)
  KEYS[8] clock (string)
  KEYS[9] BullMQ's list of waiting jobs
  KEYS[10] BullMQ's waiting jobs by priority (sorted set)
  KEYS[11] BullMQ's list of running jobs
  KEYS[12] BullMQ's delayed jobs (sorted set)
  KEYS[13] jobs without an end (sorted set: BullMQ's id -> when the question came, ms since 1970)

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
  ARGV[11] tenant
  ARGV[12] BullMQ's id of the job
  ARGV[13] when the question came, ms since 1970

  Output: { "new" | "known" | "finished", tag }
]]
--- @include "clock"
--- @include "trim"
--- @include "append"
--- @include "fair"

-- Tags begin again when half of them are used and nothing is left that has one.
local function rewind()
  if clockOf(KEYS[8]) <= LAST_TAG / 2 then
    return
  end
  local left = redis.call("LLEN", KEYS[9]) + redis.call("ZCARD", KEYS[10])
  if left + redis.call("LLEN", KEYS[11]) + redis.call("ZCARD", KEYS[12]) == 0 then
    redis.call("DEL", KEYS[7], KEYS[8])
  end
end

if redis.call("HSETNX", KEYS[1], "nonce", ARGV[8]) == 1 then
  rewind()
  redis.call("HSET", KEYS[1], "persona", ARGV[10], "tag", takeTag(KEYS[7], KEYS[8], ARGV[11], ARGV[9]))
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
end
local tag = tonumber(redis.call("HGET", KEYS[1], "tag") or 0)
if redis.call("HEXISTS", KEYS[1], "end") == 1 then
  return { "finished", tag }
end
redis.call("ZADD", KEYS[13], "NX", ARGV[13], ARGV[12])
return { redis.call("HGET", KEYS[1], "nonce") == ARGV[8] and "new" or "known", tag }
