// The vendor's surface: a request is read once, a rule of the core decides, the answer is written.
// It knows nothing of sandboxes by name, of faults or of the journal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/core/context.h"
#include "mock_server/core/endpoint.h"
#include "mock_server/sandbox/config.h"
#include "mock_server/wire/form.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

struct Route;
class WebhookBook;

// One request, read: which route it is for, and its parameters. The request must outlive it.
struct Call {
  const wire::Request& request;  // the target without a sandbox's prefix
  const Route* route = nullptr;  // null: no such path, or not with this method
  bool path_known = false;       // the path is, the method is not: 405
  wire::Form query = {};
  wire::Form form = {};  // of the body, where the body is a form
  Endpoint endpoint = Endpoint::none;
  std::string grant_type = {};
  std::string client_id = {};  // as claimed: in the query, the form or the Basic header
  bool basic_tried = false;    // the client used HTTP Basic
  std::optional<std::pair<std::string, std::string>> basic =
      {};  // and its id and secret, if readable
};

// Where and for whom a call is answered.
struct Visit {
  Context context;
  const SandboxConfig& config;
  std::string base;  // what URLs begin with: "http://127.0.0.1:8765", "http://…/s/NAME"
  WebhookBook* webhooks = nullptr;  // absent: nobody is told of anything
};

struct Answer {
  wire::Response response;
  std::string outcome = "ok";  // or the OAuth error's code; for the API "unauthorized", "not_found"
  std::string why;             // for the journal, never for the client
  std::vector<std::string> tokens_used;    // fingerprints
  std::vector<std::string> tokens_issued;  // fingerprints
  bool event_expected = false;             // a webhook event waits in Visit::webhooks now
};

// Thread-safe.
class Surface {
 public:
  // Throws BadInput when a fixture in the folder cannot be taken; "" is no folder.
  explicit Surface(std::string_view fixtures_dir = "");
  ~Surface();
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  [[nodiscard]] Call read(const wire::Request& request) const;
  // Never throws: a store that fails is a 503.
  [[nodiscard]] Answer answer(const Call& call, const Visit& visit) const;
  // The 503 that it is, in the endpoint's format. `what` is one line for a person.
  [[nodiscard]] Answer unavailable(const Call& call, std::string_view what,
                                   ErrorsPolicy errors) const;
  // The answer to bytes that are no request, in the format of the endpoint they were for. `reason`
  // is one line for a person.
  [[nodiscard]] Answer reject(const Call& call, int status, std::string_view reason) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::mock
