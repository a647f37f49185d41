--[[
  Start-time fair queueing (Goyal, Vin and Cheng, 1996) with jobs of the same cost. Each tenant (a server, or a person
  outside of one) has a next start tag, and the clock is the highest tag of a job that has begun. A job's tag is the later
  of the two; jobs are taken by their tags. So a tenant's jobs stay in order, and one that has none waiting comes at once
  behind at most two jobs of each other tenant, however many those have. A place that is given up is not given back.
]]

-- BullMQ's lowest priority. Whatever comes after that many rounds without an idle moment is served as it comes.
local LAST_TAG = 2097151

local function clockOf(clock)
  return tonumber(redis.call("GET", clock)) or 1
end

-- Gives a tenant's new job its tag, for so many seconds.
local function takeTag(tenants, clock, tenant, stay)
  local now = clockOf(clock)
  -- They have nothing before them that others have not.
  redis.call("ZREMRANGEBYSCORE", tenants, "-inf", now)
  local tag = math.min(LAST_TAG, math.max(now, tonumber(redis.call("ZSCORE", tenants, tenant)) or now))
  redis.call("ZADD", tenants, tag + 1, tenant)
  redis.call("EXPIRE", tenants, stay)
  return tag
end

-- How many jobs of a tenant wait, at most.
local function waitingOf(tenants, clock, tenant)
  return math.max(0, (tonumber(redis.call("ZSCORE", tenants, tenant)) or 0) - 1 - clockOf(clock))
end
