#include "mock_server/tls/fault.h"

#include <algorithm>
#include <array>
#include <utility>

namespace heygen::mock::tls {

std::optional<TlsFault> parse_tls_fault(std::string_view name) noexcept {
  using enum TlsFault;
  constexpr std::array<std::pair<std::string_view, TlsFault>, 4> kFaults{
      {{"self-signed", self_signed},
       {"expired", expired},
       {"wrong-host", wrong_host},
       {"plain-http", plain_http}}};
  const auto* const found =
      std::ranges::find(kFaults, name, &std::pair<std::string_view, TlsFault>::first);
  if (found == kFaults.end()) return std::nullopt;
  return found->second;
}

}  // namespace heygen::mock::tls
