-- key, how many a window grants, its length in ms, now, how many keys are kept
local now, window = tonumber(arg[4]), tonumber(arg[3])
local quota = get('quotas', arg[1])
if not quota then
  make_room('quotas', arg[1], arg[5], function(key) drop('quotas', key) end)
end
-- A clock that was moved back must not leave a caller waiting for a window of the future.
if not quota or now < tonumber(quota.begun) or now >= tonumber(quota.begun) + window then
  quota = {begun = arg[4], taken = 0}
end
local granted = quota.taken < tonumber(arg[2])
if granted then quota.taken = quota.taken + 1 end
put('quotas', arg[1], quota)
return {'ok', granted and 1 or 0, quota.begun}
