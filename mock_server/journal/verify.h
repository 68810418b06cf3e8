// "Did the client do what it should have done?": POST /_mock/verify.
//
//   {"match": {"endpoint", "client_id", "grant_type", "method", "path" ("/v3/*" too), "outcome",
//              "status", "fault_id",
//              "params": {"code": "the value" | {"fingerprint": "fp-…"} | {"present":
//              true|false}}},
//    "count": {"min", "max"},   how many exchanges match; min is 1 where no max is given, else 0
//    "order": [{…}, {…}],       exchanges that match these, one after the other; others may lie
//                               between
//    "after": SEQ}              only what came after this
//
// Everything may be left out, and matches anything then; `match` or `count` or `order` must be
// there. A parameter is one of the query or of the form; of several of a name one must match.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/journal/journal.h"
#include "mock_server/journal/redact.h"

namespace heygen::mock {

struct ParamMatch {
  enum class Kind : std::uint8_t { equal, fingerprint, present, absent };
  Kind kind = Kind::present;
  std::string text;  // of equal and fingerprint
};

struct ExchangeMatch {
  std::optional<Endpoint> endpoint;
  std::optional<std::string> client_id;
  std::optional<std::string> grant_type;
  std::optional<std::string> method;
  std::optional<std::string> path;
  std::optional<std::string> outcome;
  std::optional<int> status;
  std::optional<std::string> fault_id;
  std::vector<std::pair<std::string, ParamMatch>> params;
};

struct Expectation {
  std::uint64_t after = 0;
  std::optional<ExchangeMatch> match;  // absent: only `order` is asked about
  std::uint64_t min = 1;
  std::optional<std::uint64_t> max;
  std::vector<ExchangeMatch> order;
};

// Throws BadInput, with the key.
Expectation parse_expectation(const nlohmann::json& json);

// What may be shown: redacted.
struct Difference {
  std::string field;  // "status", "params.code"
  std::string wanted;
  std::optional<std::string> got;  // nothing: there was none
};

struct NearMiss {
  std::uint64_t seq = 0;
  std::string exchange;  // "POST /v1/oauth/token: 400 invalid_grant"
  std::string why;       // the entry's
  std::vector<Difference> differs;
};

struct Verdict {
  bool met = false;
  std::string message;                 // one sentence for a person
  std::uint64_t count = 0;             // how many match; without `match`, steps that were found
  std::vector<std::uint64_t> matched;  // their numbers, at most the last 100
  std::optional<std::size_t> missing;  // the step of `order` that was not found, from 0
  std::vector<NearMiss> nearest;       // at most 5, those that differ least first
};

Verdict verify(const Journal& journal, const Expectation& expectation, const Redactor& redactor);

// {"met","message","count","matched","missing"?,"nearest":[{"seq","exchange","why","differs":
//  [{"field","wanted","got"}]}]}
nlohmann::ordered_json render_verdict(const Verdict& verdict);

}  // namespace heygen::mock
