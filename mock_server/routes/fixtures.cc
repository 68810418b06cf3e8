#include "mock_server/routes/fixtures.h"

namespace heygen::mock {

Fixtures::Fixtures(std::string_view) {}

}  // namespace heygen::mock
