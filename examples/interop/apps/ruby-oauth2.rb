# The oauth2 gem by itself (Debian: ruby-oauth2). It knows neither state nor PKCE: both are the app's.
require "digest"
require "securerandom"
require_relative "rack_app"

login = lambda do |_env, session|
  session["state"] = SecureRandom.urlsafe_base64(32)
  session["verifier"] = SecureRandom.urlsafe_base64(32)
  challenge = Digest::SHA256.base64digest(session["verifier"]).tr("+/", "-_").delete("=")
  redirect(heygen.auth_code.authorize_url(redirect_uri: REDIRECT.to_s, state: session["state"],
                                          code_challenge: challenge, code_challenge_method: "S256"))
end

callback = lambda do |env, session|
  given = Rack::Request.new(env).params
  state = session.delete("state")
  verifier = session.delete("verifier")
  unless state && given["state"] == state && given["code"]
    next page(400, "this login was not begun here")
  end

  token = heygen.auth_code.get_token(given["code"], redirect_uri: REDIRECT.to_s, code_verifier: verifier)
  session["token"] = token.to_hash.transform_keys(&:to_s)
  redirect("/")
rescue OAuth2::Error
  page(400, "HeyGen gave no token")
end

run_app("/login" => login, REDIRECT.path => callback)
