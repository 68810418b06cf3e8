-- All of them, and the revision that they are of.
return {'ok', redis.call('HGET', world, 'revision') or '', redis.call('HGETALL', prefix .. 'notes')}
