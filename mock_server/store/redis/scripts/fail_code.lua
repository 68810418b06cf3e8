-- value, limit
local code = get('codes', arg[1])
if not code then return {'ok', 1} end
code.failures = code.failures + 1
if code.failures >= tonumber(arg[2]) and not code.spent then
  code.spent = true
  count_challenge(code.challenge, -1)
end
put('codes', arg[1], code)
return {'ok', code.spent and 1 or 0}
