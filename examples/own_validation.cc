// Who is who, by rules of one's own: an authority vouches for names and keys, in credentials of a private type.
#include <dmls/crypto/signature.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/tls_codec/codec.h>

#include <cstdio>
#include <memory>
#include <string>
#include <tuple>

using namespace dmls;

// [credential]
// A credential type of the private range (RFC 9420 §17.5). Every member has to list it in its capabilities.
constexpr treekem::CredentialType kVouched{0xf001};

struct Vouched {
  Bytes name;
  Bytes signature;  // the authority's, over name and signature key
  static constexpr auto fields(auto& s) { return std::tie(s.name, s.signature); }
};

struct VouchedContent {
  Bytes name;
  Bytes signature_key;
  static constexpr auto fields(auto& s) { return std::tie(s.name, s.signature_key); }
};

Result<treekem::Credential> vouch(const crypto::Signer& authority, const Bytes& name, BytesView signature_key) {
  const Bytes content = tls_codec::encode(VouchedContent{name, to_bytes(signature_key)});
  DMLS_TRY(Bytes signature, crypto::sign_with_label(authority, "example vouched credential", content));
  return treekem::OpaqueCredential{kVouched, tls_codec::encode(Vouched{name, std::move(signature)})};
}
// [/credential]

// [validator]
// A Policy is a CredentialValidator that also judges commits. The same object may serve several threads: it is const.
class AuthorityPolicy final : public group::Policy {
 public:
  AuthorityPolicy(crypto::CipherSuite suite, crypto::SignaturePublicKey authority)
      : suite_(suite), authority_(std::move(authority)) {}

  // Asked about every credential that is new in a group, before anything that depends on it is accepted.
  Result<void> validate(const treekem::CredentialView& credential, BytesView signature_key) const override {
    if (credential.credential_type != kVouched)
      return fail(treekem::errc::kInvalidCredential, "only names that the authority vouches for are known here");
    DMLS_TRY(const auto vouched, tls_codec::decode<Vouched>(credential.body));
    const Bytes content = tls_codec::encode(VouchedContent{vouched.name, to_bytes(signature_key)});
    return crypto::verify_with_label(suite_, authority_, "example vouched credential", content, vouched.signature);
  }

  // A member may take a new key, under its old name.
  Result<void> valid_successor(const treekem::CredentialView& before,
                               const treekem::CredentialView& after) const override {
    if (name(before) == name(after)) return {};
    return fail(treekem::errc::kInvalidCredential, "nobody becomes somebody else");
  }

  // One leaf for each name, whatever its key. RFC 9420 §12.2
  Bytes client_id(const treekem::CredentialView& credential, BytesView) const override { return name(credential); }
  Bytes identity(const treekem::CredentialView& credential) const override { return name(credential); }

  Result<void> accept(const group::PublicEpoch&, const group::Changes& changes) const override {
    if (changes.removed.empty()) return {};
    return fail(group::errc::kRefusedByPolicy, "nobody is removed here");
  }

 private:
  static Bytes name(const treekem::CredentialView& credential) {
    auto vouched = tls_codec::decode<Vouched>(credential.body);
    return vouched ? std::move(vouched->name) : to_bytes(credential.encoded);
  }

  crypto::CipherSuite suite_;
  crypto::SignaturePublicKey authority_;
};
// [/validator]

namespace {

struct World {
  crypto::CipherSuite suite;
  SystemRandom random = {};

  Result<std::shared_ptr<crypto::KeyPairSigner>> signer() {
    DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, random));
    return std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair));
  }
  // A client that `voucher` vouches for, and that trusts `authority`.
  Result<group::Client> client(std::string_view name, const crypto::Signer& voucher, const crypto::Signer& authority) {
    DMLS_TRY(auto own, signer());
    DMLS_TRY(auto credential, vouch(voucher, to_bytes(as_bytes(name)), own->public_key().octets));
    group::ClientConfig config{.suite = suite,
                               .credential = std::move(credential),
                               .signer = std::move(own),
                               .policy = std::make_shared<AuthorityPolicy>(suite, authority.public_key())};
    config.capabilities.credentials.push_back(kVouched);
    return group::Client::create(std::move(config));
  }
};

Result<void> run() {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  World world{suite};
  DMLS_TRY(const auto authority, world.signer());
  DMLS_TRY(const auto forger, world.signer());
  DMLS_TRY(auto alice, world.client("alice", *authority, *authority));
  DMLS_TRY(auto bob, world.client("bob", *authority, *authority));
  DMLS_TRY(auto impostor, world.client("carol", *forger, *authority));
  DMLS_TRY(auto second_bob, world.client("bob", *authority, *authority));

  DMLS_TRY(auto group, alice.create_group());
  DMLS_TRY(const Bytes key_package, bob.new_key_package());
  DMLS_TRY(auto add, group.commit(group::CommitRequest().add(key_package)));
  const Bytes welcome = add.welcome();
  DMLS_CHECK(group.merge(std::move(add)));
  DMLS_TRY(auto entry, bob.join(welcome));
  DMLS_TRY(const auto bobs, bob.enter(std::move(entry)));
  std::printf("bob is in, with %zu members\n", bobs.members().size());

  for (group::Client* stranger : {&impostor, &second_bob}) {
    DMLS_TRY(const Bytes package, stranger->new_key_package());
    const auto refused = group.commit(group::CommitRequest().add(package));
    if (refused) return fail(errc::kMisuse, "a stranger was accepted");
    std::printf("refused: %s\n", refused.error().rule);
  }
  return {};
}

}  // namespace

int main() {
  const auto result = run();
  if (!result) std::fprintf(stderr, "refused: %s\n", result.error().rule);
  return result ? 0 : 1;
}
