-- the revision that this was made with, how many clients, id and record of each, key and text of each
-- note
if (redis.call('HGET', world, 'revision') or '') ~= arg[1] then return {'behind'} end
local clients = tonumber(arg[2])
for i = 3, #arg, 2 do
  local shelf = i < 3 + clients * 2 and 'clients' or 'notes'
  redis.call('HSET', prefix .. shelf, arg[i], arg[i + 1])
end
-- Never one that was there before, also where Redis has lost the last second of what it was told.
local time = redis.call('TIME')
local revision = text_of(next_number('kept')) .. '-' .. time[1] .. '.' .. time[2]
redis.call('HSET', world, 'revision', revision)
return {'ok', revision}
