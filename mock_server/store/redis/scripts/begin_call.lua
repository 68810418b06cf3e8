-- key, digest, now, until, how many are kept
local call = get('calls', arg[1])
if call and tonumber(arg[3]) < tonumber(call.expires_at) then
  if call.digest ~= arg[2] then return {'differs'} end
  if not call.answer then return {'in_progress'} end
  return {'answered', call.answer, call.begun}
end
if not call then
  make_room('calls', arg[1], arg[5], function(key) drop('calls', key) end)
end
put('calls', arg[1], {digest = arg[2], begun = arg[3], expires_at = arg[4]})
return {'begun'}
