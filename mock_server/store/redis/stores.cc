#include "mock_server/store/redis/stores.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mock_server/store/redis/answers.h"
#include "mock_server/store/redis/script.h"

namespace heygen::mock::redis {
namespace {

// Which keys there are and what stands in them; a change that older programs would misread gets
// another number.
constexpr const char* kLayout = "1";
// The sandboxes' names. A node of a cluster may keep it that keeps none of them.
constexpr std::string_view kNames = "heygen-mock:sandboxes";

// In braces what decides on the node of a cluster: all of a sandbox is on one.
std::string prefix_of(std::string_view sandbox) {
  return "heygen-mock:{" + std::string{sandbox} + "}:";
}

void need_no_error(const Pool& pool, const Reply& reply) {
  if (reply.type != Reply::Type::error) return;
  throw StoreUnavailable(pool.address().shown() + ": " + reply.text);
}

}  // namespace

RedisStores::RedisStores(Address address, TimeLimits time, Limits limits)
    : pool_(std::make_shared<Pool>(std::move(address), time)), limits_(limits) {}

OpenedStore RedisStores::open(std::string_view sandbox) {
  // Named before it is made: a process that dies in between leaves a name, not a sandbox that
  // nobody finds.
  need_no_error(*pool_, pool_->run({"SADD", kNames, sandbox}));
  std::string prefix = prefix_of(sandbox);
  const std::array<std::string, 1> arguments{kLayout};
  const Reply reply = run_script(*pool_, "sandbox_open", prefix, arguments);
  if (outcome(reply) == "layout") {
    throw StoreUnavailable(
        pool_->address().shown() + ": another version of this program keeps sandbox " +
        std::string{sandbox} + " there (layout " + text_at(reply, 1) + ", this program knows " +
        kLayout + "): use another database, or delete it with that version");
  }
  auto store = std::make_unique<RedisStore>(pool_, std::move(prefix), text_at(reply, 1), limits_);
  return {std::move(store), static_cast<std::uint64_t>(integer_at(reply, 2))};
}

void RedisStores::forget(std::string_view sandbox) {
  (void)run_script(*pool_, "sandbox_forget", prefix_of(sandbox), {});
  need_no_error(*pool_, pool_->run({"SREM", kNames, sandbox}));
}

// The first thing that is kept gives it a revision.
bool RedisStores::keeps(std::string_view sandbox) {
  const std::string world = prefix_of(sandbox) + "world";
  const Reply reply = pool_->run({"HEXISTS", world, "revision"});
  need_no_error(*pool_, reply);
  return reply.integer != 0;
}

std::vector<std::string> RedisStores::names() {
  const Reply reply = pool_->run({"SMEMBERS", kNames});
  need_no_error(*pool_, reply);
  std::vector<std::string> out;
  for (const Reply& name : reply.list) out.push_back(name.text);
  std::ranges::sort(out);
  return out;
}

}  // namespace heygen::mock::redis
