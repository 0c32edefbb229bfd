#pragma once
// The seam to the Authentication Service. RFC 9420 §5.3.1

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/treekem/credential.h>

namespace dmls::treekem {

// CredentialValidator is the application's answer to "who is this?". It is asked about every credential that is new in
// a group, before anything that depends on it is accepted. Implementations may be called from several threads at once.
// A refusal is any error; errc::kInvalidCredential with the broken rule is the usual one.
class CredentialValidator {
 public:
  virtual ~CredentialValidator() = default;

  // Do the identities that `credential` presents belong to `signature_key` (SignaturePublicKey octets), and are they
  // acceptable to this application? An x509 credential has at least one certificate when it gets here; that the first
  // one certifies `signature_key` is for this function to check (RFC 9420 §5.3).
  virtual Result<void> validate(const CredentialView& credential, BytesView signature_key) const = 0;

  // May a member that presented `old_credential` go on as `new_credential`? Asked when an Update or Commit replaces a
  // credential, after validate() accepted the new one.
  virtual Result<void> valid_successor(const CredentialView& old_credential,
                                       const CredentialView& new_credential) const = 0;

  // Octets that are equal for two leaves exactly if they represent the same client. RFC 9420 §12.2 refuses a second Add
  // for one. Default: the signature key.
  [[nodiscard]] virtual Bytes client_id(const CredentialView& credential, BytesView signature_key) const;

  // Octets that are equal for two credentials exactly if they present the same identity, whatever the keys. Compared
  // where a group descends from another (RFC 9420 §11.2, §11.3) and where a client looks for its own old leaf
  // (§12.4.3.2). Default: the encoded credential.
  [[nodiscard]] virtual Bytes identity(const CredentialView& credential) const;
};

// AcceptAnyCredential authenticates nobody: anyone can claim any identity. For tests, vectors and benchmarks.
class AcceptAnyCredential final : public CredentialValidator {
 public:
  // Always yes.
  Result<void> validate(const CredentialView&, BytesView) const override { return {}; }
  // Always yes.
  Result<void> valid_successor(const CredentialView&, const CredentialView&) const override { return {}; }
};

}  // namespace dmls::treekem
