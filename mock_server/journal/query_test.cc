#include "mock_server/journal/query.h"

#include <gmock/gmock.h>

#include "mock_server/journal/testing.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint64_t> selected(const Journal& journal, std::string_view query) {
  std::vector<std::uint64_t> out;
  for (const auto& entry : select(journal, parse_journal_query(wire::parse_form(query)))) {
    out.push_back(entry->seq);
  }
  return out;
}

Entry entry(Endpoint endpoint, std::string client, std::string outcome, std::string target) {
  Entry out;
  out.endpoint = endpoint;
  out.client_id = std::move(client);
  out.outcome = std::move(outcome);
  out.request.target = std::move(target);
  return out;
}

TEST(JournalQuery, FindsTheOldestThatMatchInALongJournal) {
  Journal journal;
  for (int i = 1; i <= 500; ++i) {
    journal.record(entry(i % 100 == 0 ? Endpoint::revoke : Endpoint::token, "demo", "ok", "/"));
  }
  EXPECT_THAT(selected(journal, "endpoint=revoke"), ElementsAre(100, 200, 300, 400, 500));
  EXPECT_THAT(selected(journal, "endpoint=revoke&limit=2"), ElementsAre(100, 200));
  EXPECT_THAT(selected(journal, "endpoint=revoke&limit=2&after=200"), ElementsAre(300, 400));
  EXPECT_EQ(selected(journal, "").size(), 500U);
  EXPECT_EQ(selected(journal, "limit=130").back(), 130U);
  EXPECT_THAT(selected(journal, "limit=0"), ElementsAre());
}

struct Refused {
  std::string key;
  std::string mend;
};

Refused refused(std::string_view query) {
  try {
    (void)parse_journal_query(wire::parse_form(query));
  } catch (const BadInput& error) {
    return {error.key(), error.what()};
  }
  return {"nothing", "was refused"};
}

TEST(JournalQuery, FiltersByEachOfItsFields) {
  Journal journal;
  journal.record(entry(Endpoint::authorize, "demo", "ok", "/oauth/authorize?x=1"));
  journal.record(token_exchange());
  journal.record(entry(Endpoint::api, "", "unauthorized", "/v3/users/me"));
  journal.record(entry(Endpoint::api, "", "ok", "/v3/videos"));
  EXPECT_THAT(selected(journal, ""), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(selected(journal, "after=2"), ElementsAre(3, 4));
  EXPECT_THAT(selected(journal, "endpoint=api"), ElementsAre(3, 4));
  EXPECT_THAT(selected(journal, "client_id=demo"), ElementsAre(1, 2));
  EXPECT_THAT(selected(journal, "outcome=ok&endpoint=api"), ElementsAre(4));
  EXPECT_THAT(selected(journal, "grant_type=authorization_code"), ElementsAre(2));
  EXPECT_THAT(selected(journal, "path=/oauth/authorize"), ElementsAre(1));
  EXPECT_THAT(selected(journal, "path=/v3/*"), ElementsAre(3, 4));
  EXPECT_THAT(selected(journal, "path=/v3"), ElementsAre());
}

TEST(JournalQuery, TheLimitCountsWhatMatches) {
  Journal journal;
  for (int i = 0; i < 4; ++i) {
    journal.record(token_exchange());
    journal.record(Entry{});
  }
  EXPECT_THAT(selected(journal, "endpoint=token&limit=2"), ElementsAre(1, 3));
  EXPECT_THAT(selected(journal, "endpoint=token&limit=2&after=3"), ElementsAre(5, 7));
  EXPECT_THAT(selected(journal, "limit=0"), ElementsAre());
}

TEST(JournalQuery, RefusesWhatItCannotRead) {
  EXPECT_EQ(refused("after=-1").key, "after");
  EXPECT_EQ(refused("after=1x").mend, "write a whole number, 0 or more");
  EXPECT_EQ(refused("limit=99999999999999999999").key, "limit");
  EXPECT_EQ(refused("limit=").key, "limit");
  EXPECT_EQ(refused("endpoint=tokens").mend,
            "write one of authorize, token, refresh, revoke, device, api, metadata, registration, "
            "none");
  EXPECT_EQ(refused("since=1").mend,
            "unknown; known here: after, limit, endpoint, client_id, outcome, grant_type, path");
  EXPECT_EQ(refused("after=1&after=2").mend, "give it once");
  EXPECT_EQ(refused("path=%zz").mend, "bad percent-escape at byte 5");
}

}  // namespace
}  // namespace heygen::mock
