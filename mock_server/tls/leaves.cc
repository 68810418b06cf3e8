#include "mock_server/tls/leaves.h"

#include <algorithm>
#include <utility>

#include "mock_server/tls/certificate.h"
#include "mock_server/tls/pair.h"

namespace heygen::mock::tls {
namespace {

using std::chrono::days;

constexpr days kLeafClockSkew{1};
constexpr days kLeafLife{90};
constexpr days kRenewLeafBefore{30};
constexpr std::size_t kMost = 1'000;  // names of clients that ask for ever new ones

constexpr const char* kWrongHost = "wrong-host.localhost";

Validity validity(TlsFault fault, TimePoint now) {
  if (fault == TlsFault::expired) return {now - kLeafLife, now - days{1}};
  return {now - kLeafClockSkew, now + kLeafLife};
}

}  // namespace

Leaves::Leaves(std::shared_ptr<const Authority> authority, Names names, TlsFault fault,
               const Clock& clock, RandomSource& random)
    : authority_(std::move(authority)),
      names_(std::move(names)),
      fault_(fault),
      clock_(clock),
      random_(random),
      key_(make_key()) {}

std::shared_ptr<X509> Leaves::find(std::string_view server_name) {
  std::string name{server_name};
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  // The common one has all names but those below a suffix.
  if (!names_.cover(name) || std::ranges::find(names_.domains, name) != names_.domains.end()) {
    name.clear();
  }
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto found = made_.find(name);
  if (found != made_.end() && now < found->second.renew_at) return found->second.certificate;
  if (found == made_.end() && made_.size() >= kMost) made_.clear();
  Leaf leaf{make(name, now), now + kLeafLife - kRenewLeafBefore};
  return made_.insert_or_assign(std::move(name), std::move(leaf)).first->second.certificate;
}

std::shared_ptr<X509> Leaves::make(const std::string& name, TimePoint now) {
  LeafNames names{{name}, {}};
  if (fault_ == TlsFault::wrong_host) {
    names.domains = {kWrongHost};
  } else if (name.empty()) {
    names = {names_.domains, names_.addresses};
    for (const auto& suffix : names_.suffixes) names.domains.push_back("*." + suffix);
  }
  const auto& pair = authority_->pair();
  std::optional<Issuer> issuer;
  if (fault_ != TlsFault::self_signed) issuer.emplace(Issuer{*pair.certificate, *pair.key});
  return make_leaf(*key_, names, validity(fault_, now), issuer, random_);
}

}  // namespace heygen::mock::tls
