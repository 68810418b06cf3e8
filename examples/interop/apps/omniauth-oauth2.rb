# omniauth-oauth2: a strategy of a dozen lines. Its callback is /auth/NAME/callback, and a login begins
# with a POST to /auth/NAME, which the page that is asked for here makes.
require "omniauth-oauth2"
require_relative "rack_app"

class HeyGen < OmniAuth::Strategies::OAuth2
  option :name, "heygen"
  option :pkce, true
  option :client_options, authorize_url: ENV.fetch("AUTHORIZE_URL"), token_url: ENV.fetch("TOKEN_URL"),
                          auth_scheme: :request_body

  # Without the query, or the vendor refuses it.
  def callback_url
    REDIRECT.to_s
  end
end

OmniAuth.config.logger = Logger.new(File::NULL)
# The test's browser follows links and has no page to post from.
OmniAuth.config.allowed_request_methods = %i[get]
OmniAuth.config.silence_get_warning = true

finish = lambda do |env, session|
  given = env["omniauth.auth"]["credentials"]
  session["token"] = { "access_token" => given["token"], "refresh_token" => given["refresh_token"],
                       "expires_at" => given["expires_at"] }
  redirect("/")
end

run_app({ "/login" => ->(_, _) { redirect("/auth/heygen") }, REDIRECT.path => finish,
          "/auth/failure" => ->(_, _) { page(400, "The login failed") } },
        [[HeyGen, ENV.fetch("CLIENT_ID"), ENV["CLIENT_SECRET"].to_s]])
