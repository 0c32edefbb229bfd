#pragma once
// The PPRF as a table of nodes, written down from the draft: slow, obvious, and sharing nothing with the real one but
// ExpandWithLabel.

#include <dmls/base/random.h>
#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <dmls/pprf/pprf.h>
#include <dmls/pprf/saved_state.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace dmls::test {

inline crypto::CipherSuite pprf_suite(std::size_t nh = 32) {
  using enum crypto::CipherSuiteId;
  const auto id = nh == 32   ? MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519
                  : nh == 48 ? MLS_256_DHKEMP384_AES256GCM_SHA384_P384
                             : MLS_256_DHKEMP521_AES256GCM_SHA512_P521;
  return *crypto::CipherSuite::find(id);
}

inline pprf::Seed seed_of(BytesView octets) { return pprf::Seed(SecretBytes(octets)); }

inline Bytes secret_octets(const SecretBytes& s) { return to_bytes(s.expose()); }

// Bits of an input as '0' and '1'.
inline std::string bits_of(BytesView input) {
  std::string bits;
  for (const std::uint8_t octet : input)
    for (int i = 7; i >= 0; --i) bits += (octet >> i) & 1 ? '1' : '0';
  return bits;
}

class Model {
 public:
  Model(crypto::CipherSuite suite, BytesView seed, pprf::Parameters parameters)
      : suite_(suite), parameters_(parameters) {
    nodes_[""] = to_bytes(seed);
  }

  // The node above an input, if there is one.
  [[nodiscard]] std::optional<std::string> above(BytesView input) const {
    const std::string bits = bits_of(input);
    for (std::size_t depth = 0; depth <= bits.size(); ++depth)
      if (nodes_.contains(bits.substr(0, depth))) return bits.substr(0, depth);
    return std::nullopt;
  }

  // The output, and the state without it.
  std::optional<Bytes> puncture(BytesView input) {
    const auto start = above(input);
    if (!start) return std::nullopt;
    const std::string bits = bits_of(input);
    Bytes secret = nodes_[*start];
    nodes_.erase(*start);
    for (std::size_t depth = start->size(); depth < bits.size(); ++depth) {
      const char turn = bits[depth], other = turn == '0' ? '1' : '0';
      if (depth < parameters_.kept_depth) nodes_[bits.substr(0, depth) + other] = child(secret, other);
      secret = child(secret, turn);
    }
    return output(secret);
  }

  // A state that knows what this one and `other` know.
  void intersect(const Model& other) {
    std::map<std::string, Bytes> common;
    const auto covered = [](const std::map<std::string, Bytes>& nodes, const std::string& node) {
      for (std::size_t n = 0; n <= node.size(); ++n)
        if (nodes.contains(node.substr(0, n))) return true;
      return false;
    };
    for (const auto& [node, secret] : nodes_)
      if (covered(other.nodes_, node)) common[node] = secret;
    for (const auto& [node, secret] : other.nodes_)
      if (covered(nodes_, node)) common[node] = secret;
    nodes_ = std::move(common);
  }

  [[nodiscard]] Bytes output(const Bytes& leaf) const {
    if (parameters_.finisher == pprf::Finisher::none) return leaf;
    return secret_octets(crypto::derive_secret(suite_, leaf, "pprf"));
  }
  [[nodiscard]] Bytes child(const Bytes& secret, char turn) const {
    return secret_octets(crypto::expand_with_label(suite_, secret, "tree", as_bytes(turn == '0' ? "left" : "right"),
                                                   suite_.hash_length()));
  }

  // Nodes in the form of frontier_hash: bit strings sort as the tree stands, from left to right.
  [[nodiscard]] Bytes encoded_nodes() const {
    Bytes out;
    for (const auto& [bits, secret] : nodes_) {
      out.push_back(static_cast<std::uint8_t>(bits.size() >> 8));
      out.push_back(static_cast<std::uint8_t>(bits.size()));
      for (std::size_t i = 0; i < bits.size(); i += 8) {
        unsigned octet = 0;
        for (std::size_t j = i; j < i + 8; ++j) octet = octet * 2 + (j < bits.size() && bits[j] == '1');
        out.push_back(static_cast<std::uint8_t>(octet));
      }
      out.insert(out.end(), secret.begin(), secret.end());
    }
    return out;
  }
  [[nodiscard]] const std::map<std::string, Bytes>& nodes() const { return nodes_; }

 private:
  crypto::CipherSuite suite_;
  pprf::Parameters parameters_;
  std::map<std::string, Bytes> nodes_;
};

constexpr std::size_t kExportHeader = 13;

// The nodes of a PPRF, as its export lists them.
inline Bytes nodes_in(const pprf::Pprf& p) {
  const SecretBytes state = p.export_state();
  return to_bytes(state.expose().subspan(kExportHeader));
}

// Inputs that crowd together: edges, neighbours of earlier ones, and such that share a random number of leading bits.
class Inputs {
 public:
  Inputs(std::size_t octets, std::uint64_t seed) : octets_(octets), random_(seed) {}

  std::size_t below(std::size_t n) {
    std::array<std::uint8_t, 4> b;
    (void)random_.fill(b);
    return (std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3]) % n;
  }
  Bytes octets(std::size_t n) { return *random_.bytes(n); }

  Bytes next() {
    Bytes input = *random_.bytes(octets_);
    const std::size_t kind = below(8);
    if (kind == 0) input.assign(octets_, below(2) == 0 ? 0x00 : 0xff);
    if (kind >= 3 && !used_.empty()) {
      // Shares `keep` bits with an earlier one and differs in the next; all of them: that one again.
      const Bytes& old = used_[below(used_.size())];
      const std::size_t bits = 8 * octets_, keep = kind == 7 ? bits - below(3) : below(bits + 1);
      for (std::size_t i = 0; i <= keep && i < bits; ++i) {
        const unsigned bit = 0x80u >> (i % 8), want = (old[i / 8] & bit) ^ (i == keep ? bit : 0u);
        input[i / 8] = static_cast<std::uint8_t>((input[i / 8] & ~bit) | want);
      }
    }
    used_.push_back(input);
    return input;
  }

 private:
  std::size_t octets_;
  SeededRandom random_;
  std::vector<Bytes> used_;
};

}  // namespace dmls::test
