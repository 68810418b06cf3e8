#include "client_under_test/adapter/run_adapter.h"

#include <unistd.h>

#include <cerrno>

#include "client_under_test/adapter/adapter.h"
#include "client_under_test/adapter/line_reader.h"
#include "client_under_test/lib/os_random.h"
#include "client_under_test/lib/real_clock.h"
#include "client_under_test/lib/text.h"

namespace heygen::client {
namespace {

// What cannot be written is lost: a reader that went away ends the input as well.
void write_line(int fd, std::string_view line) {
  const std::string whole = std::string(line) + "\n";
  std::string_view left = whole;
  while (!left.empty()) {
    const ssize_t written = ::write(fd, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    left.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Log log_to(int fd) {
  return [fd](LogLevel level, std::string_view line) {
    const std::string_view prefix =
        level == LogLevel::warning ? "heygen-client: warning: " : "heygen-client: ";
    write_line(fd, std::string(prefix) + one_line(line, 500));
  };
}

int run_adapter(AdapterProgram program) {
  RealClock clock;
  OsRandom random;
  CurlTransport transport(program.transport);
  Adapter adapter({clock, [&clock](Instant instant) { clock.set(instant); }, random, transport,
                   std::move(program.seams), "heygen-client", program.version, log_to(program.log)},
                  [out = program.out](std::string_view line) { write_line(out, line); });
  LineReader reader(program.in);
  std::string line;
  for (;;) {
    switch (reader.next(line)) {
      case LineReader::Outcome::line:
        adapter.handle(line);
        break;
      case LineReader::Outcome::too_long:
        adapter.refuse("a line must not be longer than 1 MiB");
        break;
      case LineReader::Outcome::end:
        adapter.stop();
        return 0;
    }
  }
}

}  // namespace heygen::client
