#include "conformance/subjects/cli_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

namespace heygen::conformance {
namespace {

namespace fs = std::filesystem;

// Who asks, from where, and with which keys, is not to be seen by the program.
constexpr std::array<std::string_view, 20> kHidden{
    "REMOTE_CONTAINERS=", "GITPOD_",     "container=",       "HEYGEN_",
    "HYPERFRAMES_",       "SSH_",        "GITHUB_",          "CI=",
    "http_proxy=",        "HTTP_PROXY=", "https_proxy=",     "HTTPS_PROXY=",
    "all_proxy=",         "ALL_PROXY=",  "WAYLAND_DISPLAY=", "CODESPACES=",
    "GITLAB_CI=",         "BUILDKITE=",  "WSL_DISTRO_NAME=", "TERM_PROGRAM="};

// Language managers look below the home for what they manage, unless they are told.
constexpr std::array<std::pair<const char*, const char*>, 5> kManagers{
    {{"PYENV_ROOT", ".pyenv"},
     {"RBENV_ROOT", ".rbenv"},
     {"ASDF_DATA_DIR", ".asdf"},
     {"VOLTA_HOME", ".volta"},
     {"RUSTUP_HOME", ".rustup"}}};

using Variables = std::map<std::string, std::string, std::less<>>;

Variables inherited() {
  Variables all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto hides = [&](std::string_view prefix) { return text.starts_with(prefix); };
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || std::ranges::any_of(kHidden, hides)) continue;
    all[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  return all;
}

void keep_managers(Variables& all) {
  const auto home = all.find("HOME");
  if (home == all.end()) return;
  for (const auto& [name, folder] : kManagers) {
    const fs::path path = fs::path(home->second) / folder;
    std::error_code unknown;
    if (!all.contains(name) && fs::is_directory(path, unknown)) all[name] = path.string();
  }
}

void point_at(const Configuration& to, Variables& all) {
  all["HEYGEN_BASE_URL"] = to.api_url;
  all["HEYGEN_AUTHORIZE_URL"] = all["HYPERFRAMES_OAUTH_AUTHORIZE_URL"] = to.authorize_url;
  all["HEYGEN_TOKEN_URL"] = all["HYPERFRAMES_OAUTH_TOKEN_URL"] = to.token_url;
  all["HEYGEN_REFRESH_URL"] = to.refresh_url;
  all["HEYGEN_REVOKE_URL"] = all["HYPERFRAMES_OAUTH_REVOKE_URL"] = to.revoke_url;
  all["HEYGEN_DEVICE_URL"] = all["HYPERFRAMES_OAUTH_DEVICE_URL"] = to.device_url;
  all["HEYGEN_API_URL"] = all["HEYGEN_API_BASE"] = to.api_url;
  all["HEYGEN_CLIENT_ID"] = all["HYPERFRAMES_OAUTH_CLIENT_ID"] = to.client_id;
  all["HEYGEN_ALLOW_HTTP"] = "1";
  if (to.client_secret) all["HEYGEN_CLIENT_SECRET"] = *to.client_secret;
  if (!to.scope.empty()) all["HEYGEN_SCOPE"] = to.scope;
  if (to.issuer) all["HEYGEN_ISSUER"] = *to.issuer;
}

void move_home(const fs::path& home, Variables& all) {
  all["HOME"] = home.string();
  all["XDG_CONFIG_HOME"] = (home / ".config").string();
  all["XDG_DATA_HOME"] = (home / ".local/share").string();
  all["XDG_STATE_HOME"] = (home / ".local/state").string();
  all["XDG_CACHE_HOME"] = (home / ".cache").string();
  all["XDG_RUNTIME_DIR"] = (home / ".runtime").string();
  all["HEYGEN_CONFIG_DIR"] = (home / ".heygen").string();
  // The keyring of whoever runs the suite is not the program's.
  all["DBUS_SESSION_BUS_ADDRESS"] = "disabled:";
}

enum class Quotes { none, single, twofold };

// How a shell reads the place after `text`, which began in `quotes`.
Quotes quotes_after(std::string_view text, Quotes quotes) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quotes != Quotes::single) {
      ++i;
    } else if (c == '\'' && quotes != Quotes::twofold) {
      quotes = quotes == Quotes::single ? Quotes::none : Quotes::single;
    } else if (c == '"' && quotes != Quotes::single) {
      quotes = quotes == Quotes::twofold ? Quotes::none : Quotes::twofold;
    }
  }
  return quotes;
}

std::string quoted(std::string_view value, Quotes quotes) {
  std::string out;
  for (const char c : value) {
    if (quotes == Quotes::twofold) {
      if (std::string_view("\"\\$`").find(c) != std::string_view::npos) out += '\\';
      out += c;
    } else {
      out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
  }
  return quotes == Quotes::none ? "'" + out + "'" : out;
}

}  // namespace

Placeholders placeholders_of(const Configuration& configuration, const fs::path& home) {
  return {{"authorize_url", configuration.authorize_url},
          {"token_url", configuration.token_url},
          {"refresh_url", configuration.refresh_url},
          {"revoke_url", configuration.revoke_url},
          {"device_url", configuration.device_url},
          {"api_url", configuration.api_url},
          {"base_url", configuration.api_url},
          {"url", configuration.api_url},
          {"client_id", configuration.client_id},
          {"client_secret", configuration.client_secret.value_or("")},
          {"redirect_uri", configuration.redirect_uri},
          {"scope", configuration.scope},
          {"store_dir", home.string()}};
}

std::string fill(std::string_view command, const Placeholders& placeholders) {
  std::string out;
  Quotes quotes = Quotes::none;
  while (!command.empty()) {
    const std::size_t open = std::min(command.find('{'), command.size());
    out += command.substr(0, open);
    quotes = quotes_after(command.substr(0, open), quotes);
    command.remove_prefix(open);
    const auto stands_here = [&](const auto& one) {
      return command.starts_with("{" + one.first + "}");
    };
    const auto found = std::ranges::find_if(placeholders, stands_here);
    if (found != placeholders.end()) {
      out += quoted(found->second, quotes);
      command.remove_prefix(found->first.size() + 2);
    } else if (!command.empty()) {
      out += '{';
      command.remove_prefix(1);
    }
  }
  return out;
}

bool names(std::string_view command, std::string_view placeholder) {
  return command.find("{" + std::string(placeholder) + "}") != std::string_view::npos;
}

std::vector<std::string> environment_of(const Configuration& configuration, const fs::path& home,
                                        const fs::path& first_on_path) {
  Variables all = inherited();
  keep_managers(all);
  move_home(home, all);
  point_at(configuration, all);
  const std::string path = all.contains("PATH") ? all["PATH"] : "/usr/local/bin:/usr/bin:/bin";
  all["PATH"] = first_on_path.string() + ":" + path;
  all["BROWSER"] = (first_on_path / "xdg-open").string();
  all["DISPLAY"] = ":0";
  all["TERM"] = "xterm-256color";
  // Nothing of a test run is anybody's statistics, and nobody else is asked for a newer version.
  for (const char* name : {"DO_NOT_TRACK", "NO_UPDATE_NOTIFIER", "HYPERFRAMES_NO_TELEMETRY",
                           "HYPERFRAMES_NO_UPDATE_CHECK", "HYPERFRAMES_NO_AUTO_INSTALL"}) {
    all[name] = "1";
  }
  all["NO_PROXY"] = all["no_proxy"] = "127.0.0.1,localhost,::1";
  std::vector<std::string> list;
  for (const auto& [name, value] : all) list.push_back(name + "=" + value);
  return list;
}

}  // namespace heygen::conformance
