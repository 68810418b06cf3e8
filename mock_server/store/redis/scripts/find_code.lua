local code = get('codes', arg[1])
if not code then return {'ok', false} end
return {'ok', code.record, code.spent and 1 or 0, code.failures}
