// A certificate and its key. For this folder's .cc files.
#pragma once

#include "mock_server/tls/authority.h"
#include "mock_server/tls/openssl.h"

namespace heygen::mock::tls {

struct Authority::Pair {
  Certificate certificate;
  Key key;
};

}  // namespace heygen::mock::tls
