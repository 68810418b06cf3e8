-- user_code, "1" when somebody approved, who, now
local device = get('devices', arg[1])
if not device then return {'unknown'} end
if device.state ~= 'pending' then return {'already_taken'} end
if tonumber(arg[4]) >= tonumber(device.expires_at) then return {'expired'} end
device.state = arg[2] == '1' and 'approved' or 'denied'
device.user = arg[3]
put('devices', arg[1], device)
return {'taken'}
