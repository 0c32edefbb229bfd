#include "cast.h"

#include <dmls/group/mls_message.h>

namespace dmls::vectors {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;

}  // namespace

Bytes PublishedKeys::message() const { return tls_codec::encode(group::MlsMessage{bundle.key_package}); }

Result<PublishedKeys> publish_keys(const Generation& generation, std::string_view name) {
  const crypto::CipherSuite& suite = *generation.suite;
  DMLS_TRY(auto signature, crypto::generate_signature_key_pair(suite, generation.random));
  const crypto::KeyPairSigner signer(suite, signature.clone());
  DMLS_TRY(auto bundle, treekem::make_key_package(suite, signer,
                                                  {.credential = treekem::BasicCredential{to_bytes(as_bytes(name))},
                                                   .capabilities = treekem::default_capabilities(),
                                                   .lifetime = treekem::Lifetime::from_now(kNow, 1'000'000'000)},
                                                  generation.random));
  return PublishedKeys{std::move(bundle), std::move(signature)};
}

Result<group::Client> Cast::newcomer(std::string_view name) {
  const crypto::CipherSuite& suite = *generation_->suite;
  DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, generation_->random));
  if (players_.empty()) founder_key_ = pair.public_key.octets;
  group::ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(name))},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::AcceptEverything>()};
  config.random = std::shared_ptr<Random>(std::shared_ptr<Random>(), &generation_->random);  // borrowed
  config.clock = std::make_shared<group::FixedClock>(kNow);
  config.key_package_lifetime = 1'000'000'000;
  DMLS_TRY(auto client, group::Client::create(std::move(config)));
  for (const auto& [id, psk] : psks_) DMLS_CHECK(client.add_psk(id, keyschedule::Psk(SecretBytes(psk))));
  return client;
}

Result<Cast> Cast::create(const Generation& generation) {
  Cast cast(generation);
  DMLS_TRY(auto founder, cast.newcomer("founder"));
  Player player{std::make_unique<group::Client>(std::move(founder)), nullptr};
  DMLS_TRY(const Bytes id, generation.random.bytes(generation.suite->hash_length()));
  DMLS_TRY(auto made, player.client->create_group(id));
  player.group = std::make_unique<group::Group>(std::move(made));
  cast.players_.push_back(std::move(player));
  return cast;
}

Result<void> Cast::share_psk(BytesView id, BytesView psk) {
  psks_.push_back({to_bytes(id), to_bytes(psk)});
  for (const Player& player : players_) DMLS_CHECK(player.client->add_psk(id, keyschedule::Psk(SecretBytes(psk))));
  return {};
}

Result<void> Cast::announce(std::size_t by, BytesView message) {
  for (std::size_t i = 0; i < players_.size(); ++i)
    if (i != by) DMLS_CHECK(players_[i].group->process(message));
  return {};
}

Result<void> Cast::follow(std::size_t by, BytesView message) {
  for (std::size_t i = 0; i < players_.size(); ++i) {
    if (i == by) continue;
    DMLS_TRY(auto event, players_[i].group->process(message));
    auto* staged = std::get_if<group::Transition>(&event);
    if (staged == nullptr) return fail(errc::kFailed, "a player does not follow a commit");
    DMLS_CHECK(players_[i].group->merge(std::move(*staged)));
  }
  return {};
}

void Cast::bury() {
  std::erase_if(players_, [](const Player& p) { return p.group->status() == group::GroupStatus::removed; });
}

Result<Cast::Done> Cast::commit(std::size_t by, const group::CommitRequest& request) {
  DMLS_TRY(auto own, players_[by].group->commit(request));
  Done done{to_bytes(own.message()), to_bytes(own.welcome())};
  DMLS_CHECK(follow(by, done.message));
  DMLS_CHECK(players_[by].group->merge(std::move(own)));
  bury();
  return done;
}

Result<Bytes> Cast::join(std::size_t by, std::string_view name) {
  DMLS_TRY(auto client, newcomer(name));
  DMLS_TRY(const Bytes package, client.new_key_package());
  DMLS_TRY(auto done, commit(by, group::CommitRequest().add(package)));
  DMLS_TRY(auto entry, client.join(done.welcome));
  DMLS_TRY(auto entered, client.enter(std::move(entry)));
  players_.push_back(
      {std::make_unique<group::Client>(std::move(client)), std::make_unique<group::Group>(std::move(entered))});
  return std::move(done.message);
}

Result<Bytes> Cast::join_by_commit(std::string_view name) {
  DMLS_TRY(auto client, newcomer(name));
  DMLS_TRY(const Bytes info,
           players_.front().group->group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed));
  DMLS_TRY(auto entry, client.join_by_commit(info));
  Bytes message = to_bytes(entry.message());
  DMLS_CHECK(follow(players_.size(), message));
  DMLS_TRY(auto entered, client.enter(std::move(entry)));
  players_.push_back(
      {std::make_unique<group::Client>(std::move(client)), std::make_unique<group::Group>(std::move(entered))});
  return message;
}

}  // namespace dmls::vectors
