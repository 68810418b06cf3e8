return {'ok', tonumber(redis.call('HGET', prefix .. 'counts', arg[1]) or 0)}
