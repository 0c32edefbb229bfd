// A netsplit: two halves of a group go on without each other, then meet again, agree on one branch, and do again what
// the other one had done. DeMLS, draft-kohbrok-mls-dmls.

#include <dmls/fork/client.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace dmls;

// An application prints the rule and carries on; an example may stop.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "refused: %s\n", result.error().rule);
    std::exit(1);
  }
  return *std::move(result);
}

struct Person {
  const char* name;
  fork::Session session;
};

// What an application does with the events of a session.
void receive(Person& person, const Bytes& message) {
  for (const fork::Event& event : person.session.process(message)) {
    if (const auto* text = std::get_if<fork::ApplicationMessage>(&event)) {
      const bool here = text->epoch == person.session.head();
      std::printf("  %s reads \"%.*s\"%s\n", person.name, int(text->data.size()),
                  reinterpret_cast<const char*>(text->data.data()), here ? "" : " (from another branch)");
    }
    if (std::get_if<fork::Advanced>(&event) != nullptr) std::printf("  %s follows a commit\n", person.name);
    if (std::get_if<fork::Forked>(&event) != nullptr) std::printf("  %s sees a fork\n", person.name);
    if (std::get_if<fork::RolledBack>(&event) != nullptr)
      std::printf("  %s changes to the other branch\n", person.name);
    if (const auto* lost = std::get_if<fork::Orphaned>(&event))
      std::printf("  %s: %zu who joined on a losing branch must be added again\n", person.name, lost->members.size());
    if (const auto* again = std::get_if<fork::MustCommitAgain>(&event); again != nullptr && again->self)
      std::printf("  %s: my fresh keys were lost with a branch\n", person.name);
    if (const auto* deleted = std::get_if<fork::Deleted>(&event))
      std::printf("  %s deletes an epoch: %s\n", person.name, std::string(name_of(deleted->reason)).c_str());
  }
}

// Commits, and takes it for accepted: nobody is there to refuse it.
fork::Accepted commit(Person& sender, const group::CommitRequest& request, const std::vector<Person*>& reachable) {
  const fork::OwnCommit made = must(sender.session.commit(request));
  fork::Accepted done = must(sender.session.accept(made.commit));
  for (Person* person : reachable) receive(*person, made.message);
  return done;
}

fork::Client client(const crypto::CipherSuite& suite, const char* name) {
  SystemRandom random;
  auto keys = must(crypto::generate_signature_key_pair(suite, random));
  group::ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(name))},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(keys)),
                             std::make_shared<group::AcceptEverything>()};
  return must(fork::Client::create(std::move(config)));
}

int main() {
  const auto suite =
      must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));
  fork::Client a = client(suite, "alice"), b = client(suite, "bob"), c = client(suite, "carol"),
               d = client(suite, "dave");

  std::printf("Alice, Bob and Carol are in a group.\n");
  Person alice{"alice", must(a.create_group(as_bytes("example")))};
  const auto joined =
      commit(alice, group::CommitRequest().add(must(b.new_key_package())).add(must(c.new_key_package())), {});
  Person bob{"bob", must(b.join(joined.welcomes[0].message))};
  Person carol{"carol", must(c.join(joined.welcomes[0].message))};

  std::printf("The network splits: Alice and Bob here, Carol there. Carol adds Dave; the others renew their keys.\n");
  std::vector<Bytes> here, there;  // what the other side has missed
  const fork::OwnCommit renewed = must(alice.session.commit({}));
  must(alice.session.accept(renewed.commit));
  receive(bob, renewed.message);
  here.push_back(renewed.message);
  here.push_back(must(bob.session.protect(as_bytes("can you hear us, Carol?"))));
  receive(alice, here.back());

  const fork::OwnCommit added = must(carol.session.commit(group::CommitRequest().add(must(d.new_key_package()))));
  const auto welcome = must(carol.session.accept(added.commit));
  Person dave{"dave", must(d.join(welcome.welcomes[0].message))};
  there.push_back(added.message);

  std::printf("The network heals; each side hears what the other did.\n");
  for (const Bytes& message : there)
    for (Person* person : {&alice, &bob}) receive(*person, message);
  for (const Bytes& message : here) receive(carol, message);
  if (alice.session.head() != carol.session.head() || bob.session.head() != carol.session.head()) return 1;

  // Alice looks at what the branch that lost had changed, and does it again where all are.
  const fork::NodeId loser = alice.session.head() == renewed.node ? added.node : renewed.node;
  const auto lost = must(alice.session.lost_changes(loser));
  if (!lost.added.empty()) {
    std::printf("Dave's branch has lost: he publishes a fresh key package, and Alice adds him again.\n");
    const auto again = commit(alice, group::CommitRequest().add(must(d.new_key_package())), {&bob, &carol});
    if (!dave.session.replace_with(must(d.join(again.welcomes[0].message)))) return 1;
  } else {
    std::printf("Dave's branch has won: he is where all are.\n");
  }

  // Everybody commits once; then nobody needs the epochs of the split any more.
  std::printf("Everybody commits once.\n");
  std::vector<Person*> everybody{&alice, &bob, &carol, &dave};
  for (Person* sender : everybody) {
    std::vector<Person*> others;
    for (Person* person : everybody)
      if (person != sender) others.push_back(person);
    commit(*sender, {}, others);
  }
  const auto* authenticator = must(alice.session.epoch_authenticator(alice.session.head()));
  for (Person* person : everybody)
    if (!(*must(person->session.epoch_authenticator(person->session.head())) == *authenticator)) return 1;
  std::printf("All four agree.\n");
  return 0;
}
