-- value, now
local token = get('tokens', arg[1])
return {'ok', token and view(arg[1], token, arg[2])}
