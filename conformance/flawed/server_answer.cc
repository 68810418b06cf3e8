// Servers whose token endpoint answers in the wrong shape.

#include <array>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_tools.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

template <typename Change>
void on_answers(ServerSeams& seams, Change change) {
  seams.front.push_back(after(at_token, [change](const Request& request, Response& response) {
    if (response.status == 200) change(request, response);
  }));
}

template <typename Change>
void on_errors(ServerSeams& seams, Change change) {
  seams.front.push_back(after(at_token, [change](const Request& request, Response& response) {
    if (response.status / 100 == 4) change(request, response);
  }));
}

constexpr std::array kServerAnswerFlaws{
    Flaw{"sm20-expires-string",
         "writes expires_in as a string",
         {"server.token.response-shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             patch(response, "expires_in", "\"864000\"");
           });
         }},
    Flaw{"sm20b-no-expires",
         "leaves expires_in out of refresh answers",
         {"server.token.response-shape"},
         "sm20-expires-string",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request& request, Response& response) {
             if (at_refresh(request)) patch(response, "expires_in", "null");
           });
         }},
    Flaw{"sm20c-no-token-type",
         "leaves token_type out",
         {"server.token.response-shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             patch(response, "token_type", "null");
           });
         }},
    Flaw{"sm20d-tokens-as-text",
         "sends its JSON as text/html",
         {"server.token.response-shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             response.headers.set("Content-Type", "text/html");
           });
         }},
    Flaw{"sm20e-expires-at",
         "writes the instant of expiry into expires_in",
         {"server.token.response-shape"},
         "sm20-expires-string",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             patch(response, "expires_in", "1893456000");
           });
         }},
    Flaw{"sm21-cacheable",
         "lets tokens be cached",
         {"server.token.no-store"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             response.headers.remove("Cache-Control");
           });
         }},
    Flaw{"sm21b-errors-cacheable",
         "lets errors be cached",
         {"server.token.no-store"},
         "sm21-cacheable",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) {
             response.headers.set("Cache-Control", "private");
           });
         }},
    Flaw{"sm21c-refresh-cacheable",
         "lets refreshed tokens be cached",
         {"server.token.no-store"},
         "sm21-cacheable",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request& request, Response& response) {
             if (at_refresh(request)) response.headers.set("Cache-Control", "max-age=60");
           });
         }},
    Flaw{"sm21d-no-pragma",
         "leaves Pragma out",
         {"server.token.no-store"},
         "sm21-cacheable",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_answers(seams, [](const Request&, Response& response) {
             response.headers.remove("Pragma");
           });
         }},
    Flaw{"sm22-error-200",
         "answers errors with 200",
         {"server.token.error-shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) { response.status = 200; });
         }},
    Flaw{"sm22b-error-echo",
         "quotes the code that it refuses",
         {"server.token.error-shape"},
         "",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request& request, Response& response) {
             const std::string code = in_body(request, "code");
             if (!code.empty() && text_of(response, "error") == "invalid_grant") {
               patch(response, "error_description", "\"The code " + code + " is not valid.\"");
             }
           });
         }},
    Flaw{"sm22c-error-object",
         "puts its errors into an object of their own",
         {"server.token.error-shape"},
         "sm22-error-200",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) {
             patch(response, "error", "{\"code\":\"" + text_of(response, "error") + "\"}");
           });
         }},
    Flaw{"sm22d-error-unregistered",
         "names a wrong verifier by an error of its own making",
         {"server.token.error-shape", "server.token.verifier-checked"},
         "sm22-error-200",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) {
             if (text_of(response, "error_description").find("hallenge") != std::string::npos) {
               patch(response, "error", "\"invalid_code_verifier\"");
             }
           });
         }},
    Flaw{"sm22e-error-html",
         "shows a page for an unknown client",
         {"server.token.error-shape"},
         "sm22-error-200",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) {
             if (text_of(response, "error") == "invalid_client") {
               response = answer(400, "<h1>Bad Request</h1>", "text/html");
             }
           });
         }},
    Flaw{"sm22f-description-quotes",
         "quotes parameter names with '\"' in descriptions",
         {"server.token.error-shape"},
         "sm22-error-200",
         Side::server,
         nullptr,
         [](ServerSeams& seams) {
           on_errors(seams, [](const Request&, Response& response) {
             patch(response, "error_description", R"("Missing \"code\"")");
           });
         }},
};

}  // namespace

std::span<const Flaw> server_answer_flaws() { return kServerAnswerFlaws; }

}  // namespace heygen::conformance
