-- KEYS[1]: the sandbox's prefix. ARGV: the layout that this program reads and writes, "make" or "find".
-- Finds the sandbox or, told to, makes it: 'ok', which one it is, how often it was opened. It is found
-- once it has a revision: with that is kept what it is to begin with.
local world = KEYS[1] .. 'world'
local incarnation, layout, revision =
    unpack(redis.call('HMGET', world, 'incarnation', 'layout', 'revision'))
if incarnation and layout ~= ARGV[1] then return {'layout', layout} end
if ARGV[2] == 'find' and not revision then return {'none'} end
if not incarnation then
  -- Another one than any before it, even where Redis has lost what it knew of them.
  local time = redis.call('TIME')
  incarnation = time[1] .. '.' .. time[2]
  redis.call('HSET', world, 'incarnation', incarnation, 'layout', ARGV[1])
end
return {'ok', incarnation, redis.call('HINCRBY', world, 'opened', 1)}
