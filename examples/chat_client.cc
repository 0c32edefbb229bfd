// What a chat client does with a delivery service: several own commits at a time, one of which wins; late, early and
// repeated messages; a commit whose proposal is still on its way; a policy by which only administrators remove.

#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace dmls;

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "refused: %s\n", result.error().rule);
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// [policy]
// Basic credentials that a directory knows; whoever proposes a removal has to be an administrator.
class Company final : public group::Policy {
 public:
  Result<void> validate(const treekem::CredentialView& credential, BytesView) const override {
    if (credential.credential_type == treekem::CredentialType::basic && !credential.body.empty()) return {};
    return fail(group::errc::kRefusedByPolicy, "the directory does not know this identity");
  }
  Result<void> valid_successor(const treekem::CredentialView& before,
                               const treekem::CredentialView& after) const override {
    if (before == after) return {};
    return fail(group::errc::kRefusedByPolicy, "nobody becomes somebody else");
  }
  Result<void> accept(const group::PublicEpoch& before, const group::Changes& changes) const override {
    for (const auto& removal : changes.removed) {
      if (!is_administrator(before, removal.proposer))
        return fail(group::errc::kRefusedByPolicy, "only administrators remove");
    }
    return {};
  }

 private:
  static bool is_administrator(const group::PublicEpoch& epoch, const group::Sender& sender) {
    const auto* member = std::get_if<group::MemberSender>(&sender);
    const auto leaf = member != nullptr ? epoch.tree.leaf(group::LeafIndex(member->leaf_index)) : std::nullopt;
    if (!leaf) return false;
    const auto name = leaf->view().credential.body;
    return std::string(name.begin(), name.end()).starts_with("admin ");
  }
};
// [/policy]

class ChatClient {
 public:
  ChatClient(const crypto::CipherSuite& suite, std::string_view name)
      : client_(must(group::Client::create(suite, name, std::make_shared<Company>()))) {}
  group::Client& client() { return client_; }
  group::Group& group() { return *group_; }
  void enter(group::Transition entry) { group_ = must(client_.enter(std::move(entry))); }
  void start() { group_ = must(client_.create_group()); }
  [[nodiscard]] const std::vector<std::string>& heard() const { return heard_; }

  // [receive]
  // Everything that the delivery service hands over, in its order.
  void receive(const Bytes& message) {
    auto event = group_->process(message);
    if (!event) {
      std::printf("refused: %s\n", event.error().rule);  // not genuine, not valid, or not allowed: nothing has changed
      return;
    }
    handle(*std::move(event));
  }

  void handle(group::Event event) {
    if (auto* text = std::get_if<group::ApplicationMessage>(&event)) {
      heard_.emplace_back(text->data.begin(), text->data.end());  // text->sender said it, in text->epoch
    } else if (auto* step = std::get_if<group::Transition>(&event)) {
      // Somebody's commit, or an own one that the delivery service has chosen among several.
      must(group_->merge(std::move(*step)));
      for (const Bytes& early : group_->take_due()) receive(early);
    } else if (auto* commit = std::get_if<group::WaitingCommit>(&event)) {
      waiting_.push_back(std::move(*commit));  // ask for what commit->missing() lists
    } else if (std::holds_alternative<group::ReceivedProposal>(event)) {
      for (auto& waiting : std::exchange(waiting_, {})) handle(must(group_->resume(std::move(waiting))));
    }
    // group::Skipped: an echo, a duplicate, too late, or kept for later. Nothing to do.
  }
  // [/receive]

 private:
  group::Client client_;
  std::optional<group::Group> group_;
  std::vector<group::WaitingCommit> waiting_;
  std::vector<std::string> heard_;
};

int main() {
  const auto suite = must(crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  ChatClient alice(suite, "admin alice"), bob(suite, "bob"), carol(suite, "carol");

  alice.start();
  const auto add = must(alice.group().commit(
      group::CommitRequest().add(must(bob.client().new_key_package())).add(must(carol.client().new_key_package()))));
  alice.receive(add.message());
  for (ChatClient* invited : {&bob, &carol}) invited->enter(must(invited->client().join(add.welcome())));

  // [race]
  // Both commit in the same epoch. The delivery service takes Bob's; Alice's candidate is stale from then on.
  const auto candidate = must(alice.group().commit({}));
  const Bytes accepted = must(bob.group().commit({})).message();
  for (ChatClient* member : {&alice, &bob, &carol}) member->receive(accepted);
  // [/race]

  // A message overtakes the commit that begins its epoch; a proposal comes after the commit that names it.
  const auto proposal = must(bob.group().propose_update());
  alice.receive(proposal.message);
  const Bytes commit = must(alice.group().commit({})).message();
  for (ChatClient* member : {&alice, &bob}) member->receive(commit);
  const Bytes early = must(alice.group().protect(as_bytes("early")));
  carol.receive(early);
  carol.receive(commit);
  carol.receive(proposal.message);
  carol.receive(early);  // once more: skipped

  // Bob is no administrator: nobody follows him, whoever commits it.
  const auto refused = bob.group().commit(group::CommitRequest().remove(carol.group().own_leaf()));
  const bool agree = alice.group().epoch_authenticator() == carol.group().epoch_authenticator() &&
                     alice.group().epoch_authenticator() == bob.group().epoch_authenticator();
  std::printf("%zu heard by Carol, epoch %llu, authenticators %s, removal by Bob: %s\n", carol.heard().size(),
              (unsigned long long)(alice.group().epoch()), agree ? "equal" : "DIFFERENT",
              refused ? "accepted" : refused.error().rule);
  return agree && !refused && carol.heard() == std::vector<std::string>{"early"} ? 0 : 1;
}
