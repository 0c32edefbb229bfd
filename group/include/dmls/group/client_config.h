#pragma once
#include <dmls/base/executor.h>
#include <dmls/base/random.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto/suite.h>
#include <dmls/group/clock.h>
#include <dmls/group/custom_proposal_rules.h>
#include <dmls/group/padding.h>
#include <dmls/group/policy.h>
#include <dmls/group/psk_source.h>
#include <dmls/keyschedule/secret_tree.h>
#include <dmls/storage/store.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/credential.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace dmls::group {

// Who somebody is: a credential, and the private key that it vouches for.
struct SigningIdentity {
  treekem::Credential credential;                // what the leaf presents
  std::shared_ptr<const crypto::Signer> signer;  // never nullptr; its public key is the leaf's signature_key
};

// How much a group remembers for messages that come late or early.
struct MessageWindow {
  std::size_t past_epochs = 2;               // how many left epochs' application messages are still read
  std::size_t resumption_psks = 16;          // of how many left epochs, RFC 9420 §8.6
  std::size_t ahead_messages = 1000;         // messages of epochs to come that are kept
  std::size_t ahead_octets = 1024 * 1024;    // and their size in all
  keyschedule::RatchetLimits ratchets = {};  // within an epoch
};

// Who a client is, and what it relies on. A client and all its groups share it; a group has a copy of its own once it
// took another identity (CommitRequest::identity). `policy` has no default on purpose. What is shared is used from the
// threads that use the client and its groups: an application that has several gives each client its own Random, or a
// thread-safe one (SystemRandom is).
struct ClientConfig {
  crypto::CipherSuite suite;                     // of all its key packages and groups
  treekem::Credential credential;                // what its key packages and leaves present
  std::shared_ptr<const crypto::Signer> signer;  // holds the private key that `credential` vouches for
  std::shared_ptr<const Policy> policy;          // required
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();  // required; judges and dates lifetimes
  std::shared_ptr<Random> random = std::make_shared<SystemRandom>();     // required; for keys, ids and nonces
  // Asked for what was not given to Client::add_psk().
  std::shared_ptr<const PskSource> psks = {};
  // Without them, such proposals change nothing.
  std::shared_ptr<const CustomProposalRules> custom_proposals = {};
  // Of PrivateMessages; required.
  std::shared_ptr<const Padding> padding = std::make_shared<NoPadding>();
  // Spreads seals, signature checks and hashing; same results without.
  std::shared_ptr<Executor> executor = {};
  treekem::Capabilities capabilities = treekem::default_capabilities();  // without GREASE values, see `grease`
  MessageWindow window = {};                                             // of each group
  // Where the client and its groups survive; without one they live in memory only. One store for each client. Whatever
  // changes them is written, in one piece, before the function that does it returns: an error of the store means that
  // it did not happen. Private signature keys are not among it.
  std::shared_ptr<storage::Store> store = {};
  // Besides `signer`: those of the identities that stored groups, Updates of our own that wait, or key packages that
  // were published and not used, may have.
  std::vector<std::shared_ptr<const crypto::Signer>> other_signers = {};
  std::uint64_t key_package_lifetime = 90 * 24 * 3600;  // seconds
  // Whether key packages and own leaves carry random values that others must ignore, RFC 9420 §13.5. Turn it off only
  // for the sake of implementations that do not: OpenMLS up to 0.9.2 refuses such extensions.
  bool grease = true;
};

}  // namespace dmls::group
