// Reading what a script answered. Each throws StoreUnavailable when it is not there, so that a
// script of another version cannot be misread. For this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/store.h"
#include "mock_server/store/redis/connection.h"

namespace heygen::mock::redis {

const Reply& part(const Reply& reply, std::size_t index);
std::string_view outcome(const Reply& reply);  // the first part
const std::string& text_at(const Reply& reply, std::size_t index);
std::optional<std::string> optional_text_at(const Reply& reply, std::size_t index);
std::int64_t integer_at(const Reply& reply, std::size_t index);
bool flag_at(const Reply& reply, std::size_t index);
TimePoint time_at(const Reply& reply, std::size_t index);
GrantId grant_at(const Reply& reply, std::size_t index);
TokenView token_view(const Reply& reply);

[[noreturn]] void refuse_outcome(std::string_view outcome);

}  // namespace heygen::mock::redis
