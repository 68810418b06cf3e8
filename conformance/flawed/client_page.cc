// Flaws in what the browser is shown at the end of a login, and in what is written down of it.
#include <unistd.h>

#include <array>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::CallbackParams;
using client::Headers;
using client::Page;
using client::PageRules;
using client::Seams;

std::string before_end(const Page& page, std::string_view markup) {
  return replace_all(client::render_page(page), "</body>", std::string(markup) + "</body>");
}

// What a parameter of the last callback held.
Kept<std::string> remembered(Seams& seams, std::string_view name) {
  const Kept<std::string> value;
  seams.callback.read = [value, name](std::string_view url) {
    value.set("");
    for (const client::FormField& field : client::form_decode(client::query_of(url))) {
      if (field.name == name) value.set(field.value);
    }
    return client::read_callback(url);
  };
  return value;
}

Headers with_header(std::string_view name, std::string_view value) {
  Headers headers = client::page_headers();
  headers.emplace_back(name, value);
  return headers;
}

Headers without_header(std::string_view name) {
  Headers headers = client::page_headers();
  client::remove_header(headers, name);
  return headers;
}

// --- markup ------------------------------------------------------------------------------------

// Enough for text between tags, and too little for an attribute.
std::string detail_in_attribute(const Page& page) {
  const std::string text = replace_all(replace_all(page.detail, "<", "&lt;"), ">", "&gt;");
  return before_end(page, "<input name=\"detail\" value=\"" + text + "\">");
}

void error_uri_as_link(Seams& seams) {
  const auto uri = remembered(seams, "error_uri");
  seams.pages.render = [uri](const Page& page) {
    return before_end(page, "<a href=\"" + client::html_escape(uri.get()) + "\">More</a>");
  };
}

void state_in_page(Seams& seams) {
  const auto state = remembered(seams, "state");
  seams.pages.render = [state](const Page& page) {
    return before_end(page, "<p>Login " + state.get() + "</p>");
  };
}

// --- headers and log ---------------------------------------------------------------------------

void description_to_stderr(Seams& seams) {
  seams.callback.judge_error = [](const CallbackParams& params) {
    auto error = client::judge_error_parameter(params);
    const std::string line = "login: " + params.error_description.value_or("") + "\n";
    if (error && ::write(STDERR_FILENO, line.data(), line.size()) < 0) return error;
    return error;
  };
}

// As frameworks do that write a header's value as it is.
void description_in_header(Seams& seams) {
  const auto description = remembered(seams, "error_description");
  seams.pages.headers = [description] {
    const std::string value = description.get();
    const std::size_t line = value.find("\r\n");
    if (line == std::string::npos) return with_header("X-Error", value);
    Headers headers = with_header("X-Error", value.substr(0, line));
    const std::string next = value.substr(line + 2);
    const std::size_t colon = next.find(": ");
    if (colon != std::string::npos)
      headers.emplace_back(next.substr(0, colon), next.substr(colon + 2));
    return headers;
  };
}

void next_in_location(Seams& seams) {
  const auto next = remembered(seams, "next");
  seams.pages.headers = [next] {
    return next.get().empty() ? client::page_headers() : with_header("Location", next.get());
  };
}

bool any_method(std::string_view /*method*/) { return true; }
bool get_or_head(std::string_view method) { return method == "GET" || method == "HEAD"; }

void page_loads_from_elsewhere(Seams& seams) {
  seams.pages.headers = [] { return without_header("Referrer-Policy"); };
  seams.pages.render = [](const Page& page) {
    return before_end(page, "<img src=\"https://cdn.example/logo.png\">");
  };
}

Headers stored() { return without_header("Cache-Control"); }

// --- secrets -----------------------------------------------------------------------------------

Kept<std::string> last_token(Seams& seams) {
  const Kept<std::string> token;
  seams.token.read_access_token = [token](const client::JsonValue* member) {
    auto read = client::read_access_token(member);
    if (read) token.set(*read);
    return read;
  };
  return token;
}

