#pragma once
// What makes a tree: how deep it is, what happens to its leaves, and how much of a copath is kept.

#include <dmls/crypto/suite.h>

#include <cstdint>

namespace dmls::pprf {

// What turns the secret of a leaf into the output.
enum class Finisher : std::uint8_t {
  none = 0,  // the output is the secret of the leaf
  pprf = 1,  // DeriveSecret(leaf_node_secret, "pprf"); draft-kohbrok-mls-dmls, "Puncturable pseudorandom function"
};

// Parameters of one PPRF. Every member of a group uses the same `depth` and `finisher`; `kept_depth` is local.
struct Parameters {
  std::uint16_t depth = 0;             // bits of an input: a multiple of 8, 8 to 512
  Finisher finisher = Finisher::none;  // makes the output
  // Copath nodes are kept down to this depth, 1 to `depth`. Below it, whatever shares that many bits with a spent input
  // can no longer be evaluated (kNotKept): less state, and members with different bounds can be made to disagree by
  // whoever finds inputs that share so many bits (about 2^(kept_depth / 2) work). This bound is ours and in no draft.
  std::uint16_t kept_depth = 0;

  // DeriveFSSecret of draft-kohbrok-mls-dmls: the input is a leaf index of KDF.Nh octets.
  static Parameters demls(const crypto::CipherSuite& suite) {
    const auto depth = static_cast<std::uint16_t>(8 * suite.hash_length());
    return {depth, Finisher::pprf, depth};
  }
  // SafeExportSecret of draft-ietf-mls-extensions, "Exported Secrets": 2^16 leaves, one for each ComponentID.
  static constexpr Parameters safe_exporter() { return {16, Finisher::none, 16}; }
  // The same tree with a bounded copath.
  [[nodiscard]] constexpr Parameters keeping(std::uint16_t bound) const { return {depth, finisher, bound}; }

  // Octets of an input.
  [[nodiscard]] constexpr std::size_t input_length() const { return depth / 8; }
  bool operator==(const Parameters&) const = default;
};

}  // namespace dmls::pprf
