-- One refresh request over and over, for servers that do not mind.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=refresh_token&client_id=demo&refresh_token=" .. string.rep("r", 48)
