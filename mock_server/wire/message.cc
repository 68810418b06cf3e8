#include "mock_server/wire/message.h"

#include <algorithm>
#include <array>

#include "mock_server/wire/syntax.h"

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kTypicalFields = 8;

// The part of the target after scheme and authority: proxies send the absolute form
// (RFC 9112 §3.2.2), and its path is found behind the third slash.
std::string_view without_authority(std::string_view target) noexcept {
  if (target.empty() || target.front() == '/') return target;
  const auto scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return target;
  const auto path_start = target.find_first_of("/?", scheme_end + 3);
  return path_start == std::string_view::npos ? std::string_view{} : target.substr(path_start);
}

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr std::array kReasons{
    Reason{100, "Continue"},
    Reason{101, "Switching Protocols"},
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{203, "Non-Authoritative Information"},
    Reason{204, "No Content"},
    Reason{205, "Reset Content"},
    Reason{206, "Partial Content"},
    Reason{300, "Multiple Choices"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{305, "Use Proxy"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{402, "Payment Required"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{407, "Proxy Authentication Required"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{416, "Range Not Satisfiable"},
    Reason{417, "Expectation Failed"},
    Reason{421, "Misdirected Request"},
    Reason{422, "Unprocessable Content"},
    Reason{426, "Upgrade Required"},
    Reason{428, "Precondition Required"},            // RFC 6585 §3
    Reason{429, "Too Many Requests"},                // RFC 6585 §4
    Reason{431, "Request Header Fields Too Large"},  // RFC 6585 §5
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

}  // namespace

bool iequals(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Headers::find(std::string_view name) const noexcept {
  for (const auto& [field_name, value] : fields_) {
    if (iequals(field_name, name)) return &value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const noexcept {
  const auto* value = find(name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

std::size_t Headers::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(),
                    [name](const Field& field) { return iequals(field.first, name); }));
}

void Headers::add(std::string name, std::string value) {
  if (fields_.capacity() == 0) fields_.reserve(kTypicalFields);  // one allocation, not four
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
  const auto first = std::find_if(fields_.begin(), fields_.end(), [name](const Field& field) {
    return iequals(field.first, name);
  });
  if (first == fields_.end()) {
    add(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(std::next(first), fields_.end(),
                               [name](const Field& field) { return iequals(field.first, name); }),
                fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const Field& field) { return iequals(field.first, name); });
}

std::string_view Request::path() const noexcept {
  const auto local = without_authority(target);
  const auto path = local.substr(0, local.find('?'));
  return path.empty() && !target.empty() ? std::string_view{"/"} : path;
}

std::string_view Request::query() const noexcept {
  const auto question = target.find('?');
  return question == std::string::npos ? std::string_view{}
                                       : std::string_view{target}.substr(question + 1);
}

bool is_form(const Request& request) noexcept {
  std::string_view type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return iequals(type, "application/x-www-form-urlencoded");
}

std::string_view reason_phrase(int status) noexcept {
  const auto found =
      std::lower_bound(kReasons.begin(), kReasons.end(), status,
                       [](const Reason& reason, int wanted) { return reason.status < wanted; });
  return found != kReasons.end() && found->status == status ? found->phrase : "Unknown";
}

}  // namespace heygen::mock::wire
