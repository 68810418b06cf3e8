local consent = get('consents', arg[1])
if not consent then return {'ok', false} end
drop('consents', arg[1])
redis.call('ZREM', prefix .. 'consents:order', arg[1])
count_challenge(consent.challenge, -1)
return {'ok', consent.record}
