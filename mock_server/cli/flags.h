// Flags as they were given, before anything is made of them. For this folder's .cc files.
#pragma once

#include <string>
#include <vector>

#include "mock_server/cli/options.h"

namespace CLI {
class App;
}

namespace heygen::mock {

// As given; "" and empty: not given.
struct Flags {
  std::string listen = "127.0.0.1:8765";
  std::string profile;
  std::vector<std::string> clients;
  std::string config;
  std::vector<std::string> scenarios;
  std::string approve;
  std::string store = "memory";
  std::string seed;
  std::string fixtures;
  std::string admin_token;
  std::vector<std::string> host_suffixes{"localhost"};
  std::string log = "text";
  std::string ready_file;
  std::string https;
  std::string proxy;
  bool pass_through = false;
  std::string https_fault;
  std::string out;
  std::string state_dir;
  std::string url;
  bool wait = false;
  std::string timeout = "10s";
  std::string shell = "sh";
  std::string file;
  std::string scenario;
};

// Those of the server, which every command has. `flags` must outlive the parsing.
void declare_serve_flags(CLI::App& app, Flags& flags);

// What was not on the command line, from HEYGEN_MOCK_<FLAG>; and where state is usually kept.
void fill_from_environment(const CLI::App& app, const Environment& environment, Flags& flags);

}  // namespace heygen::mock
