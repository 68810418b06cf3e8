return {'ok', redis.call('HGET', world, 'revision') or ''}
