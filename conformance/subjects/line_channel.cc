#include "conformance/subjects/line_channel.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/notation/json_object.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

std::string in_seconds(std::chrono::milliseconds span) {
  std::string text = std::to_string(span.count() / 1000);
  if (const auto rest = span.count() % 1000; rest != 0) {
    text += "." + std::to_string(1000 + rest).substr(1);
    while (text.ends_with('0')) text.pop_back();
  }
  return text + " s";
}

std::string text_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Null unless the line is JSON, and not nested so deep that walking it costs the stack.
json parse_line(std::string_view line) {
  try {
    return mock::parse_json(line);
  } catch (const mock::BadInput&) {
    return nullptr;
  }
}

// {"id":…,"ok":true,"result":{…}} or {"id":…,"ok":false,"error":{"kind","message"}}
std::optional<Outcome<std::string>> read_answer(const json& line) {
  const auto good = line.find("ok");
  if (good == line.end() || !good->is_boolean()) return std::nullopt;
  if (good->get<bool>()) {
    const auto result = line.find("result");
    const bool given = result != line.end() && result->is_object();
    // Invalid UTF-8 was refused by the parser, so that dump() cannot throw.
    return Outcome<std::string>(given ? result->dump() : std::string("{}"));
  }
  const auto error = line.find("error");
  if (error == line.end() || !error->is_object()) return Failure{Failure::Origin::refused, "", ""};
  return Failure{Failure::Origin::refused, text_at(*error, "kind"), text_at(*error, "message")};
}

}  // namespace

LineChannel::Started LineChannel::start(ProcessOptions options) {
  std::unique_ptr<LineChannel> channel{new LineChannel};
  auto started = Process::start(
      std::move(options),
      [raw = channel.get()](Process& process, std::string_view line) {
        raw->take_line(process, line);
      },
      [raw = channel.get()](const std::string& why) {
        const std::lock_guard lock(raw->mutex_);
        raw->break_off({Failure::Origin::gone, "", "the subject is gone: " + why});
      });
  if (!started.process) return {nullptr, std::move(started.error)};
  channel->process_ = std::move(started.process);
  return {std::move(channel), {}};
}

LineChannel::~LineChannel() {
  if (process_) process_->kill();
}

// The first reason stays: what follows it is its consequence. Under mutex_.
Failure LineChannel::break_off(Failure failure) {
  if (!trouble_) trouble_ = std::move(failure);
  changed_.notify_all();
  return *trouble_;
}

std::uint64_t LineChannel::ask(std::string_view op, std::string_view params,
                               std::chrono::milliseconds timeout) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    questions_[id].op = op;
    if (trouble_) return id;
  }
  std::string line =
      "{\"id\":" + std::to_string(id) + ",\"op\":" + json(op).dump() + ",\"params\":";
  line += params;
  line += '}';
  if (!process_->write_line(line, timeout)) {
    const std::lock_guard lock(mutex_);
    break_off({Failure::Origin::gone, "", "the subject does not read its standard input"});
  }
  return id;
}

Outcome<std::string> LineChannel::wait(std::uint64_t id, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto here = questions_.find(id);
  if (here == questions_.end()) return Failure{Failure::Origin::protocol, "", "asked twice"};
  Question& asked = here->second;  // stays where it is when others come and go
  const bool settled = changed_.wait_for(
      lock, timeout, [&] { return asked.answer.has_value() || trouble_.has_value(); });
  const Question question = std::move(asked);
  questions_.erase(id);
  if (question.answer) return *question.answer;
  if (settled) return *trouble_;
  std::string message = "no answer to " + question.op + " within " + in_seconds(timeout);
  if (complaint_.empty()) return break_off({Failure::Origin::timeout, "", std::move(message)});
  message += "; it wrote " + complaint_;
  return break_off({Failure::Origin::protocol, "", std::move(message)});
}

void LineChannel::take_line(Process& process, std::string_view line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  const std::lock_guard lock(mutex_);
  // What is no answer is searched for secrets like any other output.
  const auto complain = [&](std::string about) {
    complaint_ = std::move(about);
    process.add_to_log(std::string(line) + "\n");
  };
  const json parsed = parse_line(line);
  if (!parsed.is_object()) {
    return complain("a line of " + std::to_string(line.size()) + " bytes that is no JSON object");
  }
  const auto id = parsed.find("id");
  if (id == parsed.end() || !id->is_number_unsigned()) {
    return complain("an answer without the \"id\" of a question");
  }
  const auto question = questions_.find(id->get<std::uint64_t>());
  if (question == questions_.end() || question->second.answer) {
    return complain("an answer to no open question (\"id\":" + id->dump() + ")");
  }
  auto answer = read_answer(parsed);
  if (!answer) return complain("an answer without \"ok\": true or false");
  question->second.answer = std::move(answer);
  changed_.notify_all();
}

void LineChannel::kill() { process_->kill(); }

std::optional<Failure> LineChannel::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace heygen::conformance
