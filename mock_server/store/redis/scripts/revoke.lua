-- value or (when the third is "id") its fingerprint, by whom
local value = arg[1]
if arg[3] == 'id' then value = redis.call('HGET', prefix .. 'ids', value) end
return {'ok', value and revoke_token(value, tonumber(arg[2])) and 1 or 0}
