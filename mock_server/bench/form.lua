-- One refresh request over and over, for servers that do not mind, or one that keeps its refresh tokens.
--   TOKEN=REFRESH_TOKEN wrk ...     default: 48 letters r
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=refresh_token&client_id=demo&refresh_token=" .. (os.getenv("TOKEN") or string.rep("r", 48))
