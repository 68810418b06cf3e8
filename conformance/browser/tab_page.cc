#include "conformance/browser/tab_page.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

constexpr const char* kPressables =
    "[...document.querySelectorAll('a[href],button,input[type=submit],input[type=button],"
    "input[type=image],[role=button],[role=link],[onclick]')]"
    ".filter(e => e.getClientRects().length && !e.disabled)";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  for (const std::string_view one : list) {
    if (text == one) return true;
  }
  return false;
}

}  // namespace

std::string list_script() {
  return std::string("JSON.stringify(") + kPressables +
         ".map(e => {"
         " const form = ['submit', 'image'].includes(e.type) ? e.form : null;"
         " const asks = f => [...f.elements].some(i => i.getClientRects().length && ("
         "  ['TEXTAREA', 'SELECT'].includes(i.tagName) || i.tagName === 'INPUT' &&"
         "  !['hidden', 'submit', 'button', 'image', 'reset'].includes(i.type)));"
         " return {text: [e.innerText, e.value, e.getAttribute('aria-label'), form?.innerText]"
         "   .filter(Boolean).join(' ').slice(0, 1000),"
         "  address: e.getAttribute('formaction') ?? form?.getAttribute('action') ??"
         "   (e.tagName === 'A' ? e.href : ''), form: !!form, asks: !!form && asks(form)}; }))";
}

std::string press_script(std::size_t index) {
  return std::string(kPressables) + "[" + std::to_string(index) + "]?.click()";
}

// A page that is no HTML (JSON, a picture) is shown by one of Chromium's own making.
const char* const kLookAtPage =
    "(() => { const of = read => { try { return read(); } catch { return null; } };"
    " const kept = [location.href, of(() => document.cookie), of(() => ({...localStorage})),"
    "  of(() => ({...sessionStorage}))];"
    " const html = document.contentType === 'text/html' && location.protocol.startsWith('http')"
    "  ? '<!DOCTYPE html>' + document.documentElement?.outerHTML : '';"
    " return JSON.stringify({url: location.href, html, kept: JSON.stringify(kept)}); })()";

HeaderFields header_fields(const json& headers) {
  HeaderFields fields;
  for (const auto& [name, values] : headers.items()) {
    if (!values.is_string()) continue;
    std::string_view left = values.get_ref<const std::string&>();
    for (std::size_t end = left.find('\n'); end != std::string_view::npos; end = left.find('\n')) {
      fields.emplace_back(name, left.substr(0, end));
      left.remove_prefix(end + 1);
    }
    fields.emplace_back(name, left);
  }
  return fields;
}

std::string body_of(const json& answer) {
  std::string body = answer.value("body", "");
  if (!answer.value("base64Encoded", false)) return body;
  return mock::base64_decode(body).value_or("");
}

std::optional<Failure> failure_of(std::string_view error, const std::string& origin) {
  constexpr std::string_view kPrefix = "net::ERR_";
  if (error.starts_with(kPrefix)) error.remove_prefix(kPrefix.size());
  const std::string who = origin.empty() ? "the app" : origin;
  if (error.empty() || error == "ABORTED" || error.starts_with("BLOCKED_BY")) return std::nullopt;
  if (error == "TOO_MANY_REDIRECTS") {
    return Failure{Failure::Origin::protocol, "redirect-loop", "it redirects in circles"};
  }
  if (is_one_of(error, {"CONNECTION_REFUSED", "NAME_NOT_RESOLVED", "ADDRESS_UNREACHABLE"})) {
    return Failure{Failure::Origin::gone, "unreachable", "nobody answers there"};
  }
  if (is_one_of(error,
                {"EMPTY_RESPONSE", "CONNECTION_CLOSED", "CONNECTION_RESET", "SOCKET_NOT_CONNECTED",
                 "CONNECTION_ABORTED", "INCOMPLETE_CHUNKED_ENCODING", "CONTENT_LENGTH_MISMATCH"})) {
    return Failure{Failure::Origin::gone, "closed",
                   who + " closed the connection without an answer"};
  }
  if (error.ends_with("TIMED_OUT")) {
    return Failure{Failure::Origin::timeout, "timeout", who + " did not answer in time"};
  }
  return Failure{Failure::Origin::protocol, "no-http",
                 "the browser could not show the answer of " + who + ": " + std::string(error)};
}

}  // namespace heygen::conformance
