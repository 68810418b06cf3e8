// Servers that redirect where they must not, or do not where they must.

#include <algorithm>
#include <array>
#include <cctype>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_store.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

class SlashToo final : public mock::MemoryStore {
 public:
  [[nodiscard]] std::shared_ptr<const mock::Client> find_client(
      std::string_view id) const override {
    const auto known = MemoryStore::find_client(id);
    if (!known) return known;
    mock::Client client = *known;
    for (const std::string& uri : known->redirect_uris) client.redirect_uris.push_back(uri + "/");
    return std::make_shared<const mock::Client>(std::move(client));
  }
};

// A redirect_uri that is not registered is compared again, looser.
void looser(ServerSeams& seams, std::string (*change)(std::string uri)) {
  seams.front.push_back(tried_again(at_authorize, [change](Request& request) {
    const std::string uri = in_query(request, "redirect_uri");
    const std::string other = change(uri);
    if (other == uri) return false;
    Fields fields = query_fields(request);
    put(fields, "redirect_uri", other);
    set_query(request, fields);
    return true;
  }));
}

std::string without_userinfo(std::string uri) {
  const std::size_t at = uri.find('@');
  const std::size_t host = uri.find("://") + 3;
  return at == std::string::npos || at > uri.find('/', host) ? uri : uri.erase(host, at + 1 - host);
}

std::string lower_path(std::string uri) {
  std::transform(uri.begin(), uri.end(), uri.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return uri;
}

std::string without_query(std::string uri) { return uri.substr(0, uri.find('?')); }

std::string without_dots(std::string uri) {
  const std::size_t dots = uri.find("/../");
  if (dots == std::string::npos || dots == 0) return uri;
  const std::size_t segment = uri.rfind('/', dots - 1);
  return uri.erase(segment, dots + 3 - segment);
}

std::string with_other_scheme(std::string uri) {
  return uri.starts_with("http://") ? "https" + uri.substr(4) : uri;
}

// An error page becomes an error redirect to wherever the request asked for.
void redirect_errors(ServerSeams& seams, bool of_unknown_clients) {
  seams.front.push_back(
      after(at_authorize, [of_unknown_clients](const Request& request, Response& response) {
        const std::string uri = in_query(request, "redirect_uri");
        const bool unknown = response.body.find("invalid_client") != std::string::npos;
        if (response.status != 400 || uri.empty() || unknown != of_unknown_clients) return;
        response = redirect_to(uri + "?error=invalid_request");
      }));
}

constexpr std::array kServerRedirectFlaws{
    Flaw{"sm03-redirect-prefix",
         "takes every redirect_uri that begins with a registered one",
         {"server.authorize.redirect-exact"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("redirect", "prefix"); }},
    Flaw{"sm03b-redirect-slash",
         "forgives a trailing slash",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.store = store_of<SlashToo>(); }},
    Flaw{"sm03c-redirect-userinfo",
         "overlooks a user name in the redirect_uri",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { looser(seams, &without_userinfo); }},
    Flaw{"sm03d-redirect-case",
         "compares the redirect_uri without regard to case",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { looser(seams, &lower_path); }},
    Flaw{"sm03e-redirect-query",
         "overlooks a query that the registered URI does not have",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { looser(seams, &without_query); }},
    Flaw{"sm03f-redirect-dots",
         "resolves '..' before it compares",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { looser(seams, &without_dots); }},
    Flaw{"sm03g-redirect-scheme",
         "takes http where https is registered",
         {"server.authorize.redirect-exact"},
         "sm03-redirect-prefix",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { looser(seams, &with_other_scheme); }},
    Flaw{"sm04-redirect-error-open",
         "tells errors to a redirect_uri that is not registered",
         {"server.authorize.redirect-exact"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { redirect_errors(seams, false); }},
    Flaw{"sm04b-unknown-client-redirected",
         "tells an unknown client's error by redirect",
         {"server.authorize.bad-client-no-redirect"},
         "sm04-redirect-error-open",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { redirect_errors(seams, true); }},
    Flaw{"sm04c-meta-refresh",
         "leads away by a meta refresh on the error page",
         {"server.authorize.redirect-exact", "server.authorize.bad-client-no-redirect"},
         "sm04-redirect-error-open",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_authorize, [](const Request&, Response& response) {
             if (response.status == 400) {
               response.body += "<meta http-equiv=\"refresh\" content=\"0;url=https://x.example\">";
             }
           }));
         }},
    Flaw{"sm05-loopback-port-fixed",
         "compares the port of loopback redirects too",
         {"server.authorize.loopback-port"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { seams.policies.emplace_back("redirect", "exact"); }},
    Flaw{"sm05b-loopback-v4-only",
         "lets the port of 127.0.0.1 vary, and not that of [::1]",
         {"server.authorize.loopback-port"},
         "sm05-loopback-port-fixed",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_authorize, [](const Request& request) {
             return in_query(request, "redirect_uri").starts_with("http://[::1]:")
                        ? std::optional(oauth_error("invalid_request"))
                        : std::optional<Response>();
           }));
         }},
    Flaw{"sm39-query-dropped",
         "drops the query that the redirect_uri has of its own",
         {"server.authorize.query-retained"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(
               after(at_authorize, [](const Request& request, Response& response) {
                 const auto own = query_of(in_query(request, "redirect_uri"));
                 redirected(response, [&](CallbackUrl& url) {
                   for (const auto& [name, value] : own.fields) url.drop(name);
                 });
               }));
         }},
    Flaw{"sm39b-query-reencoded",
         "writes the redirect_uri's own query anew",
         {"server.authorize.query-retained"},
         "sm39-query-dropped",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(
               after(at_authorize, [](const Request& request, Response& response) {
                 const auto own = query_of(in_query(request, "redirect_uri"));
                 redirected(response, [&](CallbackUrl& url) {
                   for (const auto& [name, value] : own.fields) {
                     url.drop(name).append(name, value);
                   }
                 });
               }));
         }},
    Flaw{"sm44-missing-redirect-assumed",
         "takes the redirect_uri of the client's last login where none is sent",
         {"server.authorize.missing-redirect"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           const auto notes = std::make_shared<Notes>();
           seams.front.push_back(before(at_authorize, [notes](Request& request) {
             const std::string client = in_query(request, "client_id");
             const std::string uri = in_query(request, "redirect_uri");
             if (!uri.empty()) {
               notes->put(client, uri);
             } else if (const auto last = notes->get(client)) {
               Fields fields = query_fields(request);
               put(fields, "redirect_uri", *last);
               set_query(request, fields);
             }
           }));
         }},
};

}  // namespace

std::span<const Flaw> server_redirect_flaws() { return kServerRedirectFlaws; }

}  // namespace heygen::conformance
