#pragma once
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/secret_tree.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "change_log.h"
#include "node_secrets.h"
#include "ratchet.h"

namespace dmls::keyschedule {

inline constexpr std::array kRatchetKinds{RatchetKind::handshake, RatchetKind::application};

// Both ratchets of a leaf start together, for both roots come from the one secret that must not survive.
struct LeafRatchets {
  LeafRatchets(const crypto::CipherSuite& suite, const crypto::Expander& leaf_secret)
      : handshake(root(suite, leaf_secret, RatchetKind::handshake)),
        application(root(suite, leaf_secret, RatchetKind::application)) {}
  LeafRatchets(Ratchet first, Ratchet second) : handshake(std::move(first)), application(std::move(second)) {}
  [[nodiscard]] LeafRatchets clone() const { return {handshake.clone(), application.clone()}; }

  // RFC 9420 §9, figure "Initialization of the Hash Ratchets from the Leaves of a Secret Tree".
  static SecretBytes root(const crypto::CipherSuite& suite, const crypto::Expander& leaf_secret, RatchetKind kind) {
    const std::string_view label = kind == RatchetKind::handshake ? "handshake" : "application";
    return leaf_secret.expand_with_label(label, {}, suite.hash_length());
  }

  Ratchet& of(RatchetKind kind) { return kind == RatchetKind::handshake ? handshake : application; }
  [[nodiscard]] const Ratchet& of(RatchetKind kind) const {
    return kind == RatchetKind::handshake ? handshake : application;
  }

  Ratchet handshake;
  Ratchet application;
};

struct SecretTree::State {
  State(const crypto::CipherSuite& the_suite, tree_math::LeafCount the_size, RatchetLimits the_limits,
        NodeSecrets the_nodes)
      : suite(the_suite), size(the_size), limits(the_limits), nodes(std::move(the_nodes)) {}

  crypto::CipherSuite suite;
  tree_math::LeafCount size;
  RatchetLimits limits;
  NodeSecrets nodes;
  std::unordered_map<std::uint32_t, LeafRatchets> leaves;  // by leaf index; those that were started
  ChangeLog log;
  std::uint64_t number = new_number();
  std::uint64_t moves = 0;  // how often the tree changed

  // What the log has noted, with present values; the log is empty then.
  [[nodiscard]] std::vector<RecordChange> take_changes();

  [[nodiscard]] const LeafRatchets* find(tree_math::LeafIndex leaf) const {
    const auto found = leaves.find(leaf.value());
    return found == leaves.end() ? nullptr : &found->second;
  }

  // The ratchets of a leaf; the first time, the secrets above them are consumed.
  LeafRatchets& start(tree_math::LeafIndex leaf) {
    const auto found = leaves.find(leaf.value());
    if (found != leaves.end()) return found->second;
    const SecretBytes secret = nodes.take(suite, leaf, log);
    for (const RatchetKind kind : kRatchetKinds) log_of(leaf, kind).ratchet();
    return leaves.try_emplace(leaf.value(), suite, crypto::Expander(suite, secret.expose())).first->second;
  }

  [[nodiscard]] RatchetLog log_of(tree_math::LeafIndex leaf, RatchetKind kind) { return {log, leaf.value(), kind}; }

  [[nodiscard]] Result<void> check(tree_math::LeafIndex leaf) const {
    if (!size.contains(leaf)) return fail(errc::kNoSuchLeaf, "RFC 9420 §6.3.2: the leaf index lies outside the tree");
    return {};
  }

  // Tells trees apart, so that a key is never spent on another tree than it came from.
  static std::uint64_t new_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }
};

}  // namespace dmls::keyschedule
