// Flaws in taking a part of an answer for the whole.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <charconv>

#include "client_under_test/lib/curl_transport.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/lib/text.h"
#include "client_under_test/lib/unique_fd.h"
#include "client_under_test/lib/url.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::EndpointRules;
using client::Error;
using client::ErrorKind;
using client::HttpRequest;
using client::HttpResponse;
using client::JsonObject;
using client::Result;
using client::Seams;
using client::TokenRules;
using client::Transport;

// --- JSON that is cut off ------------------------------------------------------------------------

// A quote and a brace are put back.
std::optional<JsonObject> repaired(std::string_view text) {
  if (auto body = client::parse_json_object(text)) return body;
  for (const std::string_view end : {"}", "\"}", "\":\"\"}"}) {
    if (auto body = client::parse_json_object(std::string(text).append(end))) return body;
  }
  return std::nullopt;
}

// --- an answer that is cut off -------------------------------------------------------------------

std::string request_text(const HttpRequest& request, const client::Url& url) {
  std::string text =
      request.method + " " + url.path + (url.has_query ? "?" + url.query : "") +
      " HTTP/1.1\r\nHost: " + url.host + ":" + url.port +
      "\r\nConnection: close\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + request.body;
}

std::string exchange_with_loopback(std::uint16_t port, std::string_view request) {
  const client::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const target = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(fd.get(), target, sizeof address) != 0) return "";
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
  std::string answer;
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t got = ::recv(fd.get(), chunk.data(), chunk.size(), 0);
    if (got <= 0) return answer;
    answer.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

// Reads until the end of the connection, and does not ask how much was to come.
Result<HttpResponse> read_what_comes(Transport& transport, const HttpRequest& request) {
  const bool is_real = dynamic_cast<client::CurlTransport*>(&transport) != nullptr;
  const auto url = client::parse_url(request.url);
  if (!is_real || !url) return client::send_once(transport, request);
  std::uint16_t port = 0;
  std::from_chars(url->port.data(), url->port.data() + url->port.size(), port);
  const std::string answer = exchange_with_loopback(port, request_text(request, *url));
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos || answer.size() < 12) {
    return Error{ErrorKind::transport, "no answer"};
  }
  HttpResponse response;
  std::from_chars(answer.data() + 9, answer.data() + 12, response.status);
  for (std::size_t at = answer.find("\r\n"); at < head; at = answer.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(answer).substr(at + 2, head - at - 2);
    const std::string_view field = line.substr(0, line.find("\r\n"));
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    response.headers.emplace_back(field.substr(0, colon), client::trim(field.substr(colon + 1)));
  }
  response.body = answer.substr(head + 4);
  return response;
}

void partial_answer_repaired(Seams& seams) {
  seams.endpoint.send = read_what_comes;
  seams.token.parse_body = repaired;
}

constexpr std::array kClientPartialFlaws{
    Flaw{.id = "cm138-cut-json-repaired",
         .summary = "completes JSON that is cut off",
         .intended = {"response.not-json"},
         .plant = replace<&TokenRules::parse_body, repaired>},
    Flaw{.id = "cm159-answer-without-limit",
         .summary = "reads the token answer whatever its size",
         .intended = {"response.huge"},
         .plant = replace<&EndpointRules::send, read_what_comes>},
    Flaw{.id = "cm138b-partial-answer-repaired",
         .summary = "does not look at Content-Length, and completes JSON that is cut off",
         .intended = {"response.truncated"},
         .variant_of = "cm138-cut-json-repaired",
         .plant = partial_answer_repaired},
};

}  // namespace

std::span<const Flaw> partial_flaws() { return kClientPartialFlaws; }

}  // namespace heygen::conformance
