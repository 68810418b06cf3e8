#include "mock_server/journal/journal.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <utility>

namespace heygen::mock {
// Who is told. Apart from the journal, so that a handle that outlives it finds nobody there.
class Journal::Audience {
 public:
  struct Member {
    Follower tell;
    std::function<bool()> wanted;
    bool gone = false;  // left while somebody was being told; taken out when that is over
  };
  using Members = std::map<std::uint64_t, Member>;

  std::mutex mutex;
  Members members;  // under mutex
  std::uint64_t last_id = 0;

  // Under the lock: `act` may tell, and whoever is told may leave.
  template <typename Act>
  void telling(Act act) {
    struct Guard {
      Audience& audience;
      explicit Guard(Audience& a) : audience(a) { a.teller_ = std::this_thread::get_id(); }
      ~Guard() {
        // Still the teller: what one member holds may be the handle of another, who goes then too.
        while (!audience.take_gone().empty()) continue;
        audience.teller_ = std::thread::id{};
      }
      Guard(const Guard&) = delete;
      Guard& operator=(const Guard&) = delete;
    } guard{*this};
    act();
  }

  void tell(const EntryPtr& entry) {
    for (auto& [id, member] : members) {
      if (!member.gone && !member.tell(entry)) member.gone = true;
    }
  }

  void leave(std::uint64_t id) {
    if (teller_ == std::this_thread::get_id()) {  // inside telling(): this thread has the lock
      if (const auto found = members.find(id); found != members.end()) found->second.gone = true;
      return;
    }
    Members::node_type member;  // destroyed without the lock
    const std::lock_guard lock(mutex);
    member = members.extract(id);
  }

 private:
  Members take_gone() {
    Members taken;
    for (auto next = members.begin(); next != members.end();) {
      const auto member = next++;
      if (member->second.gone) taken.insert(members.extract(member));
    }
    return taken;
  }

  std::atomic<std::thread::id> teller_{};  // who is inside telling()
};

Journal::Journal(JournalLimits limits) : limits_(limits), audience_(std::make_shared<Audience>()) {}

Journal::~Journal() {
  now_holds(0);
  Audience::Members members;  // destroyed without the lock
  const std::lock_guard lock(audience_->mutex);
  members.swap(audience_->members);
}

std::uint64_t Journal::record(const Entry& entry) {
  PackedEntry packed(entry);
  const std::lock_guard order(audience_->mutex);
  const auto seq = keep(std::move(packed));
  if (!audience_->members.empty()) {
    const auto told = std::make_shared<Entry>(entry);
    told->seq = seq;
    audience_->telling([&] { audience_->tell(told); });
  }
  return seq;
}

void Journal::count_towards(std::shared_ptr<JournalTotal> total) {
  const std::lock_guard lock(mutex_);
  total->bytes += bytes_;
  total_ = std::move(total);
}

void Journal::now_holds(std::size_t bytes) {
  if (total_) total_->bytes += bytes - bytes_;  // modulo 2^64: less, too
  bytes_ = bytes;
}

bool Journal::holds_too_much() const {
  return bytes_ > limits_.bytes || kept_.size() > limits_.entries ||
         (total_ && bytes_ > total_->each && total_->bytes > total_->most);
}

std::uint64_t Journal::keep(PackedEntry entry) {
  const std::lock_guard lock(mutex_);
  now_holds(bytes_ + entry.bytes());
  kept_.push_back(std::move(entry));
  while (!kept_.empty() && holds_too_much()) {
    now_holds(bytes_ - kept_.front().bytes());
    kept_.pop_front();
    ++dropped_;
  }
  return ++last_seq_;
}

std::vector<Journal::EntryPtr> Journal::after(std::uint64_t seq, std::size_t limit) const {
  std::vector<PackedEntry> found;
  {
    const std::lock_guard lock(mutex_);
    const auto before = last_seq_ - kept_.size();  // the last that is not kept
    seq = std::max(seq, before);
    if (seq >= last_seq_) return {};
    const auto first = kept_.begin() + static_cast<std::ptrdiff_t>(seq - before);
    const auto count = std::min<std::uint64_t>(limit, last_seq_ - seq);
    found.assign(first, first + static_cast<std::ptrdiff_t>(count));
  }
  std::vector<EntryPtr> out;
  out.reserve(found.size());
  for (const auto& packed : found) out.push_back(std::make_shared<Entry>(packed.unpack(++seq)));
  return out;
}

std::uint64_t Journal::last_seq() const {
  const std::lock_guard lock(mutex_);
  return last_seq_;
}

Journal::Holding Journal::holding() const {
  const std::lock_guard lock(mutex_);
  return {kept_.size(), bytes_};
}

std::uint64_t Journal::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void Journal::clear() {
  std::deque<PackedEntry> forgotten;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  forgotten.swap(kept_);
  now_holds(0);
  dropped_ = 0;
}

std::size_t Journal::subscribers() const {
  const std::lock_guard lock(audience_->mutex);
  return audience_->members.size();
}

std::uint64_t Journal::join(std::uint64_t after_seq, Follower tell, std::function<bool()> wanted) {
  // What is there already is told without holding up the recording of what comes…
  for (const auto& entry : after(after_seq)) {
    if (!tell(entry)) return 0;
    after_seq = entry->seq;
  }
  const std::lock_guard order(audience_->mutex);
  std::uint64_t id = 0;
  audience_->telling([&] {
    for (auto& [unused, member] : audience_->members) {
      if (member.wanted && !member.wanted()) member.gone = true;
    }
    // …and what came meanwhile, while nothing can come.
    for (const auto& entry : after(after_seq)) {
      if (!tell(entry)) return;
    }
    id = ++audience_->last_id;
    audience_->members.emplace(
        id, Audience::Member{.tell = std::move(tell), .wanted = std::move(wanted)});
  });
  return id;
}

std::shared_ptr<void> Journal::subscribe(std::uint64_t after_seq, Subscriber tell) {
  const auto id = join(
      after_seq,
      [tell = std::move(tell)](const EntryPtr& entry) {
        tell(entry);
        return true;
      },
      nullptr);
  struct Handle {
    std::shared_ptr<Audience> audience;
    std::uint64_t id;
    Handle(std::shared_ptr<Audience> a, std::uint64_t i) : audience(std::move(a)), id(i) {}
    ~Handle() { audience->leave(id); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
  };
  return std::make_shared<Handle>(audience_, id);
}

void Journal::follow(std::uint64_t after_seq, Follower tell, std::function<bool()> wanted) {
  join(after_seq, std::move(tell), std::move(wanted));
}

}  // namespace heygen::mock
