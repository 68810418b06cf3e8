// What the flawed clients are put together with. Only for the files of this folder.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "client_under_test/lib/form.h"
#include "client_under_test/lib/seams.h"

namespace heygen::conformance {

template <typename Rules>
Rules& rules_of(client::Seams& seams) {
  if constexpr (std::is_same_v<Rules, client::LoginRules>) return seams.login;
  if constexpr (std::is_same_v<Rules, client::PendingRules>) return seams.pending;
  if constexpr (std::is_same_v<Rules, client::CallbackRules>) return seams.callback;
  if constexpr (std::is_same_v<Rules, client::EndpointRules>) return seams.endpoint;
  if constexpr (std::is_same_v<Rules, client::TokenRules>) return seams.token;
  if constexpr (std::is_same_v<Rules, client::RefreshRules>) return seams.refresh;
  if constexpr (std::is_same_v<Rules, client::ApiRules>) return seams.api;
  if constexpr (std::is_same_v<Rules, client::DeviceRules>) return seams.device;
  if constexpr (std::is_same_v<Rules, client::LogoutRules>) return seams.logout;
  if constexpr (std::is_same_v<Rules, client::StoreRules>) return seams.store;
  if constexpr (std::is_same_v<Rules, client::PageRules>) return seams.pages;
}

template <typename Rules, typename Function>
void set_seam(client::Seams& seams, Function Rules::*seam, Function function) {
  rules_of<Rules>(seams).*seam = std::move(function);
}

// Replaces one function of the sound client.
template <auto kSeam, auto kFunction>
void replace(client::Seams& seams) {
  set_seam(seams, kSeam, {kFunction});
}

// The same, for a function that remembers: each client gets one of its own.
template <auto kSeam, auto kMake>
void replace_made(client::Seams& seams) {
  set_seam(seams, kSeam, {kMake()});
}

// What a flawed function remembers between calls, from any thread. Copies share it.
template <typename T>
class Kept {
 public:
  Kept() : state_(std::make_shared<State>()) {}

  template <typename Use>
  auto with(Use use) const {
    const std::lock_guard lock(state_->mutex);
    return use(state_->value);
  }
  [[nodiscard]] T get() const {
    return with([](const T& value) { return value; });
  }
  void set(T fresh) const {
    with([&](T& value) { value = std::move(fresh); });
  }

 private:
  struct State {
    std::mutex mutex;
    T value{};
  };
  std::shared_ptr<State> state_;
};

// Spends nothing.
inline void keep_login(std::vector<client::PendingLogin>& /*logins*/,
                       const client::PendingLogin& /*used*/) {}

[[nodiscard]] std::string random_text(client::RandomSource& random, std::size_t octets);  // raw
[[nodiscard]] std::string random_hex(client::RandomSource& random, std::size_t octets);
[[nodiscard]] std::string random_digits(client::RandomSource& random, std::size_t count);
[[nodiscard]] std::string to_hex(std::string_view octets);
[[nodiscard]] std::string to_base64url(std::string_view octets);
[[nodiscard]] std::string from_base64url(std::string_view text);
[[nodiscard]] std::string sha256_octets(std::string_view text);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

// A form body taken apart and put together again.
[[nodiscard]] client::Fields fields_of(const client::HttpRequest& request);
[[nodiscard]] std::string field_of(const client::HttpRequest& request, std::string_view name);
[[nodiscard]] bool has_grant(const client::HttpRequest& request, std::string_view grant_type);
[[nodiscard]] client::HttpRequest with_fields(client::HttpRequest request,
                                              const client::Fields& fields);
[[nodiscard]] client::HttpRequest without_field(client::HttpRequest request, std::string_view name);
// name=value, joined without any encoding.
[[nodiscard]] std::string joined_raw(const client::Fields& fields);
[[nodiscard]] std::string json_of(const client::Fields& fields);

}  // namespace heygen::conformance
