--[[
  Deletes the text of a reply that has ended; a running one is left alone, since its followers need it.

  KEYS[1] record (hash)
  KEYS[2] stream

  Output: 1 deleted, 0 not
]]
if redis.call("HEXISTS", KEYS[1], "end") == 0 then
  return 0
end
return redis.call("DEL", KEYS[2])