void token_in_page(Seams& seams) {
  const auto token = last_token(seams);
  seams.pages.render = [token](const Page& page) {
    return before_end(page, "<script>opener.postMessage('" + token.get() + "')</script>");
  };
}

void token_in_cookie(Seams& seams) {
  const auto token = last_token(seams);
  seams.pages.headers = [token] {
    return with_header("Set-Cookie", "token=" + token.get() + "; Path=/; SameSite=Lax");
  };
}

void verifier_in_cookie(Seams& seams) {
  const Kept<std::string> verifier;
  seams.login.make_verifier = [verifier](client::RandomSource& random) {
    verifier.set(client::make_verifier(random));
    return verifier.get();
  };
  seams.pages.headers = [verifier] {
    return with_header("Set-Cookie", "pkce=" + verifier.get() + "; Path=/");
  };
}

constexpr std::array kClientPageFlaws{
    Flaw{.id = "cm29c-error-xss-attribute",
         .summary = "error_description in an attribute, its quotes unescaped",
         .intended = {"callback.error.no-xss"},
         .variant_of = "cm29-error-xss",
         .plant = replace<&PageRules::render, detail_in_attribute>},
    Flaw{.id = "cm29d-error-uri-link",
         .summary = "error_uri as a link, whatever its scheme",
         .intended = {"callback.error.no-xss"},
         .variant_of = "cm29-error-xss",
         .plant = error_uri_as_link},
    Flaw{.id = "cm29e-state-xss",
         .summary = "state unescaped in HTML",
         .intended = {"callback.error.no-xss"},
         .variant_of = "cm29-error-xss",
         .plant = state_in_page},
    Flaw{.id = "cm207-log-injection",
         .summary = "writes error_description into the log, line ends and all",
         .intended = {"callback.error.no-header-injection"},
         .plant = description_to_stderr},
    Flaw{.id = "cm207b-header-injection",
         .summary = "puts error_description into a header, line ends and all",
         .intended = {"callback.error.no-header-injection"},
         .variant_of = "cm207-log-injection",
         .plant = description_in_header},
    Flaw{.id = "cm210-open-redirect",
         .summary = "sends the browser on to whatever `next` names",
         .intended = {"callback.error.no-open-redirect"},
         .plant = next_in_location},
    Flaw{.id = "cm211-any-method-ends-login",
         .summary = "exchanges the code for a request of any method",
         .intended = {"callback.method"},
         .plant = replace<&PageRules::ends_login, any_method>},
    Flaw{.id = "cm211b-head-ends-login",
         .summary = "exchanges the code for a HEAD",
         .intended = {"callback.method"},
         .variant_of = "cm211-any-method-ends-login",
         .plant = replace<&PageRules::ends_login, get_or_head>},
    Flaw{.id = "cm212-page-loads-from-elsewhere",
         .summary = "an image of another origin in the page, and Referer with it",
         .intended = {"callback.page.no-code-leak"},
         .plant = page_loads_from_elsewhere},
    Flaw{.id = "cm213-page-stored",
         .summary = "the page may be stored",
         .intended = {"callback.page.no-store"},
         .plant = replace<&PageRules::headers, stored>},
    Flaw{.id = "cm214-token-in-page",
         .summary = "hands the access token to a script in the page",
         .intended = {"callback.page.no-tokens"},
         .plant = token_in_page},
    Flaw{.id = "cm214b-token-in-cookie",
         .summary = "the access token in a cookie that scripts can read",
         .intended = {"callback.page.no-tokens"},
         .variant_of = "cm214-token-in-page",
         .plant = token_in_cookie},
    Flaw{.id = "cm215-verifier-in-cookie",
         .summary = "the verifier in a cookie that scripts can read",
         .intended = {"pkce.verifier.not-in-client-visible"},
         .plant = verifier_in_cookie},
};

}  // namespace

std::span<const Flaw> page_flaws() { return kClientPageFlaws; }

}  // namespace heygen::conformance
