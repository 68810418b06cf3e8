-- key, limit
local count = tonumber(redis.call('HGET', prefix .. 'counts', arg[1]) or 0)
if count >= tonumber(arg[2]) then return {'ok', 0} end
return {'ok', redis.call('HINCRBY', prefix .. 'counts', arg[1], 1)}
