#include "mock_server/webhooks/delivery/curl_api.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace heygen::mock {
namespace {

#ifdef HEYGEN_CURL_LINKED

CurlApi load() {
  return {&curl_easy_init,        &curl_easy_cleanup,        &curl_easy_setopt,
          &curl_easy_getinfo,     &curl_easy_strerror,       &curl_slist_append,
          &curl_slist_free_all,   &curl_multi_init,          &curl_multi_cleanup,
          &curl_multi_add_handle, &curl_multi_remove_handle, &curl_multi_perform,
          &curl_multi_info_read,  &curl_multi_poll,          &curl_multi_wakeup};
}

#else

constexpr const char* kLibrary = "libcurl.so.4";  // its interface since 2006

class Library {
 public:
  Library() : handle_(::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) fail(::dlerror());
  }

  template <typename Function>
  void bind(Function& function, const char* name) const {
    void* const found = ::dlsym(handle_, name);
    if (found == nullptr) fail(::dlerror());
    function = reinterpret_cast<Function>(found);
  }

 private:
  [[noreturn]] static void fail(const char* why) {
    throw std::runtime_error(std::string("webhooks are sent with libcurl: install it (Debian: apt "
                                         "install libcurl4): ") +
                             (why == nullptr ? kLibrary : why));
  }
  void* handle_;  // for good: threads of it may run until the process ends
};

CurlApi load() {
  const Library library;
  CurlApi api{};
  library.bind(api.easy_init, "curl_easy_init");
  library.bind(api.easy_cleanup, "curl_easy_cleanup");
  library.bind(api.easy_setopt, "curl_easy_setopt");
  library.bind(api.easy_getinfo, "curl_easy_getinfo");
  library.bind(api.easy_strerror, "curl_easy_strerror");
  library.bind(api.slist_append, "curl_slist_append");
  library.bind(api.slist_free_all, "curl_slist_free_all");
  library.bind(api.multi_init, "curl_multi_init");
  library.bind(api.multi_cleanup, "curl_multi_cleanup");
  library.bind(api.multi_add_handle, "curl_multi_add_handle");
  library.bind(api.multi_remove_handle, "curl_multi_remove_handle");
  library.bind(api.multi_perform, "curl_multi_perform");
  library.bind(api.multi_info_read, "curl_multi_info_read");
  library.bind(api.multi_poll, "curl_multi_poll");
  library.bind(api.multi_wakeup, "curl_multi_wakeup");
  return api;
}

#endif

}  // namespace

const CurlApi& curl_api() {
  static const CurlApi kApi = load();
  return kApi;
}

}  // namespace heygen::mock
