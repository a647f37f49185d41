--[[
  Changes settings of one scope and writes the change into the audit. What changes nothing is not audited: so a call
  that is sent again after a lost connection stands there once.

  KEYS[1] settings (hash: name -> JSON)
  KEYS[2] audit (stream)

  ARGV[1] scope
  ARGV[2] who changes it
  ARGV[3] how many changes the audit keeps
  ARGV[4] channel of changed scopes
  ARGV[5...] name, JSON or "" to take it back; and so on

  Output: the settings, as one JSON object
]]
--- @include "fields"
--- @include "settings"
local before = allSettings()
writeFields(KEYS[1], 5)
return auditSettings(before)
