// Runs one framed request through cpp-httplib: its request-line parser, routing hook and response
// writer. The only file that includes it.
//
// cpp-httplib is shown method and path, and nothing else. Each release treats the rest in its own
// way (0.11.4 percent-decodes field values, adds REMOTE_ADDR fields, refuses forms over 8 KiB and
// unknown methods; later ones compress, judge Accept and Range, close after every 4xx), so the
// handler gets what our framing read, and the fields of the answer are set after the library has
// added its own. What is on the wire is then the same with every release.
#pragma once

#include <memory>

#include "mock_server/wire/answer.h"
#include "mock_server/wire/framing.h"
#include "mock_server/wire/listener_options.h"

namespace heygen::mock::wire {

// Not thread-safe: one for each thread.
class HttplibBridge {
 public:
  // `log` gets the text of exceptions; it may be empty.
  explicit HttplibBridge(LogError log);
  ~HttplibBridge();
  HttplibBridge(const HttplibBridge&) = delete;
  HttplibBridge& operator=(const HttplibBridge&) = delete;

  // A handler that throws is answered for with a 500 that says nothing of the exception.
  [[nodiscard]] Answer answer(FramedRequest framed, const Handler& handler);

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace heygen::mock::wire
