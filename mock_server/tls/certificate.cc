#include "mock_server/tls/certificate.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>

namespace heygen::mock::tls {
namespace {

constexpr long kVersion3 = 2;
constexpr std::size_t kSerialBytes = 16;  // RFC 5280 §4.1.2.2 allows up to 20

void set_serial(X509& certificate, RandomSource& random) {
  std::array<std::byte, kSerialBytes> bytes{};
  random.fill(bytes);
  bytes[0] = (bytes[0] & std::byte{0x7F}) | std::byte{0x40};  // positive, never zero
  const std::unique_ptr<BIGNUM, Freer<&BN_free>> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), kSerialBytes, nullptr));
  if (!number || !BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate))) {
    fail("making a serial number");
  }
}

void set_time(ASN1_TIME* field, TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  if (ASN1_TIME_set(field, static_cast<time_t>(seconds)) == nullptr) fail("setting a validity");
}

void set_name(X509_NAME* name, const char* key, const char* value) {
  if (X509_NAME_add_entry_by_txt(name, key, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(value), -1, -1, 0) != 1) {
    fail("naming a certificate");
  }
}

void add_extension(X509& certificate, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<&X509_EXTENSION_free>> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(&certificate, extension.get(), -1) != 1) {
    fail("adding an extension");
  }
}

Certificate begin(EVP_PKEY& key, const char* name, const Validity& validity, RandomSource& random) {
  Certificate made{X509_new()};
  if (!made || X509_set_version(made.get(), kVersion3) != 1 ||
      X509_set_pubkey(made.get(), &key) != 1) {
    fail("making a certificate");
  }
  set_serial(*made, random);
  set_time(X509_getm_notBefore(made.get()), validity.from);
  set_time(X509_getm_notAfter(made.get()), validity.to);
  set_name(X509_get_subject_name(made.get()), "O", "heygen-mock-server");
  set_name(X509_get_subject_name(made.get()), "CN", name);
  return made;
}

void sign(X509& certificate, EVP_PKEY& key) {
  if (X509_sign(&certificate, &key, EVP_sha256()) == 0) fail("signing a certificate");
}

// The whole of an address as a constraint: its mask has every bit set.
std::string permitted_address(const std::string& address) {
  const bool v6 = address.find(':') != std::string::npos;
  return "permitted;IP:" + address +
         (v6 ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "/255.255.255.255");
}

std::string constraints_of(const Names& names) {
  std::string text = "critical";
  for (const auto& domain : names.domains) text += ",permitted;DNS:" + domain;
  for (const auto& address : names.addresses) text += "," + permitted_address(address);
  return text;
}

std::string alternative_names(const LeafNames& names) {
  std::string text;
  for (const auto& domain : names.domains) text += (text.empty() ? "DNS:" : ",DNS:") + domain;
  for (const auto& address : names.addresses) text += (text.empty() ? "IP:" : ",IP:") + address;
  return text;
}

std::string bytes_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

// Of an address with its mask behind it; "" when it is neither IPv4's nor IPv6's.
std::string address_text(const std::string& address_and_mask) {
  const int family = address_and_mask.size() == 2 * sizeof(in_addr)    ? AF_INET
                     : address_and_mask.size() == 2 * sizeof(in6_addr) ? AF_INET6
                                                                       : AF_UNSPEC;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address_and_mask.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

Bio reader(std::string_view text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

template <typename Write>
std::string written(Write write) {
  const Bio out{BIO_new(BIO_s_mem())};
  if (!out || write(out.get()) != 1) fail("writing PEM");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Key make_key() {
  Key key{EVP_EC_gen("P-256")};
  if (!key) fail("making a key");
  return key;
}

Certificate make_ca(EVP_PKEY& key, const Names& names, const Validity& validity,
                    RandomSource& random) {
  auto made = begin(key, "heygen-mock-server test CA, trust it for tests only", validity, random);
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  add_extension(*made, *made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*made, *made, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*made, *made, NID_subject_key_identifier, "hash");
  add_extension(*made, *made, NID_name_constraints, constraints_of(names));
  sign(*made, key);
  return made;
}

Certificate make_leaf(EVP_PKEY& key, const LeafNames& names, const Validity& validity,
                      const std::optional<Issuer>& issuer, RandomSource& random) {
  auto made = begin(key, "heygen-mock-server leaf", validity, random);
  X509& by = issuer ? issuer->certificate : *made;
  X509_set_issuer_name(made.get(), X509_get_subject_name(&by));
  add_extension(*made, by, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*made, by, NID_key_usage, "critical,digitalSignature");
  add_extension(*made, by, NID_ext_key_usage, "serverAuth");
  add_extension(*made, by, NID_subject_key_identifier, "hash");
  if (issuer) add_extension(*made, by, NID_authority_key_identifier, "keyid");
  add_extension(*made, by, NID_subject_alt_name, alternative_names(names));
  sign(*made, issuer ? issuer->key : key);
  return made;
}

std::string to_pem(const X509& certificate) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, &certificate); });
}

std::string to_pem(const EVP_PKEY& key) {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, &key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Certificate certificate_from_pem(std::string_view pem) {
  Certificate read{PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr)};
  if (!read) take_error();
  return read;
}

Key key_from_pem(std::string_view pem) {
  // An empty passphrase, so that an encrypted key is refused and no terminal is asked.
  std::string none;
  Key read{PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, nullptr, none.data())};
  if (!read) take_error();
  return read;
}

TimePoint valid_to(const X509& certificate) {
  tm broken_down{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &broken_down) != 1) return TimePoint::min();
  using namespace std::chrono;
  const sys_days day = year{broken_down.tm_year + 1900} /
                       month{static_cast<unsigned>(broken_down.tm_mon + 1)} / broken_down.tm_mday;
  return TimePoint{day} + hours{broken_down.tm_hour} + minutes{broken_down.tm_min} +
         seconds{broken_down.tm_sec};
}

Names permitted_names(const X509& ca) {
  Names names;
  const std::unique_ptr<NAME_CONSTRAINTS, Freer<&NAME_CONSTRAINTS_free>> constraints(
      static_cast<NAME_CONSTRAINTS*>(
          X509_get_ext_d2i(&ca, NID_name_constraints, nullptr, nullptr)));
  if (!constraints) return names;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
    const auto* const base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
    if (base->type == GEN_DNS) {
      names.domains.push_back(bytes_of(*base->d.dNSName));
    } else if (base->type == GEN_IPADD) {
      names.addresses.push_back(address_text(bytes_of(*base->d.iPAddress)));
    }
  }
  return names;
}

}  // namespace heygen::mock::tls
