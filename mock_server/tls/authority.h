// A certificate authority for tests: made at first need, kept in a folder, and by its own word fit
// for few names. Whoever has its key can pass as these names to whoever trusts it: never install it
// in a system's or a browser's store for good.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"
#include "mock_server/tls/names.h"

namespace heygen::mock::tls {

// Immutable and thread-safe.
class Authority {
 public:
  struct Pair;  // certificate and key, of openssl.h

  // In memory alone; file() is "". Throws std::runtime_error when OpenSSL cannot.
  [[nodiscard]] static std::shared_ptr<const Authority> make(const Names& names, const Clock& clock,
                                                             RandomSource& random);

  // That of `folder`: ca.pem and ca-key.pem, which is its owner's alone. Makes folder and files
  // when they are not there, and makes them anew when the CA expires within 60 days or does not
  // cover the names; what the old one covered is covered still. Several processes may do so at
  // once. Else one line that names the mend: --state-dir, or the file to remove.
  [[nodiscard]] static std::variant<std::shared_ptr<const Authority>, std::string> load_or_make(
      const std::string& folder, const Names& names, const Clock& clock, RandomSource& random);

  enum class Origin : std::uint8_t {
    found,
    made,
    replaced,  // made in place of one that clients may trust
  };
  Authority(std::unique_ptr<const Pair> pair, std::string file, Origin origin);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  [[nodiscard]] const std::string& pem() const noexcept { return pem_; }    // the certificate
  [[nodiscard]] const std::string& file() const noexcept { return file_; }  // where it lies
  [[nodiscard]] Origin origin() const noexcept { return origin_; }
  [[nodiscard]] const Pair& pair() const noexcept { return *pair_; }

 private:
  std::unique_ptr<const Pair> pair_;
  std::string file_;
  std::string pem_;
  Origin origin_;
};

}  // namespace heygen::mock::tls
