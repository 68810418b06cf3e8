-- Before the scripts that know tokens. A grant is {client, user, scope, revoked_by, floor, generation,
-- tokens, access, refresh}: access tokens of a generation below `floor` are dead, `tokens` are kept,
-- `access` and `refresh` are the newest. A token is {kind, id, grant, generation, revoked_by, spent,
-- issued_at, expires_at, parent, next_access, next_refresh, next_at}: `next_…` is what a refresh token
-- was used for. `revoked_by` is core/types.h's RevokedBy.
local NOBODY, BY_CODE_REPLAY, BY_REUSE, BY_REFRESH = 0, 2, 3, 4
local SEARCHED = 8  -- of the oldest, for an expired one, before a live one has to go

local function revoked_by(token)
  if token.revoked_by ~= NOBODY then return token.revoked_by end
  local grant = get('grants', token.grant)
  if grant.revoked_by ~= NOBODY then return grant.revoked_by end
  if token.kind == 'access' and token.generation < grant.floor then return BY_REFRESH end
  return NOBODY
end

local function state_of(token, now)
  if revoked_by(token) ~= NOBODY then return 'revoked' end
  if token.next_access then return 'used' end
  if tonumber(now) >= tonumber(token.expires_at) then return 'expired' end
  return 'active'
end

-- In the order of core/types.h's TokenView, but that fingerprints are the reader's business.
local function view(value, token, now)
  local grant = get('grants', token.grant)
  return {token.kind, value, grant.client, grant.user, grant.scope, state_of(token, now),
          text_of(revoked_by(token)), token.issued_at, token.expires_at, token.parent, token.grant}
end

local function add_grant(client, user, scope)
  local id = text_of(next_number('last_grant'))
  put('grants', id, {client = client, user = user, scope = scope, revoked_by = NOBODY, floor = 0,
                     generation = 0, tokens = 0})
  return id
end

-- Used or revoked for good. Such tokens make room first, in the order of their death.
local function mark_spent(value)
  local token = value and get('tokens', value)
  if not token or token.spent then return end
  token.spent = true
  put('tokens', value, token)
  add_to_order('spent', value)
end

local function forget_token(value)
  local token = get('tokens', value)
  local grant = get('grants', token.grant)
  if grant.access == value then grant.access = nil end
  if grant.refresh == value then grant.refresh = nil end
  grant.tokens = grant.tokens - 1
  if grant.tokens == 0 then drop('grants', token.grant) else put('grants', token.grant, grant) end
  redis.call('ZREM', prefix .. 'members', token.grant .. ':' .. value)
  redis.call('ZREM', prefix .. 'tokens:order', value)
  redis.call('ZREM', prefix .. 'spent', value)
  redis.call('HDEL', prefix .. 'ids', token.id)
  drop('tokens', value)
end

local function oldest_to_forget(now)
  local oldest = redis.call('ZRANGE', prefix .. 'tokens:order', 0, SEARCHED - 1)
  for _, value in ipairs(oldest) do
    if state_of(get('tokens', value), now) ~= 'active' then return value end
  end
  return oldest[1]
end

local function make_room_for_tokens(now, limit, spent_limit)
  local function oldest_spent() return redis.call('ZRANGE', prefix .. 'spent', 0, 0)[1] end
  while redis.call('ZCARD', prefix .. 'spent') > spent_limit do forget_token(oldest_spent()) end
  while redis.call('HLEN', prefix .. 'tokens') > limit do
    forget_token(oldest_spent() or oldest_to_forget(now))
  end
end

local function add_token(value, token)
  if redis.call('HEXISTS', prefix .. 'tokens', value) == 1 then return end
  local grant = get('grants', token.grant)
  grant.tokens = grant.tokens + 1
  grant[token.kind] = value
  put('grants', token.grant, grant)
  put('tokens', value, token)
  add_to_order('tokens:order', value)
  redis.call('ZADD', prefix .. 'members', 0, token.grant .. ':' .. value)
  redis.call('HSET', prefix .. 'ids', token.id, value)
end

-- What C++ calls a TokenSet: nine arguments from `at` on, the last two the limits.
local function set_at(at)
  return {issued_at = arg[at], access = arg[at + 1], access_id = arg[at + 2],
          access_expires = arg[at + 3], refresh = arg[at + 4] ~= '' and arg[at + 4],
          refresh_id = arg[at + 5], refresh_expires = arg[at + 6], limit = tonumber(arg[at + 7]),
          spent_limit = tonumber(arg[at + 8])}
end

local function add_tokens(id, parent, set)
  local function fresh(kind, token_id, expires_at)
    return {kind = kind, id = token_id, grant = id, generation = get('grants', id).generation,
            revoked_by = NOBODY, spent = false, issued_at = set.issued_at, expires_at = expires_at,
            parent = parent}
  end
  add_token(set.access, fresh('access', set.access_id, set.access_expires))
  if set.refresh then
    add_token(set.refresh, fresh('refresh', set.refresh_id, set.refresh_expires))
  end
  make_room_for_tokens(set.issued_at, set.limit, set.spent_limit)
end

local function members_of(id)
  -- ';' is the byte behind ':'.
  local out = redis.call('ZRANGEBYLEX', prefix .. 'members', '[' .. id .. ':', '(' .. id .. ';')
  for i, member in ipairs(out) do out[i] = string.sub(member, #id + 2) end
  return out
end

local function revoke_grant(id, by)
  local grant = get('grants', id)
  grant.revoked_by = by
  put('grants', id, grant)
  mark_spent(grant.access)
  mark_spent(grant.refresh)
end

local function revoke_token(value, by)
  local token = get('tokens', value)
  if not token then return false end
  token.revoked_by = by
  put('tokens', value, token)
  mark_spent(value)
  -- RFC 7009 §2.1: with a refresh token goes all that its grant gave.
  if token.kind == 'refresh' then revoke_grant(token.grant, by) end
  return true
end
