// What clients trust when some of their connections go to the real world: most programs that are
// told of a file of certificates trust nothing beside it.
#pragma once

#include <string>
#include <variant>

namespace heygen::mock::tls {

struct TrustBundle {
  std::string file;
};

// ca-bundle.pem in `folder`: this system's certificates (where Linux and BSD systems keep them) and
// `ca_pem`. Else one line that names --state-dir. The folder is there.
[[nodiscard]] std::variant<TrustBundle, std::string> write_trust_bundle(const std::string& folder,
                                                                        const std::string& ca_pem);

}  // namespace heygen::mock::tls
