// Where the authorization response comes to: the redirect URI, and nowhere else.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

struct Place {
  std::string_view name;
  std::string base;  // of the URL, up to the query
};

// Of the redirect URI itself; a browser can be sent to its own origin alone.
std::vector<Place> other_places(const Trial& trial, std::string_view redirect_uri) {
  const std::string bare(redirect_uri.substr(0, redirect_uri.find('?')));
  const std::string origin = origin_of(bare);
  std::vector<Place> places{{"another path", origin + "/somewhere/else"},
                            {"a longer path", bare + (bare.ends_with('/') ? "x" : "/x")}};
  if (!trial.has(Capability::redirect)) return places;
  places.push_back(
      {"another port", origin.substr(0, origin.rfind(':')) + ":9" + bare.substr(origin.size())});
  places.push_back({"another host", "http://evil.example" + bare.substr(origin.size())});
  return places;
}

Verdict only_there(Trial& trial) {
  trial.control();
  const auto places = other_places(trial, trial.begin("probe").param("redirect_uri"));
  for (const Place& place : places) {
    const std::string session = "at-" + std::to_string(&place - places.data() + 1);
    const std::string good = trial.authorize(trial.begin(session)).str();
    const std::size_t query = good.find('?');
    require(trial, query != std::string::npos, "the authorization response has no query");
    const Verdict verdict = expect_rejected(trial, place.base + good.substr(query), session);
    if (verdict.result == Result::fail) {
      return failed(
          "no login by a response at " + std::string(place.name) + " than the redirect URI's",
          "the code is exchanged");
    }
  }
  trial.control();
  return passed();
}

constexpr Check kCallbackPlaceChecks[] = {
    {.id = "callback.redirect-uri.exact",
     .title = "A response is taken at the redirect URI alone",
     .clause = "RFC 9700 §2.1, §4.4.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "good authorization responses at another path, a longer one, another port and "
                 "another host",
     .requires_ = "The client refuses each.",
     .mend = "Answer 404 elsewhere; given a whole URL, compare it with the redirect URI up to the "
             "query.",
     .needs = kLogin,
     .run = &only_there},
};

}  // namespace

std::span<const Check> callback_place_checks() { return kCallbackPlaceChecks; }

}  // namespace heygen::conformance
