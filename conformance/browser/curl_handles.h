// libcurl's handles, which release themselves.
#pragma once

#include <curl/curl.h>

#include <memory>

namespace heygen::conformance {

// To the compiler, CURL and CURLM are the same void.
struct EasyRelease {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct MultiRelease {
  void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct ListRelease {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyRelease>;
using Multi = std::unique_ptr<CURLM, MultiRelease>;
using List = std::unique_ptr<curl_slist, ListRelease>;

}  // namespace heygen::conformance
