// A delivery service that follows the groups it serves: it orders commits, refuses what is stale or not valid before it
// reaches anybody, and lets people in by external commit. It holds no secrets and reads no application message.
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/group/mls_message.h>
#include <dmls/group/observer.h>

#include <cstdio>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

using namespace dmls;

// [service]
class DeliveryService {
 public:
  // `group_info`: an MLSMessage from the group's founder, with the ratchet tree inside.
  static Result<DeliveryService> open(BytesView group_info) {
    group::ObserverConfig config{.policy = std::make_shared<group::AcceptEverything>()};  // yours: who may do what
    DMLS_TRY(auto observer, group::Observer::create(std::move(config), group_info));
    return DeliveryService(std::move(observer));
  }

  // Takes a message for the group. An error goes back to whoever sent it, and to nobody else.
  Result<void> submit(const Bytes& message) {
    DMLS_TRY(auto event, observer_.process(message));
    if (auto* commit = std::get_if<group::ObservedCommit>(&event)) {
      const auto& changes = commit->changes();
      std::printf("service: epoch %llu begins%s\n", (unsigned long long)changes.epoch,
                  changes.origin == group::CommitOrigin::joiner ? ", somebody joins" : "");
      DMLS_CHECK(observer_.merge(std::move(*commit)));
    } else if (std::holds_alternative<group::Waiting>(event)) {
      return fail(group::errc::kUnknownProposal, "send the proposals first");
    } else if (const auto* encrypted = std::get_if<group::EncryptedMessage>(&event)) {
      if (encrypted->content_type == group::ContentType::commit)
        return fail(group::errc::kInvalidMessage, "this service takes commits as PublicMessages only");
    } else if (const auto* skipped = std::get_if<group::Skipped>(&event)) {
      // Members may still read late application messages. Of late commits, another one was first.
      if (*skipped != group::Skipped::too_old) return {};
      if (!is_application(message)) return fail(group::errc::kWrongEpoch, "another commit was first");
    }
    queue_.push_back(message);
    return {};
  }

  // After each commit a member offers a GroupInfo, without which nobody can join from outside.
  Result<void> offer(BytesView group_info) { return observer_.offer_group_info(group_info); }
  [[nodiscard]] const Bytes& group_info() const { return observer_.group_info(); }
  [[nodiscard]] Bytes ratchet_tree() const { return observer_.ratchet_tree(); }

  // Everything that was taken, in one order for all; a client remembers how far it has read.
  [[nodiscard]] const std::vector<Bytes>& queue() const { return queue_; }

 private:
  static bool is_application(const Bytes& message) {
    const auto decoded = tls_codec::decode<group::MlsMessage>(message);
    const auto* encrypted = decoded ? std::get_if<group::PrivateMessage>(&decoded->body) : nullptr;
    return encrypted != nullptr && encrypted->content_type == group::ContentType::application;
  }

  explicit DeliveryService(group::Observer observer) : observer_(std::move(observer)) {}
  group::Observer observer_;
  std::vector<Bytes> queue_;
};
// [/service]

namespace {

struct Member {
  group::Client client;
  group::Group group;
  std::size_t cursor;

  Result<void> catch_up(const DeliveryService& service) {
    while (cursor < service.queue().size()) {
      DMLS_TRY(auto event, group.process(service.queue()[cursor++]));
      if (auto* commit = std::get_if<group::Transition>(&event)) DMLS_CHECK(group.merge(std::move(*commit)));
      if (const auto* text = std::get_if<group::ApplicationMessage>(&event))
        std::printf("member %u reads \"%.*s\"\n", group.own_leaf().value(), int(text->data.size()),
                    reinterpret_cast<const char*>(text->data.data()));
    }
    return {};
  }
};

group::CommitRequest in_public() { return group::CommitRequest().handshake(group::HandshakeFormat::public_message); }

Result<void> run() {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  const auto policy = std::make_shared<group::AcceptEverything>();
  DMLS_TRY(auto alice_client, group::Client::create(suite, "alice", policy));
  DMLS_TRY(auto bob_client, group::Client::create(suite, "bob", policy));

  // Alice founds the group, and registers it. Bob joins from outside, by what the service offers.
  DMLS_TRY(auto founded, alice_client.create_group());
  DMLS_TRY(const Bytes first_info, founded.group_info(group::TreeDelivery::inside, group::ExternalJoins::allowed));
  DMLS_TRY(auto service, DeliveryService::open(first_info));
  Member alice{std::move(alice_client), std::move(founded), 0};
  DMLS_CHECK(service.offer(first_info));

  DMLS_TRY(auto entry, bob_client.join_by_commit(service.group_info(), {}, service.ratchet_tree()));
  DMLS_CHECK(service.submit(entry.message()));
  DMLS_TRY(auto entered, bob_client.enter(std::move(entry)));
  Member bob{std::move(bob_client), std::move(entered), service.queue().size()};
  DMLS_CHECK(alice.catch_up(service));

  // Both commit at once: the first one counts, the other hears so and has changed nothing.
  DMLS_TRY(const auto mine, alice.group.commit(in_public()));
  DMLS_TRY(const auto other, bob.group.commit(in_public()));
  DMLS_CHECK(service.submit(mine.message()));
  const auto late = service.submit(other.message());
  if (late || late.error().code != group::errc::kWrongEpoch)
    return fail(errc::kMisuse, "a commit on an epoch that was left should have been refused");
  std::printf("service refuses the second commit: %s\n", late.error().rule);

  DMLS_CHECK(bob.catch_up(service));
  DMLS_TRY(const Bytes text, bob.group.protect(as_bytes("after you")));
  DMLS_CHECK(service.submit(text));
  DMLS_CHECK(alice.catch_up(service));
  return alice.group.epoch_authenticator() == bob.group.epoch_authenticator()
             ? Result<void>()
             : fail(errc::kMisuse, "the members disagree");
}

}  // namespace

int main() {
  const auto result = run();
  if (!result) std::fprintf(stderr, "refused: %s\n", result.error().rule);
  return result ? 0 : 1;
}
