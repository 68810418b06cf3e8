#include "mock_server/store/redis/script.h"

#include <openssl/evp.h>

#include <array>
#include <map>
#include <stdexcept>

#include "mock_server/core/store.h"
#include "mock_server/store/embedded.h"

namespace heygen::mock::redis {
namespace {

struct Script {
  std::string text;
  std::string sha;  // by which Redis knows it
};

std::string_view file_text(std::string_view name) {
  for (const EmbeddedFile& file : redis_scripts()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("no such script: " + std::string{name});
}

// SHA-1 is a name here, and guards nothing.
std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("there is no SHA-1");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += kDigits[digest.at(i) >> 4U];
    out += kDigits[digest.at(i) & 15U];
  }
  return out;
}

std::map<std::string, Script, std::less<>> all_scripts() {
  std::map<std::string, Script, std::less<>> out;
  const std::string head{file_text("common.lua")};
  const std::string tokens{file_text("tokens.lua")};
  for (const EmbeddedFile& file : redis_scripts()) {
    const std::string_view name = file.name.substr(0, file.name.size() - 4);  // ".lua"
    Script script;
    // What stands outside one sandbox begins otherwise.
    if (!name.starts_with("sandbox_")) script.text = head + tokens;
    script.text += file.text;
    script.sha = sha1_hex(script.text);
    out.emplace(name, std::move(script));
  }
  return out;
}

}  // namespace

Reply run_script(Pool& pool, std::string_view name, std::string_view key,
                 std::span<const std::string> arguments) {
  static const auto kScripts = all_scripts();
  const auto found = kScripts.find(name);
  if (found == kScripts.end()) throw std::logic_error("no such script: " + std::string{name});
  const Script& script = found->second;
  Command command{"EVALSHA", script.sha, "1", key};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Reply reply = pool.run(command);
  if (reply.is_error("NOSCRIPT")) {  // nothing was done yet
    command[0] = "EVAL";
    command[1] = script.text;
    reply = pool.run(command);
  }
  const std::string shown = pool.address().shown();
  if (reply.type == Reply::Type::error) throw StoreUnavailable(shown + ": " + reply.text);
  if (reply.type != Reply::Type::list || reply.list.empty()) {
    throw StoreUnavailable(shown + ": it answered a script with something else");
  }
  if (reply.list.front().text == "gone") {
    throw StoreGone("the sandbox was removed or made anew while this request ran");
  }
  return reply;
}

}  // namespace heygen::mock::redis
