#pragma once
// Credentials: what binds an identity to a signature key. RFC 9420 §5.3

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/codec.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

namespace dmls::treekem {

// The MLS Credential Types registry, RFC 9420 §17.5. Open: any value can be carried, compared and encoded.
enum class CredentialType : std::uint16_t {
  basic = 0x0001,  // BasicCredential
  x509 = 0x0002,   // X509Credential
};

// A bare assertion of an identity; its format is the application's.
struct BasicCredential {
  Bytes identity;  // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.identity); }
  bool operator==(const BasicCredential&) const = default;
};

// One DER-encoded X.509 certificate; opaque to this library.
struct Certificate {
  Bytes cert_data;  // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.cert_data); }
  bool operator==(const Certificate&) const = default;
};

// A chain, the end-entity certificate first. Its subjectPublicKeyInfo must be the leaf's signature_key: the validator
// checks that, since this library does not read certificates.
struct X509Credential {
  std::vector<Certificate> certificates;  // Certificate<V>; check_leaf_node() refuses an empty chain
  static constexpr auto fields(auto& s) { return std::tie(s.certificates); }
  bool operator==(const X509Credential&) const = default;
};

// A credential of a type that this library has no struct for. The select in RFC 9420 §5.3 gives an unknown type no
// length of its own. Both registered types, and every type proposed so far, are exactly one variable-size vector, so
// `body` is the content of that one vector, without its length header. A type that is built differently would be read
// wrongly, and then fail: its leaf would not parse, or its type would not be listed as supported by every member.
struct OpaqueCredential {
  CredentialType credential_type{};  // uint16; neither basic nor x509
  Bytes body;                        // opaque<V>
  bool operator==(const OpaqueCredential&) const = default;
};

// struct { CredentialType credential_type; select (...) {...}; } Credential; RFC 9420 §5.3. An OpaqueCredential of type
// basic or x509 cannot be read, and is encoded as what it says it is.
using Credential = std::variant<BasicCredential, X509Credential, OpaqueCredential>;

// The code point that stands before it on the wire.
[[nodiscard]] CredentialType credential_type(const Credential&);

// CredentialView borrows an encoded credential. Nothing it does allocates, decode() excepted.
struct CredentialView {
  CredentialType credential_type{};  // any value
  BytesView body;     // the content of the vector: the identity (basic), the certificates as Certificate[] (x509)
  BytesView encoded;  // the whole credential, its type included

  // From the front of what is left to read, as strictly as decoding a Credential does. An error of the codec.
  static Result<CredentialView> read(tls_codec::Reader&);
  // The owned form.
  [[nodiscard]] Credential decode() const;
  // The same type and content.
  friend bool operator==(const CredentialView& a, const CredentialView& b) {
    return std::equal(a.encoded.begin(), a.encoded.end(), b.encoded.begin(), b.encoded.end());
  }
};

// EncodedCredential is an owned credential in its encoding, for those who want a view of one.
class EncodedCredential {
 public:
  // Fails as reading it does: for an OpaqueCredential that claims to be x509 and is not.
  static Result<EncodedCredential> of(const Credential&);
  // Valid as long as this object, wherever it is moved to.
  [[nodiscard]] const CredentialView& view() const { return view_; }

 private:
  EncodedCredential() = default;
  Bytes octets_;
  CredentialView view_;
};

}  // namespace dmls::treekem

namespace dmls::tls_codec {

// The type, then one vector.
template <>
struct Codec<treekem::Credential> {
  // An OpaqueCredential under the type that it names.
  static void write(auto& sink, const treekem::Credential& v) {
    Codec<treekem::CredentialType>::write(sink, treekem::credential_type(v));
    if (const auto* basic = std::get_if<treekem::BasicCredential>(&v)) {
      Codec<treekem::BasicCredential>::write(sink, *basic);
    } else if (const auto* x509 = std::get_if<treekem::X509Credential>(&v)) {
      Codec<treekem::X509Credential>::write(sink, *x509);
    } else {
      Codec<Bytes>::write(sink, std::get_if<treekem::OpaqueCredential>(&v)->body);
    }
  }
  // Copies what CredentialView::read() finds, and fails as that does.
  static Result<treekem::Credential> read(Reader& in) {
    DMLS_TRY(const auto view, treekem::CredentialView::read(in));
    return view.decode();
  }
};

}  // namespace dmls::tls_codec
