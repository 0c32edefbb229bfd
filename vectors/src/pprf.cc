// The puncturable PRF and the safe exporter: one tree with two depths and two finishers. vector-formats: `pprf`,
// `safe-exporter`. draft-kohbrok-mls-dmls, "Puncturable pseudorandom function"; draft-ietf-mls-extensions, "Exported
// Secrets"

#include <dmls/base/hex.h>
#include <dmls/pprf/pprf.h>

#include "families.h"

namespace dmls::vectors {
namespace {

using pprf::Finisher;
using pprf::Parameters;
using pprf::Pprf;

Result<Pprf> make_pprf(const crypto::CipherSuite& suite, BytesView secret, Parameters parameters) {
  return Pprf::create(suite, pprf::Seed(SecretBytes(secret)), parameters);
}

Result<pprf::Output> spend(Pprf& pprf, BytesView input) {
  DMLS_TRY(auto evaluation, pprf.evaluate(input));
  return pprf.puncture(std::move(evaluation));
}

// The same tree without a finisher yields what stands before it.
Parameters unfinished(Parameters parameters) {
  parameters.finisher = Finisher::none;
  return parameters;
}

bool refuses(const Pprf& pprf, BytesView input, Errc code) {
  const auto evaluation = pprf.evaluate(input);
  return !evaluation && evaluation.error().code == code;
}

Result<void> verify_tree(const Value& vector, const crypto::CipherSuite& suite, Parameters parameters) {
  DMLS_TRY(const Bytes secret, vector.octets("secret", suite.hash_length()));
  DMLS_TRY(const auto evaluations, vector.list("evaluations"));
  DMLS_CHECK(vector.require(evaluations.size() >= 3, "evaluations", "there are at least three"));
  DMLS_TRY(Pprf tree, make_pprf(suite, secret, parameters));
  DMLS_TRY(Pprf leaves, make_pprf(suite, secret, unfinished(parameters)));
  std::vector<Bytes> inputs;
  for (const Value& evaluation : evaluations) {
    DMLS_TRY(const Bytes input, evaluation.octets("input", parameters.input_length()));
    DMLS_TRY(const auto output, evaluation.in("input", spend(tree, input)));
    if (parameters.finisher == Finisher::none) {
      DMLS_CHECK(evaluation.require(!evaluation.has("leaf_node_secret"), "leaf_node_secret",
                                    "it is absent where the output is the leaf itself"));
    } else {
      DMLS_TRY(const auto leaf, evaluation.in("input", spend(leaves, input)));
      DMLS_CHECK(evaluation.expect("leaf_node_secret", leaf));
    }
    DMLS_CHECK(evaluation.expect("output", output));
    DMLS_CHECK(evaluation.expect("nodes_after", std::uint64_t{tree.node_count()}));
    inputs.push_back(input);
  }
  DMLS_CHECK(vector.expect("frontier_hash", tree.frontier_hash()));

  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Bytes input = inputs[i];
    DMLS_CHECK(evaluations[i].require(refuses(tree, input, pprf::errc::kPunctured), "input",
                                      "a second evaluation is refused as punctured"));
    input.push_back(0);
    const BytesView longer(input);
    for (const BytesView wrong : {longer, longer.first(longer.size() - 2)})
      DMLS_CHECK(evaluations[i].require(refuses(tree, wrong, pprf::errc::kInputLength), "input",
                                        "an octet more or less is refused for its length"));
  }
  return vector.expect("frontier_hash", tree.frontier_hash());
}

// Edges, inputs that share 1, 8 and all but one bits with the first random one, and random ones.
Result<std::vector<Bytes>> choose_inputs(Random& random, std::size_t length) {
  std::vector<Bytes> inputs{Bytes(length, 0x00), Bytes(length, 0xff)};
  DMLS_TRY(const Bytes base, random.bytes(length));
  inputs.push_back(base);
  for (const std::size_t shared : {std::size_t{1}, std::size_t{8}, 8 * length - 1}) {
    DMLS_TRY(Bytes input, random.bytes(length));
    for (std::size_t bit = 0; bit <= shared; ++bit) {
      const unsigned mask = 0x80u >> (bit % 8), flip = bit == shared ? mask : 0u;
      input[bit / 8] = static_cast<std::uint8_t>((input[bit / 8] & ~mask) | ((base[bit / 8] & mask) ^ flip));
    }
    inputs.push_back(std::move(input));
  }
  for (int i = 0; i < 6; ++i) {
    DMLS_TRY(Bytes input, random.bytes(length));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Result<Json> generate_tree(const Generation& generation, Parameters parameters) {
  const crypto::CipherSuite& suite = *generation.suite;
  DMLS_TRY(const Bytes secret, generation.random.bytes(suite.hash_length()));
  DMLS_TRY(const auto inputs, choose_inputs(generation.random, parameters.input_length()));
  DMLS_TRY(Pprf tree, make_pprf(suite, secret, parameters));
  DMLS_TRY(Pprf leaves, make_pprf(suite, secret, unfinished(parameters)));
  Json evaluations = Json::array();
  for (const Bytes& input : inputs) {
    auto output = spend(tree, input);
    if (!output) continue;  // in a tree of 2^16 leaves two random inputs may be the same
    DMLS_TRY(const auto leaf, spend(leaves, input));
    Json evaluation{{"input", to_hex(input)}, {"output", to_hex(output->expose())}, {"nodes_after", tree.node_count()}};
    if (parameters.finisher != Finisher::none) evaluation["leaf_node_secret"] = to_hex(leaf.expose());
    evaluations.push_back(std::move(evaluation));
  }
  return Json{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
              {"secret", to_hex(secret)},
              {"evaluations", std::move(evaluations)},
              {"frontier_hash", to_hex(tree.frontier_hash())}};
}

}  // namespace

Result<void> verify_pprf(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  return verify_tree(vector, suite, Parameters::demls(suite));
}

Result<Json> generate_pprf(const Generation& generation) {
  DMLS_TRY(Json one, generate_tree(generation, Parameters::demls(*generation.suite)));
  return Json::array({std::move(one)});
}

Result<void> verify_safe_exporter(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_CHECK(vector.expect("depth", std::uint64_t{Parameters::safe_exporter().depth}));
  return verify_tree(vector, suite, Parameters::safe_exporter());
}

Result<Json> generate_safe_exporter(const Generation& generation) {
  DMLS_TRY(Json one, generate_tree(generation, Parameters::safe_exporter()));
  one["depth"] = Parameters::safe_exporter().depth;
  return Json::array({std::move(one)});
}

}  // namespace dmls::vectors
