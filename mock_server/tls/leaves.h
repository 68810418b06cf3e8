// The certificates that a TLS server shows: made when they are first asked for, made anew in time.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"
#include "mock_server/tls/authority.h"
#include "mock_server/tls/fault.h"
#include "mock_server/tls/openssl.h"

namespace heygen::mock::tls {

// Thread-safe. Clock and random source must outlive it.
class Leaves {
 public:
  Leaves(std::shared_ptr<const Authority> authority, Names names, TlsFault fault,
         const Clock& clock, RandomSource& random);

  // For the name that a client asked for; "" when it asked for none. A name below a suffix
  // ("a.localhost") gets a certificate of its own, since many clients take no wildcard of two
  // labels; a name that is not covered gets the common one, which does not fit it.
  // Never null. 90 days, renewed in the last 30. Throws std::runtime_error when OpenSSL cannot.
  [[nodiscard]] std::shared_ptr<X509> find(std::string_view server_name);

  [[nodiscard]] EVP_PKEY& key() const noexcept { return *key_; }  // of all of them

 private:
  std::shared_ptr<X509> make(const std::string& name, TimePoint now);

  const std::shared_ptr<const Authority> authority_;
  const Names names_;
  const TlsFault fault_;
  const Clock& clock_;
  RandomSource& random_;
  const Key key_;
  struct Leaf {
    std::shared_ptr<X509> certificate;
    TimePoint renew_at;
  };
  std::mutex mutex_;
  std::map<std::string, Leaf, std::less<>> made_;  // "": the common one
};

}  // namespace heygen::mock::tls
