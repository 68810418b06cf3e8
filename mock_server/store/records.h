// Values as bytes, for stores that keep them outside the process: MessagePack maps, since a value
// may hold bytes that are no UTF-8. Times are decimal milliseconds as text, for what reads them may
// have no integers of 64 bits (Lua). For this folder.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/core/store.h"

namespace heygen::mock::records {

std::string write_time(TimePoint t);
TimePoint read_time(std::string_view text);  // throws StoreUnavailable when it is none

std::string write(const Client& client);
std::string write(const Code& code);
std::string write(const PendingConsent& consent);
std::string write(const DeviceRequest& request);
std::string write(const KeptAnswer& answer);

// Throw StoreUnavailable when the bytes are no such record.
Client read_client(std::string_view bytes);
Code read_code(std::string_view bytes);
PendingConsent read_consent(std::string_view bytes);
DeviceRequest read_device(std::string_view bytes);
KeptAnswer read_answer(std::string_view bytes);

}  // namespace heygen::mock::records
