#include "conformance/watch/watched.h"

#include <algorithm>

#include "conformance/url.h"

namespace heygen::conformance {

using mock::Endpoint;

void Watched::take(std::shared_ptr<const mock::Entry> entry) {
  Seen seen(std::move(entry));
  switch (seen.entry().endpoint) {
    case Endpoint::authorize:
      // The consent page is sent by the user.
      if (seen.request().method == "GET") authorizations_.push_back(std::move(seen));
      break;
    case Endpoint::token:
      if (!seen.param("grant_type").ends_with("device_code")) exchanges_.push_back(std::move(seen));
      break;
    case Endpoint::refresh:
      refreshes_.push_back(std::move(seen));
      break;
    case Endpoint::revoke:
      revocations_.push_back(std::move(seen));
      break;
    case Endpoint::api:
      calls_.push_back(std::move(seen));
      break;
    default:
      break;
  }
}

const Seen* Watched::origin_of(const Seen& exchange) const {
  const std::string code = exchange.param("code");
  const auto brought = [&code](const Seen& seen) {
    return CallbackUrl(seen.response().headers.get("Location")).get("code") == code;
  };
  const auto found = std::ranges::find_if(authorizations_, brought);
  return code.empty() || found == authorizations_.end() ? nullptr : &*found;
}

}  // namespace heygen::conformance
