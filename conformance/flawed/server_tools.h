// What fronts of flawed servers are made of: which request is it, and what may be changed about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/flawed/server_seams.h"
#include "conformance/url.h"

namespace heygen::conformance {

using Where = bool (*)(const mock::wire::Request&);
bool at_authorize(const mock::wire::Request& request);  // GET
bool at_consent(const mock::wire::Request& request);    // the form's POST
bool at_token(const mock::wire::Request& request);      // either route
bool at_refresh(const mock::wire::Request& request);    // a refresh_token grant at either
bool at_redeem(const mock::wire::Request& request);     // an authorization_code grant
bool at_revoke(const mock::wire::Request& request);
bool at_device(const mock::wire::Request& request);  // the device authorization request
bool at_api(const mock::wire::Request& request);
// The path without a sandbox's name.
std::string_view vendor_path(const mock::wire::Request& request);

// Parameters of the query, or of the body.
std::string in_query(const mock::wire::Request& request, std::string_view name);  // "" when absent
std::string in_body(const mock::wire::Request& request, std::string_view name);
bool has_in_query(const mock::wire::Request& request, std::string_view name);

using Fields = std::vector<std::pair<std::string, std::string>>;
Fields query_fields(const mock::wire::Request& request);
Fields body_fields(const mock::wire::Request& request);
void set_query(mock::wire::Request& request, const Fields& fields);
void set_body(mock::wire::Request& request, const Fields& fields);        // as a form
void put(Fields& fields, std::string_view name, std::string_view value);  // in place, or at the end
void drop(Fields& fields, std::string_view name);
void keep_last(Fields& fields);   // of each name
void keep_first(Fields& fields);  // of each name

mock::wire::Response answer(int status, std::string body,
                            std::string content_type = "application/json");
mock::wire::Response oauth_error(std::string_view code);  // 400
mock::wire::Response redirect_to(std::string location);   // 302
// Of the JSON object: the member becomes that JSON; null takes it away.
void patch(mock::wire::Response& response, std::string_view member, std::string_view json);
std::string text_of(const mock::wire::Response& response, std::string_view member);
// The Location, changed; nothing happens without one.
void redirected(mock::wire::Response& response, const std::function<void(CallbackUrl&)>& change);

// Layers.
Around before(Where where, std::function<void(mock::wire::Request&)> change);
Around after(Where where,
             std::function<void(const mock::wire::Request&, mock::wire::Response&)> change);
// Answers by itself where it has an answer.
Around instead(
    Where where,
    std::function<std::optional<mock::wire::Response>(const mock::wire::Request&)> answer);
// A request that is refused with 4xx is tried again, changed.
Around tried_again(Where where, std::function<bool(mock::wire::Request&)> change);

// Notes who asked for each token and what came with it: "client TOKEN", "access TOKEN" (of a
// refresh token), "refresh TOKEN" (of an access token).
Around noting_tokens(std::shared_ptr<Notes> notes);
// Of refreshes there, the owner is put in the place of whoever asks; of this one alone, where it is
// named.
void any_client(ServerSeams& seams, Where where, std::string only = "");
// A store that notes of each code: "client CODE", "redirect CODE", "challenge CODE".
MakeStore noting_codes(std::shared_ptr<Notes> notes);

}  // namespace heygen::conformance
