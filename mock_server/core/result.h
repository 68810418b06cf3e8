// A value or an OAuthError. (GCC 12 has no std::expected.)
#pragma once

#include <utility>
#include <variant>

#include "mock_server/core/error.h"

namespace heygen::mock {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(OAuthError error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] OAuthError& error() { return std::get<1>(state_); }
  [[nodiscard]] const OAuthError& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, OAuthError> state_;
};

}  // namespace heygen::mock
