local consent = get('consents', arg[1])
return {'ok', consent and consent.record}
