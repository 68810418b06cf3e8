// Bytes that are no request.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"
#include "conformance/server/http.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

// What must be answered with a 4xx: HTTP that is right, about parameters that are not.
std::vector<HttpRequest> bad_forms(const ServerTrial& trial) {
  constexpr const char* kForm = "application/x-www-form-urlencoded";
  const std::string id = "client_id=" + trial.client().id;
  const auto post = [&](std::string body) {
    return HttpRequest{
        "POST", trial.target().token_url, {{"Content-Type", kForm}}, std::move(body)};
  };
  std::string many = id;
  for (int i = 0; i < 5000; ++i) many += "&a" + std::to_string(i) + "=1";
  const std::string grant = "grant_type=authorization_code&" + id;
  return {
      post(grant + "&code=%"),
      post(grant + "&code=%zz&redirect_uri=%u0041"),
      post(grant + "&code=a%00b"),
      post(grant + std::string("&code=a\0b", 9)),
      post(grant + "&code=\xFF\xFE\xC0\x80"),
      post(grant + "&code=%FF%FE&code_verifier=%C3%28"),
      post(grant + "&code=" + std::string(std::size_t{1024} * 1024, 'a')),
      post(std::string(std::size_t{64} * 1024, '&')),
      post("=&=&=" + std::string(1000, '=')),
      post(many),
      post("{\"grant_type\":[[[["),
      {"GET", trial.target().authorize_url + "?client_id=%zz&redirect_uri=%", {}, ""},
      {"GET", trial.target().authorize_url + "?client_id=%00&state=%FF%FE", {}, ""},
      {"GET", trial.target().authorize_url + "?" + std::string(6000, 'a'), {}, ""},
      {"POST",
       trial.target().token_url,
       {{"Content-Type", "multipart/form-data; boundary="}},
       "--"},
      {"POST",
       trial.target().token_url,
       {{"Content-Type", kForm}, {"Authorization", "Basic !!!notbase64"}},
       grant + "&code=x"},
  };
}

// What may be answered with a 4xx, or a closed connection: no HTTP request at all.
std::vector<std::string> bad_bytes(const ServerTrial& trial) {
  const std::string& url = trial.target().token_url;
  const std::string origin = origin_of(url);
  const std::string host = "Host: " + origin.substr(origin.find("://") + 3) + "\r\n";
  const std::string path(target_of(url));
  return {
      std::string("\0\x01\x02 GARBAGE\r\n\r\n", 16),
      "GET\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "no colon here\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host +
          "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      "POST " + path + " HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
      "POST " + path + " HTTP/1.1\r\n" + host +
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "GET " + path + " HTTP/1.1\r\n" + host + "X: " + std::string(100'000, 'x') + "\r\n\r\n",
      "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
      "GET " + path + " with blanks HTTP/1.1\r\n" + host + "\r\n",
  };
}

Verdict malformed(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  std::size_t number = 0;
  const auto judge = [&](const Outcome<Reply>& reply, bool may_close, std::string_view kind) {
    ++number;
    const std::string what = std::string(kind) + " " + std::to_string(number);
    if (!reply) {
      const bool closed = reply.failure().origin == Failure::Origin::gone;
      verdicts.push_back(
          may_close && closed ? passed() : failed("a 4xx for " + what, reply.failure().message));
    } else if (reply->status() / 100 != 4) {
      verdicts.push_back(failed("a 4xx for " + what, reply->describe()));
    } else {
      verdicts.push_back(passed());
    }
  };
  for (const HttpRequest& request : bad_forms(trial)) {
    judge(trial.send_raw(to_bytes(request)), false, "malformed parameters, number");
  }
  number = 0;
  for (const std::string& bytes : bad_bytes(trial)) {
    judge(trial.send_raw(bytes), true, "bytes that are no request, number");
  }
  if (!trial.still_works()) {
    verdicts.push_back(failed("a good login after malformed requests", "none"));
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerRobustChecks{
    Check{.id = "server.robust.malformed",
          .title = "Malformed requests are refused, and harm nobody",
          .clause = "RFC 9110 §15.5; RFC 9112 §2.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "16 forms with bad escapes, NUL, invalid UTF-8, 1 MiB, 5,000 fields; 12 "
                      "pieces of bytes that are no HTTP",
          .requires_ = "A 4xx each time, or a closed connection for what is no HTTP; never a 5xx; "
                       "and a good login afterwards.",
          .mend = "Bound and check the bytes before you read them as parameters.",
          .side = Side::server,
          .run_server = &malformed},
};

}  // namespace

std::span<const Check> server_robust_checks() { return kServerRobustChecks; }

}  // namespace heygen::conformance
