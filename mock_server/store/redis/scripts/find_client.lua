return {'ok', redis.call('HGET', prefix .. 'clients', arg[1])}
