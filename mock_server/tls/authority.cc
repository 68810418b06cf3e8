#include "mock_server/tls/authority.h"

#include <algorithm>
#include <utility>

#include "mock_server/tls/authority_files.h"
#include "mock_server/tls/certificate.h"
#include "mock_server/tls/pair.h"

namespace heygen::mock::tls {
namespace {

using std::chrono::days;

constexpr days kAuthorityClockSkew{1};  // between us and who verifies
constexpr days kAuthorityLife{3650};
constexpr days kRenewAuthorityBefore{60};

std::unique_ptr<const Authority::Pair> make_pair(const Names& names, const Clock& clock,
                                                 RandomSource& random) {
  auto key = make_key();
  const auto now = clock.now();
  auto certificate =
      make_ca(*key, names, {now - kAuthorityClockSkew, now + kAuthorityLife}, random);
  return std::make_unique<Authority::Pair>(Authority::Pair{std::move(certificate), std::move(key)});
}

template <typename Names>
bool contains(const Names& all, const Names& some) {
  return std::ranges::all_of(
      some, [&](const auto& name) { return std::ranges::find(all, name) != all.end(); });
}

bool permits(const Names& permitted, const Names& wanted) {
  return contains(permitted.domains, wanted.domains) &&
         contains(permitted.addresses, wanted.addresses);
}

Names united(Names names, const Names& more) {
  for (const auto& domain : more.domains) {
    if (!contains(names.domains, {domain})) names.domains.push_back(domain);
  }
  for (const auto& address : more.addresses) {
    if (!contains(names.addresses, {address})) names.addresses.push_back(address);
  }
  return names;
}

// Null: there is none. Its names are filled in whether it is still good or not.
struct Stored {
  std::unique_ptr<const Authority::Pair> pair;
  Names names;
  bool good = false;
};
std::variant<Stored, std::string> read(const AuthorityFiles& files, const Names& names,
                                       const Clock& clock) {
  auto texts = files.read();
  if (auto* const error = std::get_if<std::string>(&texts)) return std::move(*error);
  const auto& found = std::get<std::optional<AuthorityFiles::Texts>>(texts);
  Stored stored;
  if (!found) return stored;
  auto certificate = certificate_from_pem(found->certificate);
  auto key = key_from_pem(found->key);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) {
    take_error();
    return files.certificate_file() + " and its key are no pair: remove them, and a new CA is made";
  }
  stored.names = permitted_names(*certificate);
  stored.good =
      valid_to(*certificate) - clock.now() > kRenewAuthorityBefore && permits(stored.names, names);
  stored.pair =
      std::make_unique<Authority::Pair>(Authority::Pair{std::move(certificate), std::move(key)});
  return stored;
}

}  // namespace

std::shared_ptr<const Authority> Authority::make(const Names& names, const Clock& clock,
                                                 RandomSource& random) {
  return std::make_shared<const Authority>(make_pair(names, clock, random), "", Origin::made);
}

std::variant<std::shared_ptr<const Authority>, std::string> Authority::load_or_make(
    const std::string& folder, const Names& names, const Clock& clock, RandomSource& random) {
  const AuthorityFiles files(folder);
  // Without the lock at first: a folder that cannot be written to is good enough when a CA is
  // there. Whatever is wrong is looked at again with the lock, as another process may be at it.
  auto before = read(files, names, clock);
  if (auto* const stored = std::get_if<Stored>(&before); stored != nullptr && stored->good) {
    return std::make_shared<const Authority>(std::move(stored->pair), files.certificate_file(),
                                             Origin::found);
  }
  auto locked = files.lock();
  if (auto* const error = std::get_if<std::string>(&locked)) return std::move(*error);
  auto after = read(files, names, clock);
  if (auto* const error = std::get_if<std::string>(&after)) return std::move(*error);
  auto& stored = std::get<Stored>(after);
  if (stored.good) {
    return std::make_shared<const Authority>(std::move(stored.pair), files.certificate_file(),
                                             Origin::found);
  }
  auto pair = make_pair(united(names, stored.names), clock, random);
  if (auto error = files.write({to_pem(*pair->certificate), to_pem(*pair->key)})) return *error;
  return std::make_shared<const Authority>(std::move(pair), files.certificate_file(),
                                           stored.pair ? Origin::replaced : Origin::made);
}

Authority::Authority(std::unique_ptr<const Pair> pair, std::string file, Origin origin)
    : pair_(std::move(pair)),
      file_(std::move(file)),
      pem_(to_pem(*pair_->certificate)),
      origin_(origin) {}

Authority::~Authority() = default;

}  // namespace heygen::mock::tls
