-- client, user, scope, a set of tokens
local grant = add_grant(arg[1], arg[2], arg[3])
add_tokens(grant, '', set_at(4))
return {'ok', grant}
