// OpenSSL's objects as values that free themselves. For this folder's .cc files.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace heygen::mock::tls {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using Bio = std::unique_ptr<BIO, Freer<&BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<&X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freer<&SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freer<&SSL_free>>;

// Throws std::runtime_error with OpenSSL's reason: for what only fails when memory is short or the
// library is broken.
[[noreturn]] void fail(const char* what);

// The oldest reason in this thread's error queue, which is empty afterwards; "" when there is none.
std::string take_error();

}  // namespace heygen::mock::tls
