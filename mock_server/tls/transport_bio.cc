#include "mock_server/tls/transport_bio.h"

#include <cstddef>

namespace heygen::mock::tls {
namespace {

using wire::IoResult;

TransportEnd& end_of(BIO* bio) { return *static_cast<TransportEnd*>(BIO_get_data(bio)); }

int read_bytes(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  auto& end = end_of(bio);
  const auto result = end.transport->read({into, static_cast<std::size_t>(size)});
  switch (result.kind) {
    case IoResult::Kind::ok:
      return static_cast<int>(result.bytes);
    case IoResult::Kind::again:
      BIO_set_retry_read(bio);
      return -1;
    case IoResult::Kind::ended:
      end.ended = true;
      return 0;
    case IoResult::Kind::broken:
      break;
  }
  return -1;
}

int write_bytes(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  const auto result = end_of(bio).transport->write({bytes, static_cast<std::size_t>(size)});
  if (result.kind == IoResult::Kind::ok) return static_cast<int>(result.bytes);
  if (result.kind == IoResult::Kind::again) BIO_set_retry_write(bio);
  return -1;
}

long control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:  // nothing is held back
      return 1;
    case BIO_CTRL_EOF:
      return end_of(bio).ended ? 1 : 0;
    default:
      return 0;
  }
}

}  // namespace

BioMethod make_transport_bio_method() {
  BioMethod method{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport")};
  if (!method || BIO_meth_set_read(method.get(), read_bytes) != 1 ||
      BIO_meth_set_write(method.get(), write_bytes) != 1 ||
      BIO_meth_set_ctrl(method.get(), control) != 1) {
    fail("making a BIO method");
  }
  return method;
}

Bio make_transport_bio(const BIO_METHOD& method, TransportEnd& end) {
  Bio bio{BIO_new(&method)};
  if (!bio) fail("making a BIO");
  BIO_set_data(bio.get(), &end);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace heygen::mock::tls
