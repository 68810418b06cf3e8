#include "mock_server/routes/envelope.h"

#include <algorithm>
#include <array>
#include <string>

#include "mock_server/routes/encode.h"

namespace heygen::mock {
namespace {

struct Row {
  ApiError error;
  int status;
  int v1_code;               // the vendor's legacy codes; the status where it has none
  std::string_view v2_code;  // v2 says internal_error for nearly everything, as measured
  std::string_view v3_code;
  std::string_view message;
};

constexpr std::array kRows{
    Row{ApiError::unauthorized, 401, 400112, "internal_error", "unauthorized", "Unauthorized"},
    Row{ApiError::invalid_parameter, 400, 400175, "internal_error", "invalid_parameter",
        "Invalid parameter"},
    Row{ApiError::not_found, 404, 404, "not_found", "not_found", "Not Found"},
    Row{ApiError::method_not_allowed, 405, 405, "method_not_allowed", "method_not_allowed",
        "Method Not Allowed"},
    Row{ApiError::too_large, 413, 413, "request_too_large", "request_too_large",
        "Request Entity Too Large"},
    Row{ApiError::in_progress, 409, 409, "request_in_progress", "request_in_progress",
        "Request in progress"},
    Row{ApiError::key_reused, 422, 422, "invalid_parameter", "invalid_parameter",
        "This Idempotency-Key was used for another request"},
    Row{ApiError::rate_limited, 429, 400140, "rate_limit_exceeded", "rate_limit_exceeded",
        "please reduce the RATE to call this api"},
    Row{ApiError::internal, 500, 500, "internal_error", "internal_error", "Internal Server Error"},
    Row{ApiError::unavailable, 503, 503, "service_unavailable", "service_unavailable",
        "Service Unavailable"},
};

const Row& row_of(ApiError error) noexcept { return *std::ranges::find(kRows, error, &Row::error); }

}  // namespace

std::string_view to_string(ApiError error) noexcept { return row_of(error).v3_code; }

ApiError api_error_for(int status) noexcept {
  const auto row = std::ranges::find(kRows, status, &Row::status);
  if (row != kRows.end()) return row->error;
  return status >= 500 ? ApiError::internal : ApiError::invalid_parameter;
}

wire::Response api_error(std::string_view path, ApiError error, std::string_view message) {
  const Row& row = row_of(error);
  const std::string said = json_quote(message.empty() ? row.message : message);
  std::string body;
  if (path.starts_with("/v3/")) {
    std::string anchor{row.v3_code};
    std::ranges::replace(anchor, '_', '-');
    body.append(R"({"error":{"code":)").append(json_quote(row.v3_code));
    body.append(R"(,"message":)").append(said);
    body.append(R"(,"doc_url":"https://developers.heygen.com/docs/error-codes#)").append(anchor);
    body.append(R"("}})");
  } else if (path.starts_with("/v2/")) {
    body.append(R"({"data":null,"error":{"code":)").append(json_quote(row.v2_code));
    body.append(R"(,"message":)").append(said).append("}}");
  } else {
    body.append(R"({"code":)").append(std::to_string(row.v1_code));
    body.append(R"(,"message":)").append(said).append("}");
  }
  return json_response(row.status, std::move(body));
}

}  // namespace heygen::mock
