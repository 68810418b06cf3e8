return {'ok', redis.call('HGET', prefix .. 'notes', arg[1])}
