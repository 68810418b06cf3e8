#include "conformance/capabilities.h"

namespace heygen::conformance {
namespace {

constexpr std::array<std::string_view, kCapabilityCount> kNames{
    "begin",       "callback",     "state",    "call-api",     "messages",      "logs",
    "store",       "redirect-uri", "refresh",  "logout",       "restart",       "clock",
    "concurrency", "device",       "download", "two-sessions", "two-processes", "issuer",
    "timeout",     "page",         "cookies",  "api",          "revoke",        "second-client",
    "clients",     "policy",       "faults",   "deny",         "form"};

}  // namespace

std::string_view to_string(Capability capability) noexcept {
  return kNames[static_cast<std::size_t>(capability)];
}

std::optional<Capability> parse_capability(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Capability>(i);
  }
  return std::nullopt;
}

std::vector<std::string> Capabilities::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kCapabilityCount; ++i) {
    if (has(static_cast<Capability>(i))) names.emplace_back(kNames[i]);
  }
  return names;
}

}  // namespace heygen::conformance
