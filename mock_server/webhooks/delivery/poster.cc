#include "mock_server/webhooks/delivery/poster.h"

#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "mock_server/webhooks/delivery/curl_api.h"
#include "mock_server/webhooks/target.h"

namespace heygen::mock {
namespace {

// CURL and CURLM are both void.
struct FreeEasy {
  void operator()(CURL* handle) const { curl_api().easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_api().multi_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_api().slist_free_all(list); }
};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with('\r') || text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Why this address is not to be called; "": it may be.
std::string_view beyond(WebhookReach reach, const sockaddr& address) {
  if (reach == WebhookReach::anywhere) return {};
  if (!is_near_address(address)) return "the address is neither loopback nor private";
  if (reach == WebhookReach::neighbours && is_loopback_address(address)) {
    return "the address is the mock's own machine, and whoever gave it is at another: give the "
           "address that the mock reaches you at (the policy webhooks=any calls this one too)";
  }
  return {};
}

}  // namespace

struct Poster::Transfer {
  std::unique_ptr<CURL, FreeEasy> curl;
  std::unique_ptr<curl_slist, FreeList> fields;
  Order order;
  Outcome outcome;
  std::size_t most = 0;
  std::string_view refusal;  // of its address

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& out = static_cast<Transfer*>(self)->outcome.body;
    const std::size_t most = static_cast<Transfer*>(self)->most;
    out.append(bytes, std::min(size * count, most - std::min(most, out.size())));
    return size * count;
  }
  static std::size_t take_field(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& headers = static_cast<Transfer*>(self)->outcome.headers;
    const std::string_view line{bytes, size * count};
    if (line.starts_with("HTTP/")) headers.clear();  // of an interim answer
    constexpr std::size_t kMostFields = 100;
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && headers.size() < kMostFields) {
      headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return size * count;
  }
  // Here the address is known, whatever name it was resolved from.
  static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.refusal = beyond(transfer.order.reach, address->addr);
    if (!transfer.refusal.empty()) return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

struct Poster::Multi {
  const CurlApi& api = curl_api();
  std::vector<std::unique_ptr<Transfer>> transfers;
  // After the transfers, so that it goes first.
  std::unique_ptr<CURLM, FreeMulti> curl{api.multi_init()};

  ~Multi() {
    for (const auto& transfer : transfers) {
      api.multi_remove_handle(curl.get(), transfer->curl.get());
    }
  }
};

Poster::Poster(PosterLimits limits) : limits_(limits), multi_(std::make_unique<Multi>()) {
  if (!multi_->curl) throw std::runtime_error("libcurl cannot be initialised");
}

Poster::~Poster() = default;

std::size_t Poster::free() const noexcept {
  return limits_.at_once - std::min(limits_.at_once, multi_->transfers.size());
}

void Poster::send(Order order) {
  const CurlApi& api = multi_->api;
  auto transfer = std::make_unique<Transfer>();
  transfer->curl.reset(api.easy_init());
  if (!transfer->curl) throw std::runtime_error("libcurl cannot be initialised");
  transfer->order = std::move(order);
  transfer->outcome.ticket = transfer->order.ticket;
  transfer->most = limits_.body;
  for (const auto& [name, value] : transfer->order.headers) {
    const std::string field = name + ": " + value;
    transfer->fields.reset(api.slist_append(transfer->fields.release(), field.c_str()));
  }
  CURL* const curl = transfer->curl.get();
  api.easy_setopt(curl, CURLOPT_URL, transfer->order.url.c_str());
  api.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  api.easy_setopt(curl, CURLOPT_PROXY, "");
  api.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  api.easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.timeout.count()));
  api.easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  api.easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  api.easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->fields.get());
  api.easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(transfer->order.body.size()));
  api.easy_setopt(curl, CURLOPT_POSTFIELDS, transfer->order.body.c_str());
  api.easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  api.easy_setopt(curl, CURLOPT_WRITEDATA, transfer.get());
  api.easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::take_field);
  api.easy_setopt(curl, CURLOPT_HEADERDATA, transfer.get());
  api.easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open);
  api.easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer.get());
  api.easy_setopt(curl, CURLOPT_PRIVATE, transfer.get());
  api.multi_add_handle(multi_->curl.get(), curl);
  multi_->transfers.push_back(std::move(transfer));
}

std::vector<Poster::Outcome> Poster::wait(std::chrono::milliseconds at_most) {
  const CurlApi& api = multi_->api;
  std::vector<Outcome> done;
  int running = 0;
  api.multi_perform(multi_->curl.get(), &running);
  const auto collect = [&] {
    int left = 0;
    while (const CURLMsg* const message = api.multi_info_read(multi_->curl.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto it = std::ranges::find(multi_->transfers, message->easy_handle,
                                        [](const auto& t) { return t->curl.get(); });
      Transfer& transfer = **it;
      long status = 0;
      api.easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      api.multi_remove_handle(multi_->curl.get(), message->easy_handle);
      if (code == CURLE_OK) {
        transfer.outcome.status = static_cast<int>(status);
      } else {
        transfer.outcome.error =
            transfer.refusal.empty() ? api.easy_strerror(code) : std::string{transfer.refusal};
      }
      done.push_back(std::move(transfer.outcome));
      multi_->transfers.erase(it);
    }
  };
  collect();
  if (!done.empty()) return done;
  const auto most = std::min<std::int64_t>(at_most.count(), std::numeric_limits<int>::max());
  api.multi_poll(multi_->curl.get(), nullptr, 0, static_cast<int>(std::max<std::int64_t>(most, 0)),
                 nullptr);
  api.multi_perform(multi_->curl.get(), &running);
  collect();
  return done;
}

void Poster::wake() noexcept { multi_->api.multi_wakeup(multi_->curl.get()); }

}  // namespace heygen::mock
