#include "conformance/browser/visit.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

#include "mock_server/wire/form.h"

namespace heygen::conformance {
namespace {

struct UrlRelease {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

std::optional<std::string> resolve(std::string_view base, std::string_view reference) {
  const std::unique_ptr<CURLU, UrlRelease> url(curl_url());
  if (!url) return std::nullopt;
  const auto set = [&url](std::string_view text) {
    return curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_URLENCODE) ==
           CURLUE_OK;
  };
  if (!set(base) || (!reference.empty() && !set(reference))) return std::nullopt;
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string absolute(text);
  curl_free(text);
  if (!absolute.starts_with("http://") && !absolute.starts_with("https://")) return std::nullopt;
  return absolute;
}

bool Answered::is_html() const {
  const std::string_view type = header_of(answer.headers, "Content-Type");
  return type.empty() || type.find("html") != std::string_view::npos;
}

std::optional<std::string> Answered::onward() const {
  if (is_redirect(answer.status)) {
    const std::string_view location = header_of(answer.headers, "Location");
    return location.empty() ? std::nullopt : resolve(url, location);
  }
  if (const auto refresh = refresh_url(header_of(answer.headers, "Refresh"))) {
    return resolve(url, *refresh);
  }
  if (!is_html()) return std::nullopt;
  const HtmlPage page = read_html(answer.body);
  if (!page.refresh) return std::nullopt;
  return resolve(page.base.empty() ? url : resolve(url, page.base).value_or(url), *page.refresh);
}

std::optional<FetchRequest> submission(const Answered& page, const PageForm& form) {
  auto target = resolve(page.url, form.action);
  if (!target) return std::nullopt;
  const std::string encoded = mock::wire::form_encode(form.fields);
  if (form.method == "post") {
    return FetchRequest{"POST",
                        *std::move(target),
                        {{"Content-Type", "application/x-www-form-urlencoded"}},
                        encoded};
  }
  // A GET form replaces the query of its action (HTML, §4.10.21.3).
  return FetchRequest{"GET", target->substr(0, target->find_first_of("?#")) + "?" + encoded};
}

}  // namespace heygen::conformance
