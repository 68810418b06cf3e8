return {'ok', redis.call('HEXISTS', prefix .. 'challenges', arg[1])}
