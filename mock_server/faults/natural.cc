#include "mock_server/faults/natural.h"

#include <array>

namespace heygen::mock {
namespace {

// One row a status. Where the vendor's text is known it is the vendor's, from its lists of error
// codes and from bodies that others have seen; the rest follows their pattern.
struct Row {
  int status;
  std::string_view oauth;       // RFC 6749 §4.1.2.1 and §5.2
  std::string_view oauth_text;  // "" is left out
  int v1_code;                  // 0: the status itself
  std::string_view v2_code;
  std::string_view v3_code;
  std::string_view api_text;
};

constexpr std::array kRows{
    Row{400, "invalid_request", "", 400175, "internal_error", "invalid_parameter",
        "Invalid parameter"},
    Row{401, "invalid_client", "", 400112, "internal_error", "unauthorized", "Unauthorized"},
    Row{402, "invalid_request", "", 400664, "internal_error", "insufficient_credit",
        "Insufficient credit"},
    Row{403, "access_denied", "", 400562, "internal_error", "forbidden", "forbidden"},
    Row{404, "invalid_request", "", 0, "internal_error", "not_found", "Not Found"},
    Row{409, "invalid_request", "", 0, "internal_error", "request_in_progress",
        "Request in progress"},
    Row{429, "temporarily_unavailable", "Too many requests.", 400140, "rate_limit_exceeded",
        "rate_limit_exceeded", "please reduce the RATE to call this api"},
    Row{500, "server_error", "", 0, "internal_error", "internal_error", "Internal Server Error"},
    Row{503, "temporarily_unavailable", "", 0, "internal_error", "service_unavailable",
        "Service Unavailable"},
};

const Row& row_of(int status) {
  for (const Row& row : kRows) {
    if (row.status == status) return row;
  }
  return status < 500 ? kRows.front() : kRows[7];
}
static_assert(kRows[7].status == 500);

std::string envelope(const Row& row, int status, std::string_view path, std::string_view text) {
  const std::string message = json_quote(text.empty() ? row.api_text : text);
  if (path.starts_with("/v1/")) {
    const int code = row.v1_code == 0 ? status : row.v1_code;
    return "{\"code\":" + std::to_string(code) + ",\"message\":" + message + "}";
  }
  if (path.starts_with("/v2/")) {
    return "{\"data\":null,\"error\":{\"code\":" + json_quote(row.v2_code) +
           ",\"message\":" + message + "}}";
  }
  std::string anchor{row.v3_code};
  for (char& c : anchor) c = c == '_' ? '-' : c;
  return "{\"error\":{\"code\":" + json_quote(row.v3_code) + ",\"message\":" + message +
         ",\"doc_url\":\"https://developers.heygen.com/docs/error-codes#" + anchor + "\"}}";
}

wire::Response json_answer(int status, std::string body) {
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}};
  response.body = std::move(body);
  return response;
}

// A quoted-string (RFC 9110 §5.6.4) holds neither quotes nor backslashes here: RFC 6750 §3 leaves
// both out of error and error_description.
std::string attribute(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') out += c;
  }
  return out + "\"";
}

// RFC 6750 §3.1.
int api_status(std::string_view oauth_error) {
  if (oauth_error == "invalid_token") return 401;
  return oauth_error == "insufficient_scope" ? 403 : 400;
}

wire::Response api_answer(const wire::Request& request, std::string_view path,
                          const NaturalError& error) {
  const int status =
      error.status.value_or(error.oauth_error ? api_status(*error.oauth_error) : 500);
  const Row& row = row_of(status);
  auto response =
      json_answer(status, envelope(row, status, path, error.description ? *error.description : ""));
  if (path.starts_with("/v1/") || path.starts_with("/v2/")) {  // as the vendor has announced
    response.headers.add("deprecation", "true");
    response.headers.add("sunset", "Sat, 31 Oct 2026 00:00:00 GMT");
  }
  if (status == 401 || error.oauth_error) {
    // RFC 6750 §3: a challenge, and the error where a token was presented.
    std::string challenge = "Bearer realm=\"heygen-mock\"";
    if (error.oauth_error) {
      challenge += ", error=" + attribute(*error.oauth_error);
    } else if (request.headers.has("Authorization")) {
      challenge += ", error=\"invalid_token\"";
    }
    if (error.oauth_error && error.description) {
      challenge += ", error_description=" + attribute(*error.description);
    }
    response.headers.add("WWW-Authenticate", challenge);
  }
  return response;
}

wire::Response oauth_answer(const NaturalError& error) {
  const int status = error.status.value_or(error.oauth_error ? 400 : 500);
  const Row& row = row_of(status);
  std::string body = "{\"error\":";
  body += json_quote(error.oauth_error ? std::string_view{*error.oauth_error} : row.oauth);
  std::string_view text;
  if (!error.oauth_error) text = row.oauth_text;
  if (error.description) text = *error.description;
  if (!text.empty()) body += ",\"error_description\":" + json_quote(text);
  auto response = json_answer(status, body + "}");
  response.headers.add("Cache-Control", "no-store");  // RFC 6749 §5.1
  response.headers.add("Pragma", "no-cache");
  if (status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"heygen-mock\"");
  return response;
}

}  // namespace

wire::Response natural_answer(Endpoint endpoint, const wire::Request& request,
                              std::string_view path, const NaturalError& error) {
  if (error.status && *error.status < 400 && !error.oauth_error && !error.description) {
    const bool bodiless = *error.status >= 300 || *error.status == 204;
    if (!bodiless) return json_answer(*error.status, "{}");
    wire::Response response;
    response.status = *error.status;
    return response;
  }
  return endpoint == Endpoint::api ? api_answer(request, path, error) : oauth_answer(error);
}

wire::Response sample_answer(Endpoint endpoint) {
  if (endpoint == Endpoint::api) {
    return json_answer(200, R"({"code":100,"data":{"id":"mock"},"message":"Success"})");
  }
  return json_answer(200, R"({"token_type":"Bearer","access_token":"mock","expires_in":864000})");
}

std::string_view unexpected_page() noexcept {
  return "<!doctype html>\n"
         "<html lang=\"en\">\n"
         "<head>\n"
         "  <meta charset=\"utf-8\">\n"
         "  <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "  <title>HeyGen</title>\n"
         "  <script type=\"module\" crossorigin src=\"/assets/index.js\"></script>\n"
         "  <link rel=\"stylesheet\" href=\"/assets/index.css\">\n"
         "</head>\n"
         "<body>\n"
         "  <noscript>You need to enable JavaScript to run this app.</noscript>\n"
         "  <div id=\"root\"></div>\n"
         "</body>\n"
         "</html>\n";
}

}  // namespace heygen::mock
