#include "conformance/browser/cookie_jar.h"

#include <array>
#include <mutex>
#include <new>
#include <stdexcept>

#include "conformance/browser/curl_handles.h"

namespace heygen::conformance {

namespace {

// A handle that makes no request: a share's cookies are reached through one.
Easy handle_on(const CookieJar& jar) {
  Easy easy(curl_easy_init());
  if (!easy || curl_easy_setopt(easy.get(), CURLOPT_SHARE, jar.share()) != CURLE_OK ||
      curl_easy_setopt(easy.get(), CURLOPT_COOKIEFILE, "") != CURLE_OK) {
    throw std::bad_alloc();
  }
  return easy;
}

}  // namespace

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

void CookieJar::add_all_of(const CookieJar& other) {
  curl_slist* lines = nullptr;
  const Easy from = handle_on(other);
  if (curl_easy_getinfo(from.get(), CURLINFO_COOKIELIST, &lines) != CURLE_OK) {
    throw std::bad_alloc();
  }
  const List all(lines);
  const Easy to = handle_on(*this);
  for (const curl_slist* line = all.get(); line != nullptr; line = line->next) {
    if (curl_easy_setopt(to.get(), CURLOPT_COOKIELIST, line->data) != CURLE_OK) {
      throw std::bad_alloc();
    }
  }
}

void* CookieJar::share() const noexcept { return impl_->share; }

}  // namespace heygen::conformance
