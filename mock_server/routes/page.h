// The pages people see: consent, device, errors. They work without a script, and allow none.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/core/error.h"
#include "mock_server/routes/surface.h"
#include "mock_server/routes/template.h"

namespace heygen::mock {

// A file of fixtures/pages/ between head and foot. `view` needs "title" and what the file names.
wire::Response page(int status, std::string_view file, View view);

// The vendor's web app, as it is: no page of ours, and none of our policies on it.
wire::Response web_app_page();

// Does the reader prefer HTML? (Accept, RFC 9110 §12.5.1.) A browser does, an HTTP library does
// not.
bool wants_html(const wire::Request& request);

// refuse(), as a page where the reader is a browser.
Answer refuse_for_reader(const Call& call, OAuthError error, ErrorsPolicy errors);

// The path of a base URL: "/s/NAME" or "".
std::string_view base_path(std::string_view base);

// What a scope lets a client do, in words, as the items of a page's list.
std::vector<View> scope_items(std::string_view scope);

// The users who can be chosen, the first one checked.
std::vector<View> user_items(const SandboxConfig& config);

}  // namespace heygen::mock
