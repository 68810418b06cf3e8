// Clients that are sound, and built otherwise than the reference client: a check that fails one of
// them is wrong.
#include <algorithm>
#include <array>

#include "client_under_test/lib/text.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::AuthorizeRequest;
using client::CallbackParams;
using client::CodeGrant;
using client::Config;
using client::Error;
using client::ErrorKind;
using client::Fields;
using client::HttpRequest;
using client::PendingLogin;
using client::RandomSource;
using client::Seams;
using client::StateInput;

// --- logins ------------------------------------------------------------------------------------

// A new login takes the place of the one before.
void one_login_a_session(Seams& seams) {
  seams.pending.remember = [](std::vector<PendingLogin>& logins, PendingLogin fresh) {
    std::erase_if(logins,
                  [&](const PendingLogin& login) { return login.session == fresh.session; });
    client::remember_login(logins, std::move(fresh));
  };
}

// Whatever comes to the callback ends the login that is pending, good or bad.
void any_callback_ends_the_login(Seams& seams) {
  one_login_a_session(seams);
  const Kept<bool> good;
  seams.pending.select = [good](std::span<const PendingLogin> candidates,
                                const CallbackParams& params) -> std::optional<PendingLogin> {
    const auto login = client::select_by_state(candidates, params);
    good.set(login.has_value());
    if (login || candidates.empty()) return login;
    return candidates.back();
  };
  seams.callback.judge_error = [good](const CallbackParams& params) -> std::optional<Error> {
    if (!good.get()) return Error{ErrorKind::state_mismatch, "not the state that was sent"};
    return client::judge_error_parameter(params);
  };
}

// --- state and verifier --------------------------------------------------------------------------

std::string uuid(RandomSource& random) {
  std::string hex = random_hex(random, 16);
  constexpr std::string_view kVariants = "89ab";
  hex[12] = '4';
  hex[16] = kVariants[static_cast<unsigned char>(random_text(random, 1).front()) % 4];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

std::string uuid_state(const StateInput& input) { return uuid(input.random); }
std::string state_of_128_bits(const StateInput& input) { return random_hex(input.random, 16); }
std::string state_of_digits(const StateInput& input) { return random_digits(input.random, 60); }

// When it was made, beside all the randomness that is asked for.
std::string state_with_time(const StateInput& input) {
  return std::to_string(input.now.time_since_epoch().count()) + "." + client::make_state(input);
}

std::string state_in_json(const StateInput& input) {
  return to_base64url(json_of({{"nonce", random_hex(input.random, 32)}, {"v", "1"}}));
}

std::string longest_verifier(RandomSource& random) { return to_base64url(random_text(random, 96)); }

std::string verifier_with_every_character(RandomSource& random) {
  return "~._-" + to_base64url(random_text(random, 48));
}

// --- writing -------------------------------------------------------------------------------------

// As libraries write a form that take '+' for a blank, and hexadecimal digits small.
std::string written_otherwise(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text.push_back('&');
    std::string encoded = client::percent_encode(value);
    for (std::size_t at = encoded.find('%'); at != std::string::npos;
         at = encoded.find('%', at + 1)) {
      for (const std::size_t digit : {at + 1, at + 2}) {
        if (encoded[digit] >= 'A') encoded[digit] = static_cast<char>(encoded[digit] - 'A' + 'a');
      }
    }
    text.append(name).append("=").append(replace_all(encoded, "%20", "+"));
  }
  return text;
}

void writes_otherwise(Seams& seams) {
  seams.login.build_authorize_url = [](const AuthorizeRequest& request) {
    const Config& config = request.config;
    Fields fields{{"code_challenge_method", request.challenge.method},
                  {"code_challenge", request.challenge.value},
                  {"state", std::string(request.state)},
                  {"redirect_uri", config.redirect_uri},
                  {"client_id", config.client_id},
                  {"response_type", "code"}};
    if (!config.scope.empty()) fields.emplace_back("scope", config.scope);
    const char join = config.authorize_url.find('?') == std::string::npos ? '?' : '&';
    return config.authorize_url + join + written_otherwise(fields);
  };
  seams.endpoint.build_code_request = [](const Config& config, const CodeGrant& grant) {
    HttpRequest request = client::build_code_request(config, grant);
    Fields fields = fields_of(request);
    std::ranges::reverse(fields);
    request.body = written_otherwise(fields);
    client::remove_header(request.headers, "Content-Type");
    client::remove_header(request.headers, "Accept");
    request.headers.emplace_back("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    return request;
  };
}

constexpr std::array kClients{
    SoundClient{"one-login-a-session", "a new login takes the place of the one before",
                one_login_a_session},
    SoundClient{"any-callback-ends-the-login", "a bad callback ends the login that is pending",
                any_callback_ends_the_login},
    SoundClient{"state-uuid", "state = a UUID of version 4",
                replace<&client::LoginRules::make_state, uuid_state>},
    SoundClient{"state-of-128-bits", "state = 32 random hex digits",
                replace<&client::LoginRules::make_state, state_of_128_bits>},
    SoundClient{"state-of-digits", "state = 60 random digits",
                replace<&client::LoginRules::make_state, state_of_digits>},
    SoundClient{"state-with-time", "state = the time and 256 random bits",
                replace<&client::LoginRules::make_state, state_with_time>},
    SoundClient{"state-in-json", "state = a nonce in JSON in base64url",
                replace<&client::LoginRules::make_state, state_in_json>},
    SoundClient{"longest-verifier", "verifier of 128 characters",
                replace<&client::LoginRules::make_verifier, longest_verifier>},
    SoundClient{"verifier-with-every-character", "verifier that begins with \"~._-\"",
                replace<&client::LoginRules::make_verifier, verifier_with_every_character>},
    SoundClient{"writes-otherwise", "'+' for blanks, small hex digits, another order of parameters",
                writes_otherwise},
};

}  // namespace

std::span<const SoundClient> sound_login_clients() { return kClients; }

}  // namespace heygen::conformance
