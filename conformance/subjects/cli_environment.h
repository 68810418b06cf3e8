// What a command of the program under test is given: its line and its environment.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/subject.h"

namespace heygen::conformance {

// What {name} in a command line stands for.
using Placeholders = std::vector<std::pair<std::string, std::string>>;

// {authorize_url}, {token_url}, {refresh_url}, {revoke_url}, {device_url}, {api_url}, {base_url},
// {url} (the same), {client_id}, {client_secret}, {redirect_uri}, {scope} and {store_dir}.
Placeholders placeholders_of(const Configuration& configuration, const std::filesystem::path& home);

// The command for /bin/sh with each placeholder replaced by its value, quoted as the place where it
// stands asks for; other braces stay.
std::string fill(std::string_view command, const Placeholders& placeholders);
bool names(std::string_view command, std::string_view placeholder);  // "path"

// A user of its own, at a desktop: our environment without what would tell who runs the suite and
// where (a continuous integration, a remote shell, proxies, keys of the vendor), with a home, a
// display, and everything that points clients of the vendor at the configured endpoints. What the
// folder holds is found first on PATH.
std::vector<std::string> environment_of(const Configuration& configuration,
                                        const std::filesystem::path& home,
                                        const std::filesystem::path& first_on_path);

}  // namespace heygen::conformance
