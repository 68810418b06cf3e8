#include "mock_server/tls/trust_bundle.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include "mock_server/tls/whole_file.h"

namespace heygen::mock::tls {
namespace {

constexpr std::array kSystemBundles{"/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine, Arch
                                    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora
                                    "/etc/ssl/ca-bundle.pem",              // openSUSE
                                    "/etc/ssl/cert.pem"};                  // BSD, macOS

std::string system_certificates() {
  for (const auto* const file : kSystemBundles) {
    if (std::ifstream in{file, std::ios::binary}) {
      return {std::istreambuf_iterator<char>{in}, {}};
    }
  }
  return {};
}

}  // namespace

std::variant<TrustBundle, std::string> write_trust_bundle(const std::string& folder,
                                                          const std::string& ca_pem) {
  std::string text = system_certificates();
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += ca_pem;
  TrustBundle bundle{folder + "/ca-bundle.pem"};
  const int error = write_whole(bundle.file, text, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (error == 0) return bundle;
  return "cannot write " + bundle.file + " (" + std::generic_category().message(error) +
         "): name a folder that can be written to with --state-dir DIR";
}

}  // namespace heygen::mock::tls
