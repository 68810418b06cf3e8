// What the control API answers when all is well.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mock_server/wire/message.h"

namespace heygen::mock::control {

// Indented, since people read it in a terminal; bytes that are no UTF-8 become U+FFFD.
wire::Response reply(int status, const nlohmann::ordered_json& body,
                     const char* content_type = "application/json");
wire::Response text_reply(std::string text);
wire::Response no_content();

}  // namespace heygen::mock::control
