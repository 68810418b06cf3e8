#include "mock_server/wire/http_get.h"

#include <httplib.h>

namespace heygen::mock::wire {

std::optional<int> http_get_status(const std::string& base, const std::string& path,
                                   std::chrono::milliseconds timeout) {
  httplib::Client client{base};
  if (!client.is_valid()) return std::nullopt;
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.enable_server_certificate_verification(false);
  const auto result = client.Get(path);
  if (!result) return std::nullopt;
  return result->status;
}

}  // namespace heygen::mock::wire
