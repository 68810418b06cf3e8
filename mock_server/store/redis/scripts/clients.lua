return {'ok', redis.call('HVALS', prefix .. 'clients')}
