#include <dmls/treekem/credential.h>
#include <dmls/treekem/credential_validator.h>

namespace dmls::treekem {

CredentialType credential_type(const Credential& credential) {
  if (const auto* opaque = std::get_if<OpaqueCredential>(&credential)) return opaque->credential_type;
  return std::holds_alternative<BasicCredential>(credential) ? CredentialType::basic : CredentialType::x509;
}

// RFC 9420 §5.3
Result<CredentialView> CredentialView::read(tls_codec::Reader& in) {
  CredentialView view;
  const BytesView before = in.rest();
  DMLS_TRY(view.credential_type, tls_codec::Codec<CredentialType>::read(in));
  DMLS_TRY(view.body, tls_codec::read_opaque(in));
  if (view.credential_type == CredentialType::x509) {
    tls_codec::Reader certificates(view.body);
    while (!certificates.empty()) DMLS_CHECK(tls_codec::read_opaque(certificates));
  }
  view.encoded = in.since(before);
  return view;
}

Credential CredentialView::decode() const {
  switch (credential_type) {
    case CredentialType::basic: return BasicCredential{to_bytes(body)};
    case CredentialType::x509: {
      X509Credential chain;
      tls_codec::Reader in(body);
      while (!in.empty()) {
        const auto certificate = tls_codec::read_opaque(in);
        if (!certificate) panic("treekem: a CredentialView that was not read");
        chain.certificates.push_back({to_bytes(*certificate)});
      }
      return chain;
    }
  }
  return OpaqueCredential{credential_type, to_bytes(body)};
}

Result<EncodedCredential> EncodedCredential::of(const Credential& credential) {
  EncodedCredential out;
  out.octets_ = tls_codec::encode(credential);
  tls_codec::Reader in(out.octets_);
  DMLS_TRY(out.view_, CredentialView::read(in));
  return out;
}

Bytes CredentialValidator::client_id(const CredentialView&, BytesView signature_key) const {
  return to_bytes(signature_key);
}

Bytes CredentialValidator::identity(const CredentialView& credential) const { return to_bytes(credential.encoded); }

}  // namespace dmls::treekem
