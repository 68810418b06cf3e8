-- KEYS[1]: the sandbox's prefix. ARGV[1]: the layout that this program reads and writes.
-- Finds the sandbox or makes it: 'ok', which one it is, how often it was opened.
local world = KEYS[1] .. 'world'
local incarnation, layout = unpack(redis.call('HMGET', world, 'incarnation', 'layout'))
if incarnation and layout ~= ARGV[1] then return {'layout', layout} end
if not incarnation then
  -- Another one than any before it, even where Redis has lost what it knew of them.
  local time = redis.call('TIME')
  incarnation = time[1] .. '.' .. time[2]
  redis.call('HSET', world, 'incarnation', incarnation, 'layout', ARGV[1])
end
return {'ok', incarnation, redis.call('HINCRBY', world, 'opened', 1)}
