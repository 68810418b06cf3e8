redis.call('HSET', prefix .. 'clients', arg[1], arg[2])
return {'ok'}
