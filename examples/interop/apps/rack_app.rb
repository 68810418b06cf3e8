# What an app in Ruby does around a login, whichever library makes it: sessions, one refresh after a
# 401, a logout that revokes. Settings as in examples/apps/app.mjs.
require "json"
require "net/http"
require "oauth2"
require "rack"
require "rack/handler/webrick"

REDIRECT = URI(ENV.fetch("REDIRECT"))

# A client of the oauth2 library: absolute addresses stand as they are.
def heygen
  OAuth2::Client.new(ENV.fetch("CLIENT_ID"), ENV["CLIENT_SECRET"].to_s,
                     authorize_url: ENV.fetch("AUTHORIZE_URL"), token_url: ENV.fetch("TOKEN_URL"),
                     auth_scheme: :request_body, raise_errors: true)
end

def page(status, body, headers = {})
  [status, { "Content-Type" => "text/html" }.merge(headers), [body]]
end

def redirect(to)
  page(302, "", "Location" => to)
end

def token_of(session)
  session["token"] && OAuth2::AccessToken.from_hash(heygen, session["token"].dup)
end

def me(session)
  token = token_of(session) or return page(401, "log in first")
  ask = -> { token.get("#{ENV.fetch('API_URL')}/v1/user/me", raise_errors: false) }
  answer = ask.call
  if answer.status == 401
    token = token.refresh!
    session["token"] = token.to_hash.transform_keys(&:to_s)
    answer = ask.call
  end
  page(answer.status, Rack::Utils.escape_html(answer.body))
rescue OAuth2::Error
  page(401, "log in again")
end

def logout(session)
  token = token_of(session)
  session.clear
  # The library has no call for it.
  token && Net::HTTP.post_form(URI(ENV.fetch("REVOKE_URL")),
                               "token" => token.refresh_token, "client_id" => ENV.fetch("CLIENT_ID"))
  redirect("/")
end

# `middle`: what stands between the session and the app. `routes`: path => ->(env, session).
def run_app(routes, middle = [])
  pages = { "/" => ->(_, _) { page(200, '<a href="/login">Log in</a>') },
            "/me" => ->(_, session) { me(session) },
            "/logout" => ->(_, session) { logout(session) } }.merge(routes)
  app = Rack::Builder.app do
    use Rack::Session::Pool, key: "session", httponly: true, same_site: :lax
    middle.each { |part, *arguments| use(part, *arguments) }
    run lambda { |env|
      handler = pages[env["PATH_INFO"]]
      handler ? handler.call(env, env["rack.session"]) : page(404, "")
    }
  end
  $stdout.sync = true
  Rack::Handler::WEBrick.run(app, Host: "127.0.0.1", Port: ENV.fetch("PORT").to_i, AccessLog: [],
                                  Logger: WEBrick::Log.new($stderr, WEBrick::Log::FATAL),
                                  StartCallback: -> { puts "ready" })
end
