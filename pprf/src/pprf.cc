#include <dmls/crypto/kdf.h>
#include <dmls/crypto/tree_kdf.h>
#include <dmls/pprf/pprf.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "frontier.h"
#include "look.h"

namespace dmls::pprf {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Result<void> check_parameters(const Parameters& p) {
  if (p.depth == 0 || p.depth % 8 != 0 || p.depth > 8 * crypto::kMaxHashLength)
    return fail(errc::kParameters, "PPRF: the depth is a multiple of 8 up to 512");
  if (p.finisher != Finisher::none && p.finisher != Finisher::pprf)
    return fail(errc::kParameters, "PPRF: no such finisher");
  if (p.kept_depth == 0 || p.kept_depth > p.depth)
    return fail(errc::kParameters, "PPRF: copath nodes are kept down to a depth between 1 and the depth of the tree");
  return {};
}

Pprf::Pprf(crypto::CipherSuite suite, Parameters parameters) : suite_(suite), parameters_(parameters), id_(next_id()) {}

Result<Pprf> Pprf::create(crypto::CipherSuite suite, Seed seed, Parameters parameters) {
  DMLS_CHECK(check_parameters(parameters));
  // draft-kohbrok-mls-dmls, "Puncturable pseudorandom function": the secret is of length KDF.Nh.
  if (seed.size() != suite.hash_length())
    return fail(errc::kSecretLength, "draft-kohbrok-mls-dmls PPRF: the secret has KDF.Nh octets");
  Pprf pprf(suite, parameters);
  pprf.frontier_.root = std::move(seed).into_bytes();
  pprf.frontier_.nodes = 1;
  return pprf;
}

// The chain that spending a node at `depth` leaves, or null where nothing remains. Below the bound of the copath it has
// no places, but still remembers its input.
ChainPtr Pprf::chain_below(std::size_t depth, BytesView input) const {
  if (depth == parameters_.depth) return nullptr;
  const std::size_t count = depth < parameters_.kept_depth ? parameters_.kept_depth - depth : 0;
  return Chain::make(shape_of(*this), depth, count, false, input);
}

Result<Pprf::Look> Pprf::look(BytesView input) const {
  if (input.size() != parameters_.input_length())
    return fail(errc::kInputLength, "draft-kohbrok-mls-dmls PPRF: an input has as many bits as the tree is deep");
  DMLS_TRY(const Place place, find_node(frontier_, shape_of(*this), input));
  Look look;
  look.evaluation.owner_ = id_;
  look.evaluation.from_ = static_cast<std::uint16_t>(place.depth);
  look.evaluation.input_ = SecretBytes(input);
  look.evaluation.chain_ = chain_below(place.depth, input);
  look.node = place.secret;
  look.leaf = SecretBytes(suite_.hash_length());
  return look;
}

crypto::TreeWalk Pprf::Look::walk() {
  const std::size_t from = evaluation.from_;
  std::span<std::uint8_t> copath;
  if (evaluation.chain_ != nullptr) copath = evaluation.chain_->all_secrets();
  const std::size_t nh = leaf.size();
  return {.node = BytesView(node, nh),
          .path = evaluation.input_.expose(),
          .from = from,
          .to = from + copath.size() / nh,
          .copath = copath,
          .end = leaf.expose_mut()};
}

// From where the kept copath ends down to the leaf, and through the finisher.
Evaluation Pprf::finish(Look look) const {
  constexpr std::size_t kLevels = 16;
  std::array<std::uint8_t, kLevels * crypto::kMaxHashLength> unkept;
  const std::size_t nh = suite_.hash_length();
  for (std::size_t depth = look.walk().to; depth < parameters_.depth;) {
    const std::size_t next = std::min<std::size_t>(depth + kLevels, parameters_.depth);
    crypto::walk_tree(suite_, {.node = look.leaf.expose(),
                               .path = look.evaluation.input_.expose(),
                               .from = depth,
                               .to = next,
                               .copath = std::span(unkept).first((next - depth) * nh),
                               .end = look.leaf.expose_mut()});
    secure_wipe(unkept.data(), unkept.size());
    depth = next;
  }
  if (parameters_.finisher == Finisher::pprf) {
    // draft-kohbrok-mls-dmls, "Puncturable pseudorandom function": DeriveSecret(leaf_node_secret, "pprf")
    const crypto::Expander leaf(suite_, look.leaf.expose());
    look.evaluation.output_ = Output(leaf.derive_secret("pprf"));
  } else {
    look.evaluation.output_ = Output(std::move(look.leaf));
  }
  return std::move(look.evaluation);
}

Result<Evaluation> Pprf::evaluate(BytesView input) const {
  DMLS_TRY(Look found, look(input));
  crypto::walk_tree(suite_, found.walk());
  return finish(std::move(found));
}

std::vector<Result<Evaluation>> Pprf::evaluate_all(std::span<const BytesView> inputs) const {
  std::vector<Request> requests;
  requests.reserve(inputs.size());
  for (const BytesView input : inputs) requests.push_back({this, input});
  return evaluate_all(requests);
}

std::vector<Result<Evaluation>> Pprf::evaluate_all(std::span<const Request> requests) {
  std::vector<Result<Look>> looks;
  looks.reserve(requests.size());
  for (const Request& r : requests) looks.push_back(r.pprf->look(r.input));

  // One batch per suite and provider; there is one of each nearly always.
  std::vector<bool> walked(requests.size(), false);
  std::vector<crypto::TreeWalk> batch;
  batch.reserve(requests.size());
  for (std::size_t first = 0; first < requests.size(); ++first) {
    if (walked[first]) continue;
    const crypto::CipherSuite& suite = requests[first].pprf->suite_;
    batch.clear();
    for (std::size_t i = first; i < requests.size(); ++i) {
      const crypto::CipherSuite& other = requests[i].pprf->suite_;
      if (walked[i] || other.hash() != suite.hash() || &other.provider() != &suite.provider()) continue;
      walked[i] = true;
      if (looks[i]) batch.push_back(looks[i]->walk());
    }
    crypto::walk_trees(suite, batch);
  }

  std::vector<Result<Evaluation>> evaluations;
  evaluations.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (looks[i]) {
      evaluations.emplace_back(requests[i].pprf->finish(*std::move(looks[i])));
    } else {
      evaluations.emplace_back(fail(looks[i].error()));
    }
  }
  return evaluations;
}

