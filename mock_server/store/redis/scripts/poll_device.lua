-- device_code, client, now, a set of tokens
local STEP = 5  -- RFC 8628 §3.5: the interval grows by five seconds with each slow_down
local now = tonumber(arg[3])
local user_code = redis.call('HGET', prefix .. 'user_codes', arg[1])
local device = user_code and get('devices', user_code)
if not device or device.client ~= arg[2] then return {'unknown'} end
if device.state == 'spent' or device.state == 'denied' then return {device.state} end
if now >= tonumber(device.expires_at) then return {'expired'} end
if device.state == 'approved' then
  device.state = 'spent'
  put('devices', user_code, device)
  local grant = add_grant(device.client, device.user, device.scope)
  add_tokens(grant, arg[1], set_at(4))
  return {'granted', grant}
end
local before = device.polled_at
device.polled_at = arg[3]
local answer = {'pending'}
if before and now < tonumber(before) + device.interval * 1000 then
  device.interval = device.interval + STEP
  answer = {'slow_down', device.interval}
end
put('devices', user_code, device)
return answer
