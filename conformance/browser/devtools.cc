#include "conformance/browser/devtools.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

namespace heygen::conformance {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kStart{30};   // a cold start on a busy machine
constexpr std::chrono::seconds kAnswer{10};  // what the browser itself is asked
constexpr std::size_t kLongest = std::size_t{64} * 1024 * 1024;

[[noreturn]] void gone() { throw BrowserGone("chromium has ended"); }

}  // namespace

DevTools::Message DevTools::Session::next(Deadline deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, deadline, [this] { return ended_ || !messages_.empty(); });
  if (!messages_.empty()) {
    Message first = std::move(messages_.front());
    messages_.pop_front();
    return first;
  }
  if (ended_) gone();
  return nullptr;
}

DevTools::DevTools(std::unique_ptr<DevToolsProcess> process)
    : process_(std::move(process)), root_(std::make_shared<Session>()) {
  sessions_[""] = root_;
  reader_ = std::thread([this] { read_all(); });
}

DevTools::Started DevTools::start(const std::filesystem::path& folder,
                                  const std::vector<std::string>& hosts) {
  auto started = DevToolsProcess::start(folder, hosts);
  if (!started.process) return {nullptr, std::move(started.error)};
  std::shared_ptr<DevTools> browser(new DevTools(std::move(started.process)));
  try {
    const int id = browser->send("", "Browser.getVersion", json::object());
    const auto until = steady_clock::now() + kStart;
    while (const Message answer = browser->root_->next(until, {})) {
      if (answer->value("id", 0) == id) return {std::move(browser), {}};
    }
  } catch (const BrowserGone&) {  // said below
  }
  std::string why = browser->process_->last_words();
  return {nullptr, "chromium did not start" + (why.empty() ? "" : ": " + why)};
}

DevTools::~DevTools() {
  end();
  reader_.join();
}

void DevTools::end() {
  const std::lock_guard lock(end_mutex_);
  process_->end();  // whoever waits until it reads is told then
}

bool DevTools::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::shared_ptr<DevTools::Session> DevTools::open(const std::string& session_id) {
  auto session = std::make_shared<Session>();
  const std::lock_guard lock(mutex_);
  session->ended_ = ended_;
  sessions_[session_id] = session;
  return session;
}

void DevTools::close(const std::string& session_id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(session_id);
}

int DevTools::send(const std::string& session_id, std::string_view method, const json& params) {
  const std::lock_guard lock(write_mutex_);
  if (ended()) gone();
  json message{{"id", ++last_id_}, {"method", method}, {"params", params}};
  if (!session_id.empty()) message["sessionId"] = session_id;
  // What comes from a page or a check need not be UTF-8.
  const std::string text = message.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string_view left(text.c_str(), text.size() + 1);  // NUL ends a message
  while (!left.empty()) {
    const ssize_t written = ::write(process_->to_it(), left.data(), left.size());
    if (written > 0) {
      left.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      // The reader notices as well, and may be later: nobody is to be given this one meanwhile.
      {
        const std::lock_guard ending(mutex_);
        ended_ = true;
      }
      gone();
    }
  }
  return last_id_;
}

json DevTools::ask(std::string_view method, const json& params, const std::stop_token& stop) {
  const std::lock_guard lock(ask_mutex_);
  const int id = send("", method, params);
  const auto until = steady_clock::now() + kAnswer;
  while (const Message answer = root_->next(until, stop)) {
    if (answer->value("id", 0) != id) continue;
    if (answer->contains("result")) return answer->at("result");
    throw BrowserGone("chromium refused " + std::string(method));
  }
  throw BrowserGone(stop.stop_requested() ? "interrupted" : "chromium does not answer");
}

bool DevTools::answers() {
  try {
    (void)ask("Browser.getVersion", json::object(), {});
    return true;
  } catch (const BrowserGone&) {
    end();
    return false;
  }
}

void DevTools::read_all() {
  std::string partial;
  std::array<char, 65536> buffer{};
  while (partial.size() < kLongest) {
    const ssize_t got = ::read(process_->from_it(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
      partial += text.substr(0, end);
      hand_out(partial);
      partial.clear();
      text.remove_prefix(end + 1);
    }
    partial += text;
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const auto& [id, session] : sessions_) {
    const std::lock_guard one(session->mutex_);
    session->ended_ = true;
    session->changed_.notify_all();
  }
}

void DevTools::hand_out(std::string_view text) {
  auto message = std::make_shared<const json>(json::parse(text, nullptr, false));
  if (!message->is_object()) return;
  const std::string id = message->value("sessionId", "");
  if (id.empty() && !message->contains("id")) return;  // no event of the browser's is of interest
  const std::lock_guard lock(mutex_);
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return;
  const std::lock_guard one(session->second->mutex_);
  session->second->messages_.push_back(std::move(message));
  session->second->changed_.notify_all();
}

}  // namespace heygen::conformance
