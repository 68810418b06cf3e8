#include "conformance/exchange.h"

#include <algorithm>
#include <array>

#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

constexpr std::array<std::string_view, 12> kSecretParams{
    "code",        "code_verifier", "refresh_token", "access_token", "token",     "client_secret",
    "device_code", "user_code",     "state",         "password",     "assertion", "api_key"};

constexpr std::size_t kLongestValue = 200;

std::string shown(std::string_view name, std::string_view value) {
  if (is_secret_param(name)) return value.empty() ? std::string() : mock::fingerprint(value);
  if (value.size() <= kLongestValue) return std::string(value);
  return std::string(value.substr(0, kLongestValue)) + "… (" + std::to_string(value.size()) +
         " bytes)";
}

void add_header(Step& step, const Seen& seen, std::string_view name) {
  const std::string value = seen.header(name);
  if (value.empty()) return;
  const std::size_t space = value.find(' ');
  const bool has_scheme = space != std::string::npos;
  const std::string scheme = has_scheme ? value.substr(0, space + 1) : "";
  step.params.emplace_back(name, scheme + mock::fingerprint(value.substr(scheme.size())));
}

}  // namespace

bool is_secret_param(std::string_view name) noexcept {
  return std::ranges::find(kSecretParams, name) != kSecretParams.end();
}

Step step_of(std::string from, std::string to, const Seen& seen) {
  Step step{std::move(from),
            std::move(to),
            seen.request().method,
            std::string(seen.request().path()),
            {},
            std::to_string(seen.status()),
            seen.entry().why};
  for (const auto* form : {&seen.query(), &seen.form()}) {
    for (const auto& [name, value] : form->fields)
      step.params.emplace_back(name, shown(name, value));
  }
  add_header(step, seen, "Authorization");
  add_header(step, seen, "X-Api-Key");
  return step;
}

std::vector<Step> collapsed(const std::vector<Step>& steps) {
  std::vector<Step> out;
  for (auto step = steps.begin(); step != steps.end();) {
    const auto next =
        std::find_if(step, steps.end(), [&](const Step& one) { return one != *step; });
    Step one = *step;
    if (next - step > 1) {
      one.note = std::to_string(next - step) + " times" + (one.note.empty() ? "" : ": ") + one.note;
    }
    out.push_back(std::move(one));
    step = next;
  }
  return out;
}

Step scrubbed(Step step, const Secrets& secrets) {
  step.path = secrets.scrub(step.path);
  step.status = secrets.scrub(step.status);
  step.note = secrets.scrub(step.note);
  for (auto& [name, value] : step.params) {
    name = secrets.scrub(name);
    value = secrets.scrub(value);
  }
  return step;
}

}  // namespace heygen::conformance
