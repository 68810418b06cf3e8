// HTTP framing (RFC 9112): however the bytes are cut into pieces, the same requests come out, and
// what is taken could be read in one way only.
#include "mock_server/wire/framing.h"

#include <string>
#include <vector>

#include "mock_server/wire/syntax.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock::wire;

// Small, so that a fuzzer reaches them.
constexpr FramingLimits kLimits{512, 12, 128, 256};

void judge(const FramedRequest& framed) {
  const Request& request = framed.request;
  require(!request.method.empty() && kToken.all(request.method), "the method is a token");
  require(!request.target.empty() && kTarget.all(request.target), "the target has no white space");
  require(request.target.size() <= kLimits.target_bytes, "the target's limit holds");
  require(request.headers.size() <= kLimits.fields + 1, "the fields' limit holds");
  require(request.body.size() <= kLimits.body_bytes, "the body's limit holds");
  for (const auto& [name, value] : request.headers) {
    require(!name.empty() && kToken.all(name), "a field's name is a token");
    require(kFieldValue.all(value), "a field's value has no CR, LF or NUL");
  }
  require(request.headers.count("Host") <= 1, "one Host");
  require(request.headers.count("Content-Length") == 0 ||
              request.headers.count("Transfer-Encoding") == 0,
          "one framing (RFC 9112 §6.1)");
}

// Everything that the framer says of these bytes, fed `piece` at a time.
std::string transcript(std::string_view bytes, std::size_t piece) {
  RequestFramer framer;
  std::string said;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    const std::size_t taken = framer.feed(part, kLimits);
    require(taken <= part.size(), "no more taken than given");
    bytes.remove_prefix(taken);
    (void)framer.take_continue();  // whether the client waits depends on the pieces
    if (framer.state() == RequestFramer::State::refused) {
      require(framer.refusal().status >= 400, "a refusal has a status");
      return said + "refused " + std::to_string(framer.refusal().status) + "\n";
    }
    if (framer.state() == RequestFramer::State::complete) {
      const FramedRequest framed = framer.take();
      judge(framed);
      said += framed.request.method + " " + framed.request.target +
              (framed.keep_alive ? " keep\n" : " close\n");
      for (const auto& [name, value] : framed.request.headers) {
        said.append(name).append(": ").append(value).append("\n");
      }
      said.append("\n").append(framed.request.body).append("\n");
    } else {
      require(taken == part.size(), "an unfinished request takes all there is");
    }
  }
  return said;
}

}  // namespace

void run(std::string_view input) {
  const std::string whole = transcript(input, input.size());
  require(whole == transcript(input, 1), "a byte at a time, the same");
  require(whole == transcript(input, 7), "seven bytes at a time, the same");
}

}  // namespace heygen::fuzz
