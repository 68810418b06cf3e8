-- seq, how many, now. Expires what is active of those; how many did, and the seq of the last.
local found = redis.call('ZRANGEBYSCORE', prefix .. 'tokens:order', '(' .. arg[1], '+inf',
                         'WITHSCORES', 'LIMIT', 0, arg[2])
local expired = 0
for i = 1, #found, 2 do
  local token = get('tokens', found[i])
  if state_of(token, arg[3]) == 'active' then
    token.expires_at = arg[3]
    put('tokens', found[i], token)
    expired = expired + 1
  end
end
return {'ok', expired, found[#found]}
