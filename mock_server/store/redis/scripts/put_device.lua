-- user_code, device_code, record, client, scope, expires_at, interval, limit
if redis.call('HEXISTS', prefix .. 'devices', arg[1]) == 1 then return {'ok', 0} end
make_room('devices', arg[1], arg[8], function(user_code)
  local device = get('devices', user_code)
  redis.call('HDEL', prefix .. 'user_codes', device.device_code)
  drop('devices', user_code)
end)
put('devices', arg[1], {device_code = arg[2], record = arg[3], client = arg[4], scope = arg[5],
                        expires_at = arg[6], interval = tonumber(arg[7]), state = 'pending',
                        user = ''})
redis.call('HSET', prefix .. 'user_codes', arg[2], arg[1])
return {'ok', 1}
