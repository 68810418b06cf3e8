-- Refreshes, each with the token that an earlier refresh gave: rotation at work.
--   TOKENS=FILE wrk -t2 -c16 -d3s -s refresh.lua http://127.0.0.1:PORT/v1/oauth/token
-- FILE holds a refresh token a line, at least one for each connection.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  tokens, first, last = {}, 1, 0
  errors = 0
  local line = 0
  for token in io.lines(os.getenv("TOKENS")) do
    if line % 2 == number % 2 then
      last = last + 1
      tokens[last] = token
    end
    line = line + 1
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  local token = tokens[first]
  tokens[first] = nil
  first = first + 1
  return wrk.format(nil, nil, nil,
    "grant_type=refresh_token&client_id=demo&refresh_token=" .. tostring(token))
end

function response(status, headers, body)
  last = last + 1
  tokens[last] = string.match(body, '"refresh_token":"([^"]+)"')
end
