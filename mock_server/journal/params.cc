#include "mock_server/journal/params.h"

namespace heygen::mock {

Fields query_fields(const wire::Request& request) {
  return loosely_parsed(request.query(), kMostFieldsShown);
}

Fields form_fields(const wire::Request& request) {
  return is_form(request) ? loosely_parsed(request.body, kMostFieldsShown) : Fields{};
}

}  // namespace heygen::mock
