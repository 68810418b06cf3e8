#!/usr/bin/env ruby
# omniauth-oauth2 with sinatra, as its README shows a strategy; state and PKCE on.
require "net/http"
require "omniauth-oauth2"
require "securerandom"
require "sinatra/base"

class HeyGen < OmniAuth::Strategies::OAuth2
  option :name, "heygen"
  option :client_options, {
    site: ENV["API_URL"], authorize_url: ENV["AUTHORIZE_URL"], token_url: ENV["TOKEN_URL"],
    auth_scheme: :request_body
  }
  option :pkce, true
  uid { "user" }
  def callback_url
    ENV["REDIRECT"]
  end
end

class App < Sinatra::Base
  set :sessions, false
  set :bind, "127.0.0.1"
  set :port, ENV["PORT"].to_i
  set :show_exceptions, false
  set :raise_errors, false
  set :host_authorization, { permitted_hosts: [] }
  use Rack::Session::Pool # in memory: a token is not for a cookie
  use OmniAuth::Builder do
    provider HeyGen, ENV["CLIENT_ID"], nil
  end
  OmniAuth.config.logger = Logger.new(IO::NULL)
  OmniAuth.config.on_failure = proc { [403, { "Content-Type" => "text/plain" }, ["The login failed"]] }

  get "/login" do
    token = Rack::Protection::AuthenticityToken.token(session)
    "<form method=post action=/auth/heygen><input type=hidden name=authenticity_token " \
      "value='#{token}'><button>Log in</button></form>"
  end
  get "/auth/heygen/callback" do
    session[:token] = request.env["omniauth.auth"].credentials.token
    redirect to("/")
  end
  get "/me" do
    halt 401 unless session[:token]
    uri = URI(ENV["API_URL"] + "/v1/user/me")
    begin
      status Net::HTTP.get_response(uri, "Authorization" => "Bearer #{session[:token]}").code.to_i
    rescue StandardError
      status 502
    end
    "" # nothing of the answer
  end
  get("/") { "Hello" }
  error { halt 500, "Something went wrong" }
end

OmniAuth.config.request_validation_phase = OmniAuth::AuthenticityTokenProtection.new(key: :csrf)
App.run!
