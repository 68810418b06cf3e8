// TLS to the token endpoint (RFC 6749 §3.2, §10.9).

#include <filesystem>
#include <fstream>

#include "conformance/checks/checks.h"
#include "conformance/expect.h"
#include "conformance/tls_front.h"

namespace heygen::conformance {
namespace {

using mock::tls::TlsFault;

std::string_view describe(TlsFault fault) {
  switch (fault) {
    case TlsFault::none:
      return "a good certificate";
    case TlsFault::self_signed:
      return "a certificate that nobody vouches for";
    case TlsFault::expired:
      return "a certificate that has expired";
    case TlsFault::wrong_host:
      return "a certificate for another host";
    case TlsFault::plain_http:
      return "no TLS at all";
  }
  return "";
}

// The variables by which programs are told whom to trust.
std::vector<std::string> trusting(const std::filesystem::path& file) {
  std::vector<std::string> variables;
  for (const std::string_view name :
       {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}) {
    variables.push_back(std::string(name) + "=" + file.string());
  }
  return variables;
}

struct Tried {
  Login login;
  bool connected = false;
};

// A login whose token endpoint is this door. The code is good: a client that does not mind the
// certificate completes it.
Tried login_through(Trial& trial, const std::shared_ptr<const mock::tls::Authority>& authority,
                    TlsFault fault) {
  const TlsFront door(authority, fault, [&](const auto& request) { return trial.answer(request); });
  const std::string base = trial.base_url();
  Setup setup;
  setup.token_url = door.url() + base.substr(origin_of(base).size()) + "/v1/oauth/token";
  trial.set_up(setup);
  Login login = trial.try_login("tls-" + std::to_string(static_cast<int>(fault)));
  // Without TLS there is no handshake to be seen.
  return {std::move(login), fault == TlsFault::plain_http || door.saw_handshake()};
}

// Whether an expired certificate is refused for that shows only where a good one of the same
// authority is taken.
Verdict tls_required(Trial& trial) {
  const auto authority = make_authority();
  bool trusted = false;
  if (trial.has(Capability::restart)) {
    std::filesystem::create_directories(trial.store_dir());
    const auto file = trial.store_dir() / "authority.pem";
    std::ofstream(file) << authority->pem();
    trial.restart(trusting(file));
    trial.control();
    trusted = login_through(trial, authority, TlsFault::none).login.done();
  } else {
    trial.control();
  }
  std::vector<TlsFault> faults{TlsFault::self_signed, TlsFault::plain_http};
  if (trusted) faults.insert(faults.end(), {TlsFault::expired, TlsFault::wrong_host});
  for (const TlsFault fault : faults) {
    const Tried tried = login_through(trial, authority, fault);
    if (!tried.login.token_requests.empty()) {
      return failed("no token request", "one to a server with " + std::string(describe(fault)));
    }
    require(trial, tried.connected, "the client did not connect to the token endpoint");
  }
  trial.set_up({});
  trial.control();
  return passed(trusted ? ""
                        : "the suite's authority could not be made trusted: expired certificates "
                          "and those of other hosts were not tried");
}

constexpr Check kTokenTlsChecks[] = {
    {.id = "token.tls.required",
     .title = "The certificate of the token endpoint is verified",
     .clause = "RFC 6749 §3.2, §10.9",
     .level = Level::must,
     .phase = Phase::token,
     .provokes =
         "an https token endpoint whose certificate is of an unknown authority, expired, or "
         "for another host, and one without TLS",
     .requires_ = "The handshake is broken off, and no request is sent, by http either.",
     .mend = "Leave the verification of certificates and host names switched on.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .own_process = true,
     .run = &tls_required},
};

}  // namespace

std::span<const Check> token_tls_checks() { return kTokenTlsChecks; }

}  // namespace heygen::conformance