Result<Place> Pprf::place_of(const Evaluation& evaluation) const {
  if (evaluation.owner_ != id_)
    return fail(errc::kStale, "PPRF: an evaluation can be spent only on the object that made it");
  DMLS_TRY(const Place place, find_node(frontier_, shape_of(*this), evaluation.input_.expose()));
  if (place.depth < evaluation.from_) panic("pprf: a node has come back");
  return place;
}

Result<Output> Pprf::puncture(Evaluation&& evaluation) {
  DMLS_TRY(const Place place, place_of(evaluation));
  // Everything that can fail is behind us; from here on nothing but memory could.
  ChainPtr chain = std::move(evaluation.chain_);
  if (place.depth > evaluation.from_) {
    // Others have been punctured since. Their chains hold, or have spent, the upper nodes of this one; the same
    // derivation made the lower ones.
    ChainPtr lower = chain_below(place.depth, evaluation.input_.expose());
    if (lower != nullptr && lower->places() > 0) {
      const std::size_t skipped = place.depth - evaluation.from_;
      std::memcpy(lower->secret(0), chain->secret(skipped), lower->all_secrets().size());
    }
    chain = std::move(lower);
  }
  replace_node(frontier_, place, std::move(chain));
  evaluation.owner_ = 0;
  evaluation.input_.wipe();
  return std::move(evaluation.output_);
}

}  // namespace dmls::pprf
