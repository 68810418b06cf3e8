#include "conformance/browser/cookie_jar.h"

#include <curl/curl.h>

#include <array>
#include <mutex>
#include <new>
#include <stdexcept>

namespace heygen::conformance {

struct CookieJar::Impl {
  std::array<std::mutex, CURL_LOCK_DATA_LAST> locks;
  CURLSH* share = nullptr;

  static void lock(CURL* /*handle*/, curl_lock_data data, curl_lock_access /*access*/,
                   void* context) {
    static_cast<Impl*>(context)->locks.at(static_cast<std::size_t>(data)).lock();
  }
  static void unlock(CURL* /*handle*/, curl_lock_data data, void* context) {
    static_cast<Impl*>(context)->locks.at(static_cast<std::size_t>(data)).unlock();
  }
};

CookieJar::CookieJar() : impl_(std::make_unique<Impl>()) {
  impl_->share = curl_share_init();
  if (impl_->share == nullptr) throw std::bad_alloc();
  const bool good =
      curl_share_setopt(impl_->share, CURLSHOPT_LOCKFUNC, &Impl::lock) == CURLSHE_OK &&
      curl_share_setopt(impl_->share, CURLSHOPT_UNLOCKFUNC, &Impl::unlock) == CURLSHE_OK &&
      curl_share_setopt(impl_->share, CURLSHOPT_USERDATA, impl_.get()) == CURLSHE_OK &&
      curl_share_setopt(impl_->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) == CURLSHE_OK;
  if (good) return;
  curl_share_cleanup(impl_->share);
  throw std::runtime_error("this libcurl cannot share cookies");
}

CookieJar::~CookieJar() { curl_share_cleanup(impl_->share); }

void* CookieJar::share() const noexcept { return impl_->share; }

}  // namespace heygen::conformance
