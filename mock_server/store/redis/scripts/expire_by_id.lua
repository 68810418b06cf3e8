-- fingerprint, now
local value = redis.call('HGET', prefix .. 'ids', arg[1])
if not value then return {'ok', 0} end
local token = get('tokens', value)
if tonumber(arg[2]) < tonumber(token.expires_at) then token.expires_at = arg[2] end
put('tokens', value, token)
return {'ok', 1}
