-- id, record, challenge, limit
local function forget(id)
  local consent = get('consents', id)
  if not consent then return end  -- taken
  count_challenge(consent.challenge, -1)
  drop('consents', id)
end
forget(arg[1])
make_room('consents', arg[1], arg[4], forget)
put('consents', arg[1], {record = arg[2], challenge = arg[3]})
count_challenge(arg[3], 1)
return {'ok'}
