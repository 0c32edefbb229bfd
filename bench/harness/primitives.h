#pragma once
// What the primitives of a suite cost, and the least that an operation made of them can cost.

#include <dmls/base/random.h>
#include <dmls/crypto/aead.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto_testing/counting_provider.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "measure.h"

namespace dmls::bench {

// Primitives calls each public-key primitive on messages of `octets`, without anything around it; from any thread.
class Primitives {
 public:
  explicit Primitives(crypto::CipherSuiteId id, std::size_t octets = 300)
      : suite_(*crypto::CipherSuite::find(id)),
        signer_(suite_, *crypto::generate_signature_key_pair(suite_, random_)),
        pair_(*crypto::generate_hpke_key_pair(suite_, random_)),
        message_(octets, 7),
        signature_(*signer_.sign(message_)),
        public_size_(crypto::kem_sizes(suite_.kem()).public_key),
        shared_size_(crypto::kem_sizes(suite_.kem()).dh) {}

  void sign() { benchmark::DoNotOptimize(signer_.sign(message_)); }
  void verify() {
    benchmark::DoNotOptimize(
        suite_.provider().verify(suite_.signature(), signer_.public_key().octets, message_, signature_));
  }
  void base() {
    std::array<std::uint8_t, kLongest> out;
    benchmark::DoNotOptimize(
        suite_.provider().kem_public_key(suite_.kem(), pair_.private_key.expose(), std::span(out).first(public_size_)));
  }
  void dh() {
    std::array<std::uint8_t, kLongest> out;
    benchmark::DoNotOptimize(suite_.provider().dh(suite_.kem(), pair_.private_key.expose(), pair_.public_key.octets,
                                                  std::span(out).first(shared_size_)));
  }
  // Seals the message and another one of the size of sender data.
  void two_seals() {
    seal(message_);
    seal(BytesView(message_).first(std::min<std::size_t>(message_.size(), 12)));
  }

 private:
  void seal(BytesView plaintext) {
    static const Bytes key(32, 1), nonce(12, 2), aad(40, 3);
    benchmark::DoNotOptimize(crypto::aead_seal(suite_, BytesView(key).first(suite_.key_length()),
                                               BytesView(nonce).first(suite_.nonce_length()), aad, plaintext));
  }

  SystemRandom random_;
  crypto::CipherSuite suite_;
  crypto::KeyPairSigner signer_;
  crypto::HpkeKeyPair pair_;
  Bytes message_, signature_;
  static constexpr std::size_t kLongest = 133;  // an uncompressed point of P-521
  std::size_t public_size_, shared_size_;
};

// Microseconds of one call each.
struct PrimitiveTimes {
  double sign, verify, base, dh;
  // The sum of an operation's public-key primitives.
  [[nodiscard]] double of(const crypto_testing::PrimitiveCounts& n) const {
    return static_cast<double>(n.sign) * sign + static_cast<double>(n.verify) * verify +
           static_cast<double>(n.base) * base + static_cast<double>(n.dh) * dh;
  }
};

// Measures an operation and, in turns with it, the primitives that it is made of.
struct Measured {
  double microseconds;
  PrimitiveTimes primitives;
};
inline Measured measure(const Candidate& operation, Primitives& p, int rounds,
                        double (*clock)() = thread_microseconds) {
  constexpr int kCalls = 8;
  const auto calls = [](auto&& one) {
    return Candidate([one] {
      for (int i = 0; i < kCalls; ++i) one();
    });
  };
  const auto t = take_turns({operation, calls([&p] { p.sign(); }), calls([&p] { p.verify(); }),
                             calls([&p] { p.base(); }), calls([&p] { p.dh(); })},
                            rounds, clock);
  return {t[0], {t[1] / kCalls, t[2] / kCalls, t[3] / kCalls, t[4] / kCalls}};
}

}  // namespace dmls::bench
