-- value, record, challenge, client, user, scope, expires_at, limit
local function forget(value)
  local code = get('codes', value)
  if not code then return end
  if not code.spent then count_challenge(code.challenge, -1) end
  drop('codes', value)
end
forget(arg[1])
make_room('codes', arg[1], arg[8], forget)
put('codes', arg[1], {record = arg[2], challenge = arg[3], client = arg[4], user = arg[5],
                      scope = arg[6], expires_at = arg[7], spent = false, failures = 0})
count_challenge(arg[3], 1)
return {'ok'}
