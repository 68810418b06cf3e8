local device = get('devices', arg[1])
if not device then return {'ok', false} end
return {'ok', device.record, device.state, device.user, device.interval}
