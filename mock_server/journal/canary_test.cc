// Secrets of every kind, in every place and encoding: none leaves the journal.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "mock_server/core/crypto.h"
#include "mock_server/journal/curl.h"
#include "mock_server/journal/events.h"
#include "mock_server/journal/render.h"
#include "mock_server/journal/testing.h"
#include "mock_server/journal/verify.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

using nlohmann::json;

std::string base64(std::string_view text) {
  return base64_padded({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::string base64_for_urls(std::string_view text) {
  return base64url({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::string every_byte_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += "%" + hex(std::array{static_cast<unsigned char>(c)});
  return out;
}

// What gives the secret away: any spelling of it, and its beginning and end.
std::set<std::string> traces(const std::string& secret) {
  std::set<std::string> out{secret,
                            wire::percent_encode(secret),
                            wire::form_encode(secret),
                            wire::percent_encode(wire::percent_encode(secret)),
                            every_byte_escaped(secret),
                            base64_for_urls(secret)};
  // As part of a longer text its base64 begins with any of the three alignments.
  for (const auto* before : {"", "x", "xx"}) {
    const auto blob = base64(before + secret);
    out.insert(blob.substr(4, (blob.size() - 8) / 4 * 4));
  }
  out.insert(secret.substr(0, 8));
  out.insert(secret.substr(secret.size() - 8));
  return out;
}

// Everything that is ever shown of an entry.
std::vector<std::pair<std::string, std::string>> shown(const Entry& entry,
                                                       const Redactor& redactor) {
  std::vector<std::pair<std::string, std::string>> out;
  out.emplace_back("JSON", render_entry(entry, redactor).dump());
  out.emplace_back("curl", as_curl(entry, redactor, "http://127.0.0.1:1"));

  const auto journal = std::make_shared<Journal>();
  struct Outbox final : wire::Outbox {
    bool push(std::string_view bytes) override { return sent += bytes, true; }
    void close() override {}
    [[nodiscard]] bool open() const override { return true; }
    std::string sent;
  };
  const auto outbox = std::make_shared<Outbox>();
  stream_events(journal, 0, redactor).stream(outbox);
  journal->record(entry);
  out.emplace_back("events", outbox->sent);

  // Wanting what cannot be makes a near miss of it, with each of its parameters.
  json params = json::object();
  for (const auto* name : {"code", "code_verifier", "refresh_token", "state", "q", "scope"}) {
    params[name] = "another";
  }
  const auto expectation = parse_expectation({{"match",
                                               {{"client_id", "x"},
                                                {"grant_type", "x"},
                                                {"method", "x"},
                                                {"path", "x"},
                                                {"params", params}}}});
  out.emplace_back("verify", render_verdict(verify(*journal, expectation, redactor)).dump());
  return out;
}

void expect_no_trace(const std::string& secret, const Entry& entry, const Redactor& redactor,
                     const std::string& where) {
  for (const auto& [what, text] : shown(entry, redactor)) {
    EXPECT_GT(text.size(), 10U) << what;
    for (const auto& trace : traces(secret)) {
      EXPECT_EQ(text.find(trace), std::string::npos)
          << what << " shows \"" << trace << "\", put " << where << ":\n"
          << text;
    }
  }
}

struct Place {
  std::string name;
  std::function<void(Entry&, const std::string& text)> put;
};

const std::vector<Place>& places() {
  const auto request_header = [](const char* name, const char* before) {
    return [=](Entry& entry, const std::string& text) {
      entry.request.headers.add(name, before + text);
    };
  };
  const auto response_header = [](const char* name, const char* before) {
    return [=](Entry& entry, const std::string& text) {
      entry.response.headers.add(name, before + text);
    };
  };
  static const std::vector<Place> kPlaces{
      {"in the path", [](auto& e, auto& t) { e.request.target = "/v1/" + t + "/x"; }},
      {"in the path, escaped",
       [](auto& e, auto& t) { e.request.target = "/v1/" + every_byte_escaped(t); }},
      {"in the query", [](auto& e, auto& t) { e.request.target += "?q=" + wire::form_encode(t); }},
      {"as a parameter's name",
       [](auto& e, auto& t) { e.request.target += "?" + wire::form_encode(t) + "=1"; }},
      {"in a URL in the query",
       [](auto& e, auto& t) {
         e.request.target +=
             "?q=" + wire::form_encode("http://h/?q=" + wire::form_encode(t) + "#" + t);
       }},
      {"in the form", [](auto& e, auto& t) { e.request.body += "&q=" + wire::form_encode(t); }},
      {"behind a bad escape",
       [](auto& e, auto& t) { e.request.body += "&q=%zz&q=" + wire::form_encode(t); }},
      {"in a JSON request",
       [](auto& e, auto& t) {
         e.request.headers.set("Content-Type", "application/json");
         e.request.body = json{{"a", {{"b", {t}}}}, {t, "x " + t}}.dump();
       }},
      {"in a request of no known form",
       [](auto& e, auto& t) {
         e.request.headers.set("Content-Type", "text/plain");
         e.request.body = "see " + t + ", so";
       }},
      {"as the client", [](auto& e, auto& t) { e.client_id = t; }},
      {"as the grant type", [](auto& e, auto& t) { e.grant_type = t; }},
      {"as the method", [](auto& e, auto& t) { e.request.method = t; }},
      {"as the bearer", request_header("Authorization", "Bearer ")},
      {"without a scheme", request_header("Authorization", "")},
      {"before the scheme",
       [](auto& e, auto& t) { e.request.headers.add("Authorization", t + " Bearer"); }},
      {"as Basic's password",
       [](auto& e, auto& t) {
         e.request.headers.add("Authorization", "Basic " + base64("demo:" + wire::form_encode(t)));
       }},
      {"as Basic's user",
       [](auto& e, auto& t) {
         e.request.headers.add("Authorization", "Basic " + base64(wire::form_encode(t) + ":x"));
       }},
      {"as the key", request_header("X-API-KEY", "")},
      {"in a cookie", request_header("Cookie", "a=b; session=")},
      {"in a new cookie", response_header("Set-Cookie", "session=")},
      {"in a new cookie's path", response_header("Set-Cookie", "a=b; Path=/")},
      {"in Location", response_header("Location", "http://h/cb?q=")},
      {"in Location's path", response_header("Location", "http://h/")},
      {"in Location's fragment", response_header("Location", "http://h/#q=")},
      {"in Location's authority",
       [](auto& e, auto& t) { e.response.headers.add("Location", "http://me:" + t + "@h/"); }},
      {"in Referer", request_header("Referer", "http://h/cb?q=")},
      {"in another header", request_header("X-Debug", "it is ")},
      {"in another header, quoted", response_header("WWW-Authenticate", "Bearer error=\"")},
      {"as a header's name", [](auto& e, auto& t) { e.request.headers.add(t, "1"); }},
      {"in a JSON answer",
       [](auto& e, auto& t) {
         e.response.body = json{{"error_description", "no " + t}}.dump();
       }},
      {"in a JSON answer's text of JSON",
       [](auto& e, auto& t) {
         e.response.body = json{{"log", json{{"x", t}, {"y", "a " + t}}.dump()}}.dump();
       }},
      {"in a cut JSON answer",
       [](auto& e, auto& t) { e.response.body = R"({"access_token":")" + t; }},
      {"in an HTML answer",
       [](auto& e, auto& t) { e.response.body = "<p>" + t + "</p><a href=\"/?q=" + t + "\">"; }},
      {"where an answer is cut",
       [](auto& e, auto& t) { e.response.body = std::string(4'090, '<') + t; }},
      {"where an answer is looked through no further",
       [](auto& e, auto& t) { e.response.body = std::string(65'530, '<') + t; }},
      {"in the sentence", [](auto& e, auto& t) { e.why = "the token " + t + " is dead"; }},
  };
  return kPlaces;
}

const std::vector<std::pair<std::string, std::function<std::string(const std::string&)>>>&
encodings() {
  static const std::vector<std::pair<std::string, std::function<std::string(const std::string&)>>>
      kEncodings{
          {"as it is", [](const std::string& text) { return text; }},
          {"escaped", [](const std::string& text) { return every_byte_escaped(text); }},
          {"escaped twice",
           [](const std::string& text) { return wire::percent_encode(every_byte_escaped(text)); }},
          {"in base64", [](const std::string& text) { return base64(text); }},
          {"in base64 after a name", [](const std::string& text) { return base64("me:" + text); }},
          {"in base64 for URLs",
           [](const std::string& text) { return base64_for_urls("~~" + text); }},
      };
  return kEncodings;
}

constexpr std::array kEndpoints{Endpoint::token, Endpoint::api};

TEST(Canary, WhatTheSandboxKnowsNeverLeaves) {
  const std::string secret = "Zk3QwX9bTn5LrVy7HcJd2FsGm8PaUe4RoIvKtB6qSx";
  const Redactor redactor{[&](std::string_view text) { return text == secret; }};
  for (const auto endpoint : kEndpoints) {
    for (const auto& place : places()) {
      for (const auto& [how, encode] : encodings()) {
        Entry entry = token_exchange();
        entry.endpoint = endpoint;
        place.put(entry, encode(secret));
        expect_no_trace(secret, entry, redactor, place.name + ", " + how);
      }
    }
  }
}

TEST(Canary, ASecretByItsNameNeverLeaves) {
  const std::string secret = "my verifier's \"q\" & <b> + 100% / = ; ~ \xC3\xA4 end";
  for (const auto* name :
       {"code", "code_verifier", "refresh_token", "access_token", "token", "client_secret",
        "device_code", "user_code", "state", "password", "assertion", "code_challenge"}) {
    const auto encoded = std::string{name} + "=" + wire::form_encode(secret);
    for (const auto endpoint : kEndpoints) {
      Entry entry = token_exchange();
      entry.endpoint = endpoint;
      entry.request.target += "?" + encoded + "&" + encoded;
      entry.request.body += "&" + encoded;
      entry.request.headers.add("Referer", "http://h/?" + encoded);
      entry.response.headers.add("Location", "http://h/?" + encoded + "#" + encoded);
      entry.response.body = json{{"a", {{name, secret}}}, {name, {secret, {{"b", secret}}}}}.dump();
      entry.why = "see http://h/?" + encoded;
      expect_no_trace(secret, entry, Redactor{}, name);
      entry.request.headers.set("Content-Type", "application/json");
      entry.request.body = entry.response.body;
      expect_no_trace(secret, entry, Redactor{}, name);
    }
  }
}

// An answer that repeats the request's parameters, as a careless server's does.
TEST(Canary, ASecretOfTheRequestNeverLeavesByAnotherPlace) {
  for (const std::string secret : {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "hunter2-hunter2",
                                   "WDJB-MJHT", "a b \"c\" <d> & 'e' \\ f"}) {
    for (const auto endpoint : kEndpoints) {
      for (const auto& place : places()) {
        // Bytes that cannot stand there as they are do not.
        const bool escaped = secret.find(' ') != std::string::npos;
        Entry entry = token_exchange();
        entry.endpoint = endpoint;
        place.put(entry, escaped ? wire::percent_encode(secret) : secret);
        entry.request.headers.add("X-Token", secret);
        expect_no_trace(secret, entry, Redactor{}, place.name);
      }
    }
  }
}

TEST(Canary, WhatAVerificationWantedIsNotRepeated) {
  const std::string secret = "Zk3QwX9bTn5LrVy7HcJd2FsGm8PaUe4RoIvKtB6qSx";
  Journal journal;
  journal.record(token_exchange());
  const auto expectation = parse_expectation(
      {{"match",
        {{"path", "/cb?code=" + secret},
         {"params", {{"code", secret}, {"redirect_uri", "http://h/?state=" + secret}}}}}});
  const auto text = render_verdict(verify(journal, expectation, Redactor{})).dump();
  EXPECT_NE(text.find(fingerprint(secret)), std::string::npos);
  for (const auto& trace : traces(secret)) EXPECT_EQ(text.find(trace), std::string::npos) << text;
}

}  // namespace
}  // namespace heygen::mock
