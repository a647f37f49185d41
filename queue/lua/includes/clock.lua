-- The time in ms since 1970: what the caller says, or Redis's own clock, which is the same for all callers.
local function now_ms(said)
  if said ~= "" then
    return tonumber(said)
  end
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local DAY = 86400000

-- The UTC day, as a number in text.
local function day_of(now)
  return string.format("%d", math.floor(now / DAY))
end

local function midnight_after(now)
  return (math.floor(now / DAY) + 1) * DAY
end
