return {'ok', redis.call('HDEL', prefix .. 'clients', arg[1])}
