// Servers that get the authorization response wrong, and their pages.

#include <algorithm>
#include <array>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

void edit_location(ServerSeams& seams, void (*change)(const Request&, CallbackUrl&)) {
  seams.front.push_back(after(at_authorize, [change](const Request& request, Response& response) {
    redirected(response, [&](CallbackUrl& url) { change(request, url); });
  }));
}

// A blank where a plus was: the state was decoded once too often.
std::string decoded_again(const std::string& text) {
  const auto form = mock::wire::parse_form("x=" + text);
  return form.fields.empty() ? text : form.fields.front().second;
}

bool is_html(const Response& response) {
  return response.headers.get("Content-Type").starts_with("text/html");
}

// The value stands in the page as it came, in text.
void reflect(ServerSeams& seams, std::string_view name, int status) {
  seams.front.push_back(
      after(at_authorize, [name, status](const Request& request, Response& response) {
        if (!is_html(response) || response.status != status) return;
        response.body += "<p>" + in_query(request, name) + "</p>";
      }));
}

// It stands in an attribute, and only < and > were thought of.
void reflect_in_attribute(ServerSeams& seams) {
  seams.front.push_back(after(at_authorize, [](const Request& request, Response& response) {
    if (!is_html(response)) return;
    std::string text;
    for (const char c : in_query(request, "state")) {
      text += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    response.body += "<input type=\"hidden\" name=\"state\" value=\"" + text + "\">";
  }));
}

void without_header(ServerSeams& seams, std::initializer_list<const char*> names) {
  const std::vector<std::string> gone(names.begin(), names.end());
  seams.front.push_back(after(at_authorize, [gone](const Request&, Response& response) {
    for (const std::string& name : gone) response.headers.remove(name);
  }));
}

bool is_known(std::string_view name) {
  constexpr std::array<std::string_view, 7> kKnown{
      "response_type", "client_id",      "redirect_uri",         "state",
      "scope",         "code_challenge", "code_challenge_method"};
  return std::ranges::find(kKnown, name) != kKnown.end();
}

constexpr std::array kServerAuthorizeFlaws{
    Flaw{"sm01-state-dropped",
         "redirects without the state",
         {"server.authorize.state-echo", "server.authorize.happy"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) { url.drop("state"); });
         }},
    Flaw{"sm01b-state-dropped-on-error",
         "leaves the state out of error redirects",
         {"server.authorize.state-echo", "server.authorize.response-type",
          "server.authorize.denied"},
         "sm01-state-dropped",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) {
             if (url.has("error")) url.drop("state");
           });
         }},
    Flaw{"sm01c-state-decoded-twice",
         "decodes the state once too often",
         {"server.authorize.state-echo"},
         "sm01-state-dropped",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) {
             if (url.has("state")) url.set("state", decoded_again(url.get("state")));
           });
         }},
    Flaw{"sm01d-state-cut",
         "cuts the state at 255 characters",
         {"server.authorize.state-echo"},
         "sm01-state-dropped",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) {
             if (url.has("state")) url.set("state", url.get("state").substr(0, 255));
           });
         }},
    Flaw{"sm02-state-added",
         "adds an empty state where none was sent",
         {"server.authorize.no-state-none-added"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request& request, CallbackUrl& url) {
             if (!has_in_query(request, "state")) url.append("state", "");
           });
         }},
    Flaw{"sm06-dup-last-wins",
         "takes the last of repeated parameters",
         {"server.authorize.duplicate-param"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_authorize, [](Request& request) {
             Fields fields = query_fields(request);
             keep_last(fields);
             set_query(request, fields);
           }));
         }},
    Flaw{"sm06b-dup-state-first-wins",
         "takes the first of two states, and counts all else",
         {"server.authorize.duplicate-param"},
         "sm06-dup-last-wins",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_authorize, [](Request& request) {
             Fields fields = query_fields(request);
             const std::string state = in_query(request, "state");
             if (state.empty()) return;
             drop(fields, "state");
             put(fields, "state", state);
             set_query(request, fields);
           }));
         }},
    Flaw{"sm07-unknown-rejected",
         "refuses parameters that it does not know",
         {"server.authorize.unknown-param"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_authorize, [](const Request& request) {
             for (const auto& [name, value] : query_fields(request)) {
               if (!is_known(name)) return std::optional(oauth_error("invalid_request"));
             }
             return std::optional<Response>();
           }));
         }},
    Flaw{"sm36-denied-on-page",
         "tells a refusal to the user alone",
         {"server.authorize.denied"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_authorize, [](const Request&, Response& response) {
             if (response.headers.get("Location").find("access_denied") != std::string::npos) {
               response = answer(200, "<p>You denied.</p>", "text/html");
             }
           }));
         }},
    Flaw{"sm36b-denied-by-own-error",
         "tells a refusal by an error of its own making",
         {"server.authorize.denied"},
         "sm36-denied-on-page",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) {
             if (url.get("error") == "access_denied") url.set("error", "user_denied");
           });
         }},
    Flaw{"sm37-consent-307",
         "sends the consent form's POST on with 307",
         {"server.authorize.not-307"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(after(at_consent, [](const Request&, Response& response) {
             if (response.status == 303) response.status = 307;
           }));
         }},
    Flaw{"sm38-page-xss",
         "shows the client_id raw on the error page",
         {"server.authorize.error-escaped"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { reflect(seams, "client_id", 400); }},
    Flaw{"sm38b-consent-xss",
         "shows the scope raw on the consent page",
         {"server.authorize.error-escaped"},
         "sm38-page-xss",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { reflect(seams, "scope", 200); }},
    Flaw{"sm38c-attribute-xss",
         "escapes the state for text, and puts it in an attribute",
         {"server.authorize.error-escaped"},
         "sm38-page-xss",
         Side::server,
         nullptr,
         &reflect_in_attribute},
    Flaw{"sm40-framed",
         "lets its pages be framed",
         {"server.authorize.no-frame-no-cors"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           without_header(seams, {"X-Frame-Options", "Content-Security-Policy"});
         }},
    Flaw{"sm40b-cors",
         "lets every origin read the authorize endpoint",
         {"server.authorize.no-frame-no-cors"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(
               after(at_authorize, [](const Request& request, Response& response) {
                 if (request.headers.has("Origin")) {
                   response.headers.set("Access-Control-Allow-Origin",
                                        std::string(request.headers.get("Origin")));
                 }
               }));
         }},
    Flaw{"sm40c-referrer",
         "lets the authorize URL leak by Referer",
         {"server.authorize.no-frame-no-cors"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) { without_header(seams, {"Referrer-Policy"}); }},
    Flaw{"sm41-fragment",
         "gives the code in the fragment",
         {"server.authorize.happy"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           edit_location(seams, [](const Request&, CallbackUrl& url) {
             if (url.has("code")) url.as_fragment();
           });
         }},
    Flaw{"sm43-response-type-on-page",
         "shows a page for a wrong response_type",
         {"server.authorize.response-type"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(instead(at_authorize, [](const Request& request) {
             return in_query(request, "response_type") == "code"
                        ? std::optional<Response>()
                        : std::optional(oauth_error("unsupported_response_type"));
           }));
         }},
    Flaw{"sm43b-response-type-any-case",
         "compares response_type without regard to case",
         {"server.authorize.response-type"},
         "sm43-response-type-on-page",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           seams.front.push_back(before(at_authorize, [](Request& request) {
             Fields fields = query_fields(request);
             if (!mock::wire::iequals(in_query(request, "response_type"), "code")) return;
             put(fields, "response_type", "code");
             set_query(request, fields);
           }));
         }},
};

}  // namespace

std::span<const Flaw> server_authorize_flaws() { return kServerAuthorizeFlaws; }

}  // namespace heygen::conformance
