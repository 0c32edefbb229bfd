// HMAC with its key set up once, and the Expander that is built on it.

#include <gtest/gtest.h>

#include "crypto/kernel_support.h"
#include "support/vectors.h"

namespace dmls::test {
namespace {

TEST(KernelHmac, AgreesWithTheProviderForAllMessageLengthsAndSplits) {
  SeededRandom random(1);
  for (const HashId hash : kHashes) {
    const auto& provider = crypto::default_provider();
    const std::size_t nh = crypto::hash_length(hash);
    const Bytes key = *random.bytes(nh), message = *random.bytes(400);
    for (const auto* kdf : kernels_of(hash)) {
      crypto::HmacKey prepared;
      kdf->set_key(key, prepared);
      for (std::size_t length = 0; length <= message.size(); ++length) {
        const auto whole = BytesView(message).first(length);
        const std::size_t cut = length / 3;
        const std::array<BytesView, 4> parts{whole.first(cut), BytesView(), whole.subspan(cut, length - 2 * cut),
                                             whole.last(cut)};
        Bytes expected(nh), got(nh);
        provider.hmac(hash, key, crypto::Parts(&whole, 1), expected);
        kdf->hmac(prepared, parts, got);
        ASSERT_EQ(got, expected) << kdf->name() << ", " << length << " octets";
      }
    }
  }
}

TEST(KernelHmac, AgreesWithTheProviderForKeysOfAllLengths) {
  SeededRandom random(2);
  const Bytes octets = *random.bytes(300);
  const BytesView message = as_bytes("message");
  for (const HashId hash : kHashes) {
    const std::size_t nh = crypto::hash_length(hash);
    for (const auto* kdf : kernels_of(hash)) {
      for (std::size_t length = 0; length <= octets.size(); ++length) {
        const auto key = BytesView(octets).first(length);
        Bytes expected(nh), got(nh);
        crypto::default_provider().hmac(hash, key, crypto::Parts(&message, 1), expected);
        crypto::HmacKey prepared;
        kdf->set_key(key, prepared);
        kdf->hmac(prepared, crypto::Parts(&message, 1), got);
        ASSERT_EQ(got, expected) << kdf->name() << ", key of " << length << " octets";
      }
    }
  }
}

TEST(Expander, EqualsTheSeparateFunctionsWithAndWithoutKernels) {
  SeededRandom random(3);
  for (const HashId hash : kHashes) {
    for (const auto name : crypto::kKernelNames) {
      if (!crypto::use_tree_kdf_for_testing(hash, name)) continue;
      const auto suite = suite_with(hash);
      for (const std::size_t size : {0u, 16u, 32u, 64u, 200u}) {
        const Bytes secret = *random.bytes(size), context = *random.bytes(size);
        const crypto::Expander expander(suite, secret);
        for (const std::size_t length : {0u, 1u, 32u, 64u, 65u, 300u})
          EXPECT_EQ(expander.expand_with_label("label", context, length),
                    crypto::expand_with_label(suite, secret, "label", context, length))
              << name << ", " << length;
        EXPECT_EQ(expander.derive_secret("pprf"), crypto::derive_secret(suite, secret, "pprf")) << name;
        EXPECT_EQ(expander.derive_tree_secret("nonce", 0x01020304, 12),
                  crypto::derive_tree_secret(suite, secret, "nonce", 0x01020304, 12))
            << name;
      }
    }
    ASSERT_TRUE(crypto::use_tree_kdf_for_testing(hash, "auto"));
  }
}

TEST(Expander, MovesWithItsKey) {
  const auto suite = suite_with(HashId::sha256);
  const Bytes secret(32, 9);
  crypto::Expander first(suite, secret);
  const crypto::Expander second(std::move(first));
  EXPECT_EQ(second.derive_secret("x"), crypto::derive_secret(suite, secret, "x"));
}

TEST(HmacKey, IsWipedWhenMovedFrom) {
  crypto::HmacKey first;
  first.words.fill(0x5555);
  const crypto::HmacKey second(std::move(first));
  EXPECT_EQ(second.words[15], 0x5555u);
  for (const auto word : first.words) EXPECT_EQ(word, 0u);  // NOLINT(bugprone-use-after-move): that is the point
}

}  // namespace
}  // namespace dmls::test
