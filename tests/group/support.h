#pragma once
// A small cast of clients, all drawn from one seed.

#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <vector>

namespace dmls::group {

inline crypto::CipherSuite suite1() {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
}

struct Cast {
  std::shared_ptr<Random> random = std::make_shared<SeededRandom>(3);
  std::shared_ptr<ExternalPsks> psks = std::make_shared<ExternalPsks>();

  Client client(std::string_view name) {
    auto pair = *crypto::generate_signature_key_pair(suite1(), *random);
    ClientConfig config{suite1(), treekem::BasicCredential{to_bytes(as_bytes(name))},
                        std::make_shared<crypto::KeyPairSigner>(suite1(), std::move(pair)),
                        std::make_shared<AcceptEverything>()};
    config.random = random;
    config.psks = psks;
    return *Client::create(std::move(config));
  }
};

// `members[0]` commits, the others follow, and all agree afterwards. Those who are removed are left out by the caller.
inline void commit_and_follow(std::vector<Group*> members, const CommitRequest& request, Bytes* welcome = nullptr) {
  auto own = members[0]->commit(request);
  ASSERT_TRUE(own) << own.error().rule;
  for (std::size_t i = 1; i < members.size(); ++i) {
    auto event = members[i]->process(own->message());
    ASSERT_TRUE(event) << event.error().rule;
    auto* staged = std::get_if<StagedCommit>(&*event);
    ASSERT_NE(staged, nullptr);
    ASSERT_TRUE(members[i]->merge(std::move(*staged)));
  }
  if (welcome != nullptr) *welcome = own->welcome();
  ASSERT_TRUE(members[0]->merge(*std::move(own)));
  for (Group* member : members) EXPECT_TRUE(member->epoch_authenticator() == members[0]->epoch_authenticator());
}

// `message` reaches everybody as a proposal.
inline void propose_to(std::vector<Group*> members, const Bytes& message) {
  for (Group* member : members) {
    auto event = member->process(message);
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_TRUE(std::holds_alternative<ReceivedProposal>(*event));
  }
}

}  // namespace dmls::group
