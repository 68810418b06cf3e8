// The only way out of the journal. Secrets become stable fingerprints (core/crypto.h), so that
// equal ones can still be matched and a token's is its id in the token list; never a prefix of the
// secret, never its length.
//
// A secret is
//   - what stands where secrets stand: a parameter, JSON member, header or cookie of a telling
//     name, a query or fragment inside a URL, a URL's user and password;
//   - what the caller's predicate knows as one, wherever it stands: as it is, percent-encoded or in
//     base64;
//   - what was found to be one in another place of the same exchange (noting, knowing): a verifier
//     that an error description repeats.
// A code_challenge is none, unless its method is plain (RFC 7636 §4.2): then it is the verifier.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/journal/plain_text.h"

namespace heygen::mock {

struct Secret {
  std::string name;  // "code", "access_token"; "secret" where nothing names it
  std::string value;
};

// The name of a parameter, JSON member, header or cookie whose value is a secret, in whatever
// spelling: "refresh_token", "refreshToken", "Refresh-Token".
bool is_secret_name(std::string_view name);

// Thread-safe as far as the predicate is. The results are bytes as the input was: not always UTF-8.
class Redactor {
 public:
  // Asked about runs of at least 8 characters of [A-Za-z0-9-._~+/=], and parts of them. One that
  // throws is taken to say yes.
  using IsSecret = std::function<bool(std::string_view)>;

  explicit Redactor(IsSecret is_secret = {}) : is_secret_(std::move(is_secret)) {}

  // A copy that also writes down every secret it meets. `secrets` must outlive it.
  [[nodiscard]] Redactor noting(std::vector<Secret>& secrets) const;
  // A copy that recognises these values wherever they stand, if they have 6 characters or more; the
  // first 256 different ones.
  [[nodiscard]] Redactor knowing(const std::vector<Secret>& secrets) const;

  [[nodiscard]] std::string header(std::string_view name, std::string_view value) const;
  [[nodiscard]] std::string uri(std::string_view raw) const;    // absolute or relative
  [[nodiscard]] std::string query(std::string_view raw) const;  // or a form; undecoded
  [[nodiscard]] Fields fields(const Fields& decoded) const;     // of a query or form
  [[nodiscard]] std::string text(std::string_view raw) const;   // of no known structure
  // In an answer of the API, "code" tells what went wrong.
  enum class JsonOf : std::uint8_t { request, answer, api_answer };
  void json(nlohmann::ordered_json& value, JsonOf of) const;

 private:
  struct Known {
    Secret secret;
    std::string spelling;  // of its value
    bool whole;            // short: counts only where no letter or digit adjoins
  };

  [[nodiscard]] std::string shown(std::string_view name, std::string_view secret) const;
  [[nodiscard]] std::string text(std::string_view raw, int depth) const;
  [[nodiscard]] std::string without_named(std::string_view raw) const;
  [[nodiscard]] std::string without_known(std::string_view raw) const;
  [[nodiscard]] std::string without_runs(std::string_view raw, int depth) const;
  [[nodiscard]] std::string run(std::string_view raw, int depth) const;
  [[nodiscard]] bool asked(std::string_view raw) const;
  [[nodiscard]] bool recognised(std::string_view raw, int depth) const;
  [[nodiscard]] std::string credentials(std::string_view value) const;
  [[nodiscard]] std::string basic(std::string_view scheme, std::string_view blob) const;
  [[nodiscard]] std::string cookies(std::string_view value, bool attributes) const;
  void secret_json(nlohmann::ordered_json& value, const std::string& name) const;

  IsSecret is_secret_;
  std::vector<Known> known_;
  std::vector<Secret>* noted_ = nullptr;
};

}  // namespace heygen::mock
