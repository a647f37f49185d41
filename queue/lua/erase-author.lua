--[[
  Removes what a person has said in a conversation, and the replies to it.

  KEYS[1] turns (list)
  KEYS[2] turn ids (sorted set)
  KEYS[3] conversations of the author (set)

  ARGV[1] author id
  ARGV[2] conversation

  Output: { how many turns are gone, { ids of the jobs that answered them } }
]]
--- @include "remove"
-- cjson refuses half of a surrogate pair, which JSON.stringify writes as an escape; what stands there is of no interest here.
local function decode(json)
  local fine, turn = pcall(cjson.decode, json)
  return fine and turn or cjson.decode((json:gsub("(\\u)[dD]%x%x%x", "%10020")))
end

local theirs = {}
local which = {}
local jobs = {}
for _, json in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do
  local turn = decode(json)
  if turn.role == "user" and turn.author.id == ARGV[1] then
    theirs[turn.id] = true
    which[#which + 1] = turn.id
    -- A question's job has its id, unless it was asked anew; one that runs is found by this alone.
    jobs[#jobs + 1] = turn.id
  elseif theirs[turn.replyTo or turn.jobId] then
    which[#which + 1] = turn.id
    jobs[#jobs + 1] = turn.jobId
  end
end
redis.call("SREM", KEYS[3], ARGV[2])
local gone = remove(KEYS[1], KEYS[2], which)
return { gone, jobs }
