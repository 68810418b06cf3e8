#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "mock_server/routes/oauth.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/store/memory.h"
#include "mock_server/wire/listener.h"

namespace {

using namespace heygen::mock;  // a program's own file

void register_built_in_clients(Store& store) {
  Client demo;
  demo.id = "demo";
  demo.redirect_uris = {"http://127.0.0.1/*", "http://localhost/*", "http://[::1]/*"};
  store.put_client(std::move(demo));
  Client vendor_cli;  // the vendor's public command-line client (facts.md)
  vendor_cli.id = "q2A2QRSke2LrFTPJhoDbHtXh";
  vendor_cli.redirect_uris = {"http://127.0.0.1/oauth/callback"};
  store.put_client(std::move(vendor_cli));
}

int serve(const std::string& listen, Profile profile) {
  // Blocked before any thread starts, so that sigwait below is the only receiver.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  const auto colon = listen.rfind(':');
  MemoryStore store;
  register_built_in_clients(store);
  SystemRandom random;
  const SystemClock clock;
  World world{store, random, clock, profile_policy(profile), "http://" + listen};
  wire::Listener::Options options;
  options.host = listen.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::stoi(listen.substr(colon + 1)));
  const auto started = wire::Listener::start(
      options, [&](const wire::Request& request) { return answer(world, request); });
  if (!started.listener) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", started.error.c_str());
    return 1;
  }
  std::printf("ready http://%s:%u\n", options.host.c_str(), unsigned{started.listener->port()});
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  started.listener->stop();
  return 0;
}

std::string check_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if (colon == 0 || !digits || std::stoi(port) > 65535) return "write it as HOST:PORT";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"An offline mock of HeyGen's OAuth 2.0 server and API", "heygen-mock-server"};
  app.set_version_flag("--version", "heygen-mock-server 0.1.0");
  std::string listen = "127.0.0.1:8765";
  std::string profile = "heygen";
  const auto add_flags = [&](CLI::App* target) {
    target->add_option("--listen", listen, "HOST:PORT; port 0: any")
        ->check(check_address)
        ->envname("HEYGEN_MOCK_LISTEN")
        ->capture_default_str();
    target->add_option("--profile", profile, "heygen, strict or lenient")
        ->check(CLI::IsMember({"heygen", "strict", "lenient"}))
        ->envname("HEYGEN_MOCK_PROFILE")
        ->capture_default_str();
  };
  add_flags(&app);
  add_flags(app.add_subcommand("serve", "run the mock (the default)"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return serve(listen, *parse_profile(profile));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "heygen-mock-server: %s\n", error.what());
    return 1;
  }
}
