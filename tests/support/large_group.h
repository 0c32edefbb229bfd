#pragma once
// A large group without the history that would have made it: a tree as in populated_tree.h, an epoch whose secrets
// follow from a seed, and Welcomes that let some of its members in through the front door.

#include <dmls/crypto/aead.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/group/group_info.h>
#include <dmls/group/mls_message.h>
#include <dmls/group/welcome.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/transcript.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "populated_tree.h"

namespace dmls::test {

// A client and its membership.
struct LargeGroupMember {
  group::Client client;
  group::Group group;
};

// LargeGroup is a group of `n` members in epoch 1, whose leaf 0 made the Welcome. Who may join is whoever has a leaf
// from a key package: odd leaves of a populated tree, all of a fresh one. A joiner of a populated tree has the keys
// from its lowest common ancestor with leaf 0 on.
class LargeGroup {
 public:
  LargeGroup(const crypto::CipherSuite& suite, std::uint32_t n, TreeShape shape, std::uint64_t seed = 1)
      : suite_(suite),
        shape_(shape),
        random_(std::make_shared<SeededRandom>(seed)),
        members_(suite, n, to_bytes(as_bytes("a large group")), seed, shape),
        joiner_(must(random_->secret(suite.hash_length()))) {
    context_.cipher_suite = suite.id();
    context_.group_id = members_.group_id();
    context_.epoch = 1;
    context_.tree_hash = to_bytes(tree().tree_hash());
    context_.confirmed_transcript_hash = must(random_->bytes(suite.hash_length()));
    encrypt_group_info();
  }

  [[nodiscard]] const treekem::RatchetTree& tree() const { return members_.tree(); }
  [[nodiscard]] const PopulatedTree& members() const { return members_; }
  [[nodiscard]] const keyschedule::GroupContext& context() const { return context_; }
  // The leaf that is farthest from the left and may join.
  [[nodiscard]] group::LeafIndex last_joiner() const {
    const std::uint32_t last = tree().member_count() - 1;
    return group::LeafIndex(shape_ == TreeShape::populated && last % 2 == 0 ? last - 1 : last);
  }

  // What the client of a member starts with. The random numbers of every member are its own.
  [[nodiscard]] group::ClientConfig config(group::LeafIndex index) const {
    group::ClientConfig out{suite_, tree().leaf(index)->node().credential,
                            std::make_shared<crypto::KeyPairSigner>(members_.signer(index)),
                            std::make_shared<group::AcceptEverything>()};
    out.random = std::make_shared<SeededRandom>(index.value() + 1'000'000'000u);
    return out;
  }
  // What a member needs to join with. (Each call signs the key package anew, and ECDSA signs differently each time.)
  struct Invitation {
    treekem::KeyPackageBundle key_package;
    Bytes welcome;

    [[nodiscard]] treekem::KeyPackageBundle clone_key_package() const {
      return {key_package.key_package, key_package.init.clone(), key_package.encryption.clone()};
    }
  };
  [[nodiscard]] Invitation invite(group::LeafIndex index) const {
    auto bundle = key_package(index);
    Bytes message = welcome(index, bundle.key_package);
    return {std::move(bundle), std::move(message)};
  }
  [[nodiscard]] LargeGroupMember join(group::LeafIndex index) const { return join(index, config(index)); }
  [[nodiscard]] LargeGroupMember join(group::LeafIndex index, group::ClientConfig config) const {
    auto invitation = invite(index);
    auto client = must(group::Client::create(std::move(config)));
    must(client.import_key_package(std::move(invitation.key_package)));
    auto group = must(client.enter(must(client.join(invitation.welcome))));
    return {std::move(client), std::move(group)};
  }

 private:
  [[nodiscard]] treekem::KeyPackageBundle key_package(group::LeafIndex index) const {
    SeededRandom random(index.value() + 2'000'000'000u);
    treekem::KeyPackageBundle out;
    out.init = must(crypto::generate_hpke_key_pair(suite_, random));
    out.encryption = members_.leaf_key_pair(index);
    out.key_package = {crypto::ProtocolVersion::mls10, suite_.id(), out.init.public_key,
                       tree().leaf(index)->node(),     {},          {}};
    must(treekem::sign_key_package(out.key_package, members_.signer(index)));
    return out;
  }
  [[nodiscard]] Bytes welcome(group::LeafIndex index, const treekem::KeyPackage& package) const {
    group::GroupSecrets secrets{keyschedule::JoinerSecret(joiner_.clone()), std::nullopt, {}};
    if (shape_ == TreeShape::populated)
      secrets.path_secret =
          group::PathSecret{members_.path_secret(tree_math::common_ancestor(index, group::LeafIndex(0)))};
    group::Welcome out{suite_.id(), {}, encrypted_info_};
    out.secrets.push_back({treekem::key_package_ref(suite_, package),
                           must(crypto::encrypt_with_label(suite_, package.init_key, "Welcome", encrypted_info_,
                                                           tls_codec::encode_secret(secrets).expose(), *random_))});
    return tls_codec::encode(group::MlsMessage{std::move(out)});
  }
  void encrypt_group_info() {
    const auto member = [&] {
      return must(keyschedule::member_secret(suite_, keyschedule::JoinerSecret(joiner_.clone()),
                                             keyschedule::PskSecret(SecretBytes(suite_.hash_length()))));
    };
    keyschedule::OrdinarySuccession succession;
    const auto secrets = must(keyschedule::derive_epoch(
        suite_, keyschedule::epoch_secret(suite_, member(), tls_codec::encode(context_)), succession));
    group::GroupInfo info{
        context_,
        {{treekem::ExtensionType::ratchet_tree, tree().encode()}},
        keyschedule::confirmation_tag(suite_, secrets.confirmation_key, context_.confirmed_transcript_hash),
        0,
        {}};
    must(group::sign_group_info(info, members_.signer(group::LeafIndex(0))));
    const auto key = keyschedule::welcome_key_and_nonce(suite_, keyschedule::welcome_secret(suite_, member()));
    encrypted_info_ =
        must(crypto::aead_seal(suite_, key.key.expose(), key.nonce.expose(), {}, tls_codec::encode(info)));
  }

  crypto::CipherSuite suite_;
  TreeShape shape_;
  std::shared_ptr<Random> random_;
  PopulatedTree members_;
  SecretBytes joiner_;
  keyschedule::GroupContext context_;
  Bytes encrypted_info_;
};

}  // namespace dmls::test
