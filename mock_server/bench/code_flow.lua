-- Logins: an authorize request, then the redemption of the code that it gave, with PKCE.
--   wrk -t2 -c16 -d3s -s code_flow.lua http://127.0.0.1:PORT
local form = "grant_type=authorization_code&client_id=demo&redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcallback"
  .. "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&code="  -- RFC 7636 Appendix B
local authorize = "/oauth/authorize?response_type=code&client_id=demo&state=xyz"
  .. "&redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcallback&code_challenge_method=S256"
  .. "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
local codes, first, last = {}, 1, 0

function init()
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  if first > last then return wrk.format("GET", authorize) end
  local code = codes[first]
  codes[first] = nil
  first = first + 1
  return wrk.format("POST", "/v1/oauth/token", nil, form .. code)
end

function response(status, headers, body)
  local location = headers["Location"]
  if location then
    last = last + 1
    codes[last] = string.match(location, "[?&]code=([^&]+)")
  end
end
