#include "mock_server/wire/head.h"

#include <string>

#include "mock_server/wire/syntax.h"

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kMaxMethod = 64;
constexpr std::size_t kMaxLengthDigits = 19;  // what an unsigned 64-bit number surely holds

constexpr Refusal bad(std::string_view reason) { return {400, reason}; }

std::string_view trim_ows(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls `visit` with each member of the comma-separated lists in every field of that name.
template <typename Visit>
void each_list_member(const Headers& headers, std::string_view name, Visit visit) {
  for (const auto& [field_name, value] : headers) {
    if (!iequals(field_name, name)) continue;
    std::string_view rest = value;
    for (;;) {
      const auto comma = rest.find(',');
      visit(trim_ows(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
}

bool list_has(const Headers& headers, std::string_view name, std::string_view wanted) {
  bool found = false;
  each_list_member(headers, name,
                   [&](std::string_view member) { found = found || iequals(member, wanted); });
  return found;
}

std::optional<Refusal> read_version(std::string_view text, HttpVersion& version) {
  if (text == "HTTP/1.1") {
    version = HttpVersion::http_1_1;
    return std::nullopt;
  }
  if (text == "HTTP/1.0") {
    version = HttpVersion::http_1_0;
    return std::nullopt;
  }
  if (text.size() == 8 && text.starts_with("HTTP/") && kDigit.has(text[5]) && text[6] == '.' &&
      kDigit.has(text[7])) {
    return Refusal{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  return bad("the request line does not end in an HTTP version");
}

std::size_t absolute_form_prefix(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() && iequals(target.substr(0, scheme.size()), scheme)) {
      return scheme.size();
    }
  }
  return 0;
}

// RFC 9112 §3.2: origin-form, absolute-form, authority-form (CONNECT), asterisk-form (OPTIONS).
bool valid_target_form(std::string_view method, std::string_view target) noexcept {
  if (method == "CONNECT") return kHost.all(target);
  return target.front() == '/' || (method == "OPTIONS" && target == "*") ||
         absolute_form_prefix(target) != 0;
}

std::optional<Refusal> judge_host(HttpVersion version, Request& request) {
  const auto hosts = request.headers.count("Host");
  if (hosts > 1) return bad("more than one Host field");
  if (hosts == 0 && version == HttpVersion::http_1_1) return bad("no Host field");
  if (!kHost.all(request.headers.get("Host"))) return bad("the Host field is not a host");
  const auto prefix = absolute_form_prefix(request.target);
  if (prefix != 0) {
    const auto end = request.target.find_first_of("/?", prefix);
    auto authority =
        request.target.substr(prefix, end == std::string::npos ? std::string::npos : end - prefix);
    if (authority.empty() || !kHost.all(authority)) {
      return bad("the target's authority is not a host");
    }
    request.headers.set("Host", std::move(authority));
  }
  return std::nullopt;
}

// Several equal values say nothing ambiguous; a list or a difference does (RFC 9112 §6.3).
std::optional<Refusal> judge_content_length(const Headers& headers, const FramingLimits& limits,
                                            HeadVerdict& verdict) {
  const auto* first = headers.find("Content-Length");
  if (first == nullptr) return std::nullopt;
  for (const auto& [name, value] : headers) {
    if (!iequals(name, "Content-Length")) continue;
    if (value.empty() || !kDigit.all(value)) return bad("Content-Length is not a number");
    if (value != *first) return bad("two Content-Length fields that differ");
  }
  if (first->size() > kMaxLengthDigits) return Refusal{413, "the body is too large"};
  std::size_t length = 0;
  for (const char digit : *first) length = length * 10 + static_cast<std::size_t>(digit - '0');
  if (length > limits.body_bytes) return Refusal{413, "the body is too large"};
  verdict.content_length = length;
  verdict.body = length == 0 ? HeadVerdict::Body::none : HeadVerdict::Body::length;
  return std::nullopt;
}

// "chunked" alone is known. An end that is not chunked leaves the length undecided (400); another
// coding in front of it is merely unknown (501), RFC 9112 §6.1 and §6.3.
std::optional<Refusal> judge_transfer_encoding(HttpVersion version, const Headers& headers,
                                               HeadVerdict& verdict) {
  const auto fields = headers.count("Transfer-Encoding");
  if (fields == 0) return std::nullopt;
  if (headers.has("Content-Length")) return bad("both Transfer-Encoding and Content-Length");
  if (version == HttpVersion::http_1_0) return bad("Transfer-Encoding in an HTTP/1.0 request");
  if (fields > 1) return bad("more than one Transfer-Encoding field");
  std::string_view last;
  std::size_t codings = 0;
  each_list_member(headers, "Transfer-Encoding", [&](std::string_view member) {
    last = member;
    ++codings;
  });
  if (!iequals(last, "chunked")) return bad("Transfer-Encoding does not end in chunked");
  if (codings > 1) return Refusal{501, "only the transfer coding chunked is known"};
  verdict.body = HeadVerdict::Body::chunked;
  return std::nullopt;
}

}  // namespace

bool may_start_request(char c) noexcept { return kToken.has(c) || c == '\r'; }

std::optional<Refusal> read_request_line(std::string_view line, const FramingLimits& limits,
                                         Request& request, HttpVersion& version) {
  const auto first_space = line.find(' ');
  const auto method = line.substr(0, first_space);
  if (method.empty() || method.size() > kMaxMethod || !kToken.all(method)) {
    return bad("the method is not a token");
  }
  if (first_space == std::string_view::npos) return bad("the request line has no target");
  const auto last_space = line.rfind(' ');
  if (last_space == first_space) return bad("the request line has no HTTP version");
  const auto target = line.substr(first_space + 1, last_space - first_space - 1);
  if (const auto refusal = read_version(line.substr(last_space + 1), version)) return refusal;
  if (target.size() > limits.target_bytes) return Refusal{414, "the target is too long"};
  request.method = method;
  if (target.empty() || !kTarget.all(target)) {
    return bad("the target has a character that must be percent-encoded");
  }
  request.target = target;
  if (!valid_target_form(method, target)) return bad("the target does not start with a slash");
  return std::nullopt;
}

std::optional<Refusal> read_field_line(std::string_view line, const FramingLimits& limits,
                                       Headers& headers) {
  if (line.front() == ' ' || line.front() == '\t') {
    return bad("a header field is folded over two lines");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header field has no colon");
  const auto name = line.substr(0, colon);
  if (name.empty() || !kToken.all(name)) return bad("a header field's name is not a token");
  const auto value = trim_ows(line.substr(colon + 1));
  if (!kFieldValue.all(value)) return bad(kControlInField);
  if (headers.size() == limits.fields) return Refusal{431, "too many header fields"};
  headers.add(std::string(name), std::string(value));
  return std::nullopt;
}

std::optional<Refusal> judge_head(HttpVersion version, const FramingLimits& limits,
                                  Request& request, HeadVerdict& verdict) {
  verdict = {};
  if (auto refusal = judge_host(version, request)) return refusal;
  if (auto refusal = judge_transfer_encoding(version, request.headers, verdict)) return refusal;
  if (auto refusal = judge_content_length(request.headers, limits, verdict)) return refusal;

  verdict.keep_alive = version == HttpVersion::http_1_1
                           ? !list_has(request.headers, "Connection", "close")
                           : list_has(request.headers, "Connection", "keep-alive") &&
                                 !list_has(request.headers, "Connection", "close");
  if (version == HttpVersion::http_1_1 && request.headers.has("Expect")) {
    if (!iequals(request.headers.get("Expect"), "100-continue")) {
      return Refusal{417, "the only expectation known is 100-continue"};
    }
    verdict.expects_continue = verdict.body != HeadVerdict::Body::none;
  }
  return std::nullopt;
}

}  // namespace heygen::mock::wire
