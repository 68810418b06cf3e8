-- value, now, a set of tokens
local value, now = arg[1], arg[2]
local code = get('codes', value)
if not code then return {'unknown'} end
if code.spent then
  -- RFC 6749 §4.1.2: a code used more than once takes down what it gave.
  local died = 0
  if code.grant and get('grants', code.grant) then
    for _, token in ipairs(members_of(code.grant)) do
      if state_of(get('tokens', token), now) == 'active' then died = died + 1 end
    end
    revoke_grant(code.grant, BY_CODE_REPLAY)
  end
  return {'already_redeemed', died}
end
if tonumber(now) >= tonumber(code.expires_at) then return {'expired'} end
code.spent = true
code.grant = add_grant(code.client, code.user, code.scope)
put('codes', value, code)
count_challenge(code.challenge, -1)
add_tokens(code.grant, value, set_at(3))
return {'redeemed', code.grant}
