-- value, now, rotation, reuse, grace in ms, "1" when the old access token dies, a set of tokens
local value, now, rotation, reuse = arg[1], arg[2], arg[3], arg[4]
local token = get('tokens', value)
if not token or token.kind ~= 'refresh' then return {'unknown'} end
local state = state_of(token, now)
if state == 'revoked' or state == 'expired' then return {state} end
if state == 'used' and reuse ~= 'ignore' then
  local access, refresh = get('tokens', token.next_access), get('tokens', token.next_refresh)
  local grace = tonumber(arg[5])
  if grace > 0 and tonumber(now) < tonumber(token.next_at) + grace and access and refresh then
    return {'grace', token.next_access, access.expires_at, token.next_refresh, refresh.expires_at,
            access.issued_at}
  end
  if reuse == 'revoke_family' then revoke_grant(token.grant, BY_REUSE) end
  return {'reused', reuse == 'revoke_family' and 1 or 0}
end

local grant = get('grants', token.grant)
grant.generation = grant.generation + 1
if arg[6] == '1' then
  grant.floor = grant.generation
  mark_spent(grant.access)
end
put('grants', token.grant, grant)
local set = set_at(7)
if rotation == 'rotate' then
  token.next_access, token.next_refresh, token.next_at = set.access, set.refresh or '', now
  put('tokens', value, token)
  mark_spent(value)
else
  set.refresh = nil
end
add_tokens(token.grant, value, set)
return {'rotated', token.expires_at}
