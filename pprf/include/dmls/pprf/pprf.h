#pragma once
// The puncturable PRF of draft-kohbrok-mls-dmls: looking is free, spending is final.
//
//   auto e = pprf.evaluate(input);             // const: nothing changes; e->output() may be used to try a commit
//   auto out = pprf.puncture(std::move(*e));   // from now on nobody can derive that output from this state
//
// The state is the frontier: the nodes from which every input that is not spent can still be derived, and no other.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/pprf/error.h>
#include <dmls/pprf/parameters.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace dmls::pprf {

// The secret of the root, Nh octets.
using Seed = Secret<struct SeedRole>;
// The value of the PPRF for one input, Nh octets.
using Output = Secret<struct OutputRole>;

class Chain;   // the nodes that one puncture adds
struct Place;  // where a node is held
// Chain is complete in pprf/src only.
struct ChainDeleter {
  void operator()(Chain*) const noexcept;
};
// Null: there are no nodes.
using ChainPtr = std::unique_ptr<Chain, ChainDeleter>;

struct Delta;  // <dmls/pprf/saved_state.h>
class SavedState;

// What is held, for pprf/src only.
struct Frontier {
  SecretBytes root;               // the whole state before the first puncture, then empty
  ChainPtr top;                   // the chain in the place of the root; all others hang below
  std::size_t nodes = 0;          // that are held
  std::size_t octets = 0;         // of all chains
  std::uint32_t next_record = 1;  // the root has record 0
};

// Evaluation is the value of one input, together with the nodes that its puncture would add. It belongs to the PPRF
// that made it, stays valid while other inputs of that PPRF are punctured, and is never stored: its nodes may cover
// inputs that are punctured in the meantime. Wiped when it dies.
class Evaluation {
 public:
  Evaluation(Evaluation&&) noexcept = default;
  Evaluation& operator=(Evaluation&&) noexcept = default;

  // Lent until the evaluation is moved, spent or dies.
  [[nodiscard]] const Output& output() const { return output_; }
  // What it is the value of; empty once it was spent.
  [[nodiscard]] BytesView input() const { return input_.expose(); }

 private:
  friend class Pprf;
  Evaluation() = default;

  std::uint64_t owner_ = 0;
  std::uint16_t from_ = 0;  // depth of the node it started from
  SecretBytes input_;
  Output output_;
  ChainPtr chain_;  // null if there is nothing to keep
};

// Pprf holds one state. It moves but does not copy: a copy would still know what the original has forgotten. Const
// members may be called by several threads at once. Everything it gives up is wiped.
//
// Timing: deriving touches memory and branches independently of the secrets and of the input. Finding the node to start
// from reveals, to an observer of the cache, which stored node that is, that is about log2(k) bits of the input after k
// punctures, and nothing below it.
class Pprf {
 public:
  // kSecretLength unless `seed` has Nh octets, kParameters for an impossible tree.
  static Result<Pprf> create(crypto::CipherSuite suite, Seed seed, Parameters parameters);

  Pprf(Pprf&&) noexcept = default;
  Pprf& operator=(Pprf&&) noexcept = default;
  ~Pprf() = default;

  // The value of `input`, of parameters().input_length() octets: kInputLength for any other size, kPunctured if it was
  // spent, kNotKept if its node was given up. draft-kohbrok-mls-dmls, "Puncturable pseudorandom function"
  [[nodiscard]] Result<Evaluation> evaluate(BytesView input) const;

  // The values of several inputs, faster together than one by one: one answer for each, in the same order.
  [[nodiscard]] std::vector<Result<Evaluation>> evaluate_all(std::span<const BytesView> inputs) const;

  // One input of one PPRF.
  struct Request {
    const Pprf* pprf;  // not nullptr; lent for the call
    BytesView input;   // as for evaluate(); lent for the call
  };
  // Several inputs of several PPRFs, whose suites may differ: one answer for each, in the same order.
  [[nodiscard]] static std::vector<Result<Evaluation>> evaluate_all(std::span<const Request> requests);

  // Forgets whatever could derive the output of `evaluation`, and returns that output. Other punctures since the
  // evaluation are respected: of its nodes only those below the current frontier are added. kPunctured if its input has
  // been spent since, kStale if it belongs to another object; a failed call changes nothing, `evaluation` included.
  Result<Output> puncture(Evaluation&& evaluation);

  // Nodes that are held: 1 before the first puncture, 0 when nothing can be evaluated any more.
  [[nodiscard]] std::size_t node_count() const { return frontier_.nodes; }
  // Octets of this object and of what it has allocated, emptied places and rounding included.
  [[nodiscard]] std::size_t memory_size() const { return sizeof *this + frontier_.octets; }
  // Whose ExpandWithLabel derives the nodes.
  [[nodiscard]] const crypto::CipherSuite& suite() const { return suite_; }
  // What create() was given, or the state that was read says.
  [[nodiscard]] const Parameters& parameters() const { return parameters_; }

  // The canonical form of the state: equal states have equal exports, whatever the order of their punctures.
  //   uint16 version = 1; uint16 cipher_suite; uint16 depth; uint8 finisher; uint16 kept_depth; uint32 node_count;
  //   nodes from left to right, each: uint16 depth; ceil(depth / 8) octets of prefix, unused low bits zero; secret
  [[nodiscard]] SecretBytes export_state() const;
  // Reads what export_state() wrote for this suite, and nothing else: kMismatch for another suite, kMalformed for
  // whatever is wrong otherwise: parameters of no tree, a node above another or out of order, a missing octet or one
  // too many.
  static Result<Pprf> import_state(crypto::CipherSuite suite, BytesView exported);
  // Hash of the nodes in the same order and form.
  [[nodiscard]] Bytes frontier_hash() const;

  // The state as a set of records that a store can keep up to date with one small write per puncture:
  // <dmls/pprf/saved_state.h>.
  [[nodiscard]] SavedState save() const;
  // The PPRF of such records. kMalformed for those that do not make one state, parameters of no tree and octets that
  // are missing or left over included; kMismatch for another suite.
  static Result<Pprf> restore(crypto::CipherSuite suite, const SavedState& saved);
  // What puncture(evaluation) would change in the saved state; fails as puncture() would, and changes nothing. Make it
  // durable first, then puncture.
  [[nodiscard]] Result<Delta> delta(const Evaluation& evaluation) const;

  // What both can derive. Two copies of one state that were punctured apart become one that respects all punctures:
  // drop both copies then. kMismatch for other suites, depths or finishers; kConflict if they disagree about a secret.
  static Result<Pprf> intersect(const Pprf& a, const Pprf& b);

 private:
  struct Look;  // an evaluation on its way

  Pprf(crypto::CipherSuite suite, Parameters parameters);
  static Result<Pprf> read_export(crypto::CipherSuite suite, BytesView exported);
  static Result<Pprf> read_records(crypto::CipherSuite suite, const SavedState& saved);
  [[nodiscard]] Result<Look> look(BytesView input) const;
  [[nodiscard]] Evaluation finish(Look look) const;
  [[nodiscard]] Result<Place> place_of(const Evaluation& evaluation) const;
  [[nodiscard]] ChainPtr chain_below(std::size_t depth, BytesView input) const;

  crypto::CipherSuite suite_;
  Parameters parameters_;
  std::uint64_t id_;  // no two objects share one
  Frontier frontier_;
};

}  // namespace dmls::pprf
