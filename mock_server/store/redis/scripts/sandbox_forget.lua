-- KEYS[1]: the sandbox's prefix. All that a sandbox has stands under these names.
for _, shelf in ipairs({'consents', 'codes', 'devices', 'quotas', 'calls', 'tokens'}) do
  redis.call('UNLINK', KEYS[1] .. shelf, KEYS[1] .. shelf .. ':order')
end
for _, shelf in ipairs({'challenges', 'user_codes', 'grants', 'spent', 'members', 'ids', 'counts',
                        'clients', 'notes'}) do
  redis.call('UNLINK', KEYS[1] .. shelf)
end
return {'ok', redis.call('DEL', KEYS[1] .. 'world')}
