-- seq, how many, now. What was issued after `seq`, and the seq of the last of them.
local found = redis.call('ZRANGEBYSCORE', prefix .. 'tokens:order', '(' .. arg[1], '+inf',
                         'WITHSCORES', 'LIMIT', 0, arg[2])
local views = {}
for i = 1, #found, 2 do views[#views + 1] = view(found[i], get('tokens', found[i]), arg[3]) end
return {'ok', views, found[#found]}
