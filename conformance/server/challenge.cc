#include "conformance/server/challenge.h"

#include <algorithm>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// RFC 9110 §5.6.2.
bool is_token_char(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]; challenges are set apart by commas,
// as their parameters are: a name is a scheme unless '=' comes next.
class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view field) : rest_(field) {}

  std::vector<Challenge> all() {
    while (skip(" \t,"), !rest_.empty()) {
      std::string name = lowered(take(is_token_char));
      if (name.empty()) {
        rest_.remove_prefix(std::min(rest_.find(','), rest_.size()));
        continue;
      }
      const bool spaced = rest_.starts_with(' ');
      skip(" \t");
      if (rest_.starts_with('=')) {
        rest_.remove_prefix(1);
        skip(" \t");
        std::string value = take_value();
        if (!all_.empty()) all_.back().params.emplace_back(std::move(name), std::move(value));
      } else {
        all_.push_back({std::move(name), {}});
        if (spaced) skip_token68();
      }
    }
    return std::move(all_);
  }

 private:
  void skip(std::string_view any) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(any), rest_.size()));
  }

  template <typename Belongs>
  std::string_view take(Belongs belongs) {
    const auto end = std::ranges::find_if_not(rest_, belongs);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string take_value() {
    if (!rest_.starts_with('"')) return std::string(take(is_token_char));
    std::string value;
    for (rest_.remove_prefix(1); !rest_.empty() && rest_.front() != '"'; rest_.remove_prefix(1)) {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      value += rest_.front();
    }
    rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    return value;
  }

  // Credentials of one piece, as Negotiate has them. What goes on behind it is no token68.
  void skip_token68() {
    const std::string_view before = rest_;
    (void)take([](char c) {
      return is_alnum(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
    });
    skip("=");
    skip(" \t");
    if (!rest_.empty() && rest_.front() != ',') rest_ = before;
  }

  std::string_view rest_;
  std::vector<Challenge> all_;
};

}  // namespace

std::optional<std::string> Challenge::find(std::string_view name) const {
  const auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
  if (found == params.end()) return std::nullopt;
  return found->second;
}

std::vector<Challenge> challenges_of(std::string_view field) {
  return ChallengeReader(field).all();
}

std::optional<Challenge> bearer_challenge(const Reply& reply) {
  std::optional<Challenge> bearer;
  for (const auto& [name, value] : reply.seen().response().headers) {
    if (!mock::wire::iequals(name, "WWW-Authenticate")) continue;
    for (Challenge& one : challenges_of(value)) {
      if (one.scheme != "bearer") continue;
      if (!bearer) {
        bearer = std::move(one);
      } else {
        std::ranges::move(one.params, std::back_inserter(bearer->params));
      }
    }
  }
  return bearer;
}

}  // namespace heygen::conformance
