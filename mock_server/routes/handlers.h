// The handlers that the route table names, one file a topic.
#pragma once

#include "mock_server/routes/surface.h"

namespace heygen::mock {

class Fixtures;

Answer handle_authorize(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_consent(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_token(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_revoke(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_device_authorization(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_device_page(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_device_decision(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_metadata(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_registration(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_userinfo(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_web_app(const Call& call, const Visit& visit, const Fixtures& fixtures);
Answer handle_api(const Call& call, const Visit& visit, const Fixtures& fixtures);

}  // namespace heygen::mock
