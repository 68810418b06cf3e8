// The cookies of one browser.
#pragma once

#include <memory>

namespace heygen::conformance {

// Thread-safe: several requests of one browser may be under way.
class CookieJar {
 public:
  CookieJar();  // throws std::bad_alloc
  ~CookieJar();
  CookieJar(const CookieJar&) = delete;
  CookieJar& operator=(const CookieJar&) = delete;

  // The other's cookies as they are now. Throws std::bad_alloc.
  void add_all_of(const CookieJar& other);

  // libcurl's CURLSH: for fetch.cc alone. Must outlive every request that uses it.
  [[nodiscard]] void* share() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::conformance
