-- Before every script. KEYS[1] is the sandbox's prefix, "heygen-mock:{NAME}:"; all that is touched
-- begins with it, and what stands in the braces puts it on one node of a cluster. ARGV[1] says which
-- sandbox of that name is meant: whoever holds one that was dropped cannot write into its successor.
--
-- Times are milliseconds as text and come back as they were given. Numbers of Lua are doubles: good
-- for comparing times, since no clock goes beyond 2^53, but not for keeping them.
local prefix = KEYS[1]
local world = prefix .. 'world'
if redis.call('HGET', world, 'incarnation') ~= ARGV[1] then return {'gone'} end
local arg = {unpack(ARGV, 2)}

local read = {}  -- records of this call, so that two names of one are one

local function get(shelf, field)
  local name = shelf .. ':' .. field
  if read[name] == nil then
    local packed = redis.call('HGET', prefix .. shelf, field)
    read[name] = packed and cmsgpack.unpack(packed)
  end
  return read[name]
end

local function put(shelf, field, record)
  read[shelf .. ':' .. field] = record
  redis.call('HSET', prefix .. shelf, field, cmsgpack.pack(record))
end

local function drop(shelf, field)
  read[shelf .. ':' .. field] = false
  redis.call('HDEL', prefix .. shelf, field)
end

local function text_of(integer) return string.format('%.0f', integer) end

-- Never given twice, nor after a reset.
local function next_number(of) return redis.call('HINCRBY', world, of, 1) end

local function add_to_order(order, member)
  redis.call('ZADD', prefix .. order, next_number('last_seq'), member)
end

-- `field` is the newest on its shelf; beyond `limit` the oldest is handed to `forget`.
local function make_room(shelf, field, limit, forget)
  local order = shelf .. ':order'
  while redis.call('ZCARD', prefix .. order) >= tonumber(limit) do
    forget(redis.call('ZPOPMIN', prefix .. order)[1])
  end
  add_to_order(order, field)
end

-- How many logins in progress have this challenge.
local function count_challenge(challenge, by)
  if redis.call('HINCRBY', prefix .. 'challenges', challenge, by) < 1 then
    redis.call('HDEL', prefix .. 'challenges', challenge)
  end
end
