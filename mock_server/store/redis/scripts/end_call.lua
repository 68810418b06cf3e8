-- key, answer ("": none, the key is free again), until
local call = get('calls', arg[1])
if not call then return {'ok'} end  -- forgotten meanwhile
if arg[2] ~= '' then
  call.answer = arg[2]
  call.expires_at = arg[3]
  put('calls', arg[1], call)
else
  drop('calls', arg[1])
  redis.call('ZREM', prefix .. 'calls:order', arg[1])
end
return {'ok'}
