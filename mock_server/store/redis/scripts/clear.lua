-- All but clients, notes and what `world` says.
for _, shelf in ipairs({'consents', 'codes', 'devices', 'quotas', 'calls', 'tokens'}) do
  redis.call('UNLINK', prefix .. shelf, prefix .. shelf .. ':order')
end
for _, shelf in ipairs({'challenges', 'user_codes', 'grants', 'spent', 'members', 'ids',
                        'counts'}) do
  redis.call('UNLINK', prefix .. shelf)
end
return {'ok'}
