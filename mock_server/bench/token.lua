-- wrk -t2 -c16 -d3s -s token.lua http://127.0.0.1:PORT/v1/oauth/token
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=refresh_token&refresh_token=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"
  .. "&client_id=demo-client-0123456789"
