// Hashes, MACs and derivations of up to 64 octets live on the stack: the derivations of a secret tree run by the
// million.

#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <gtest/gtest.h>

#include "crypto/doubles.h"
#include "support/count_allocations.h"
#include "support/escape.h"

namespace dmls::crypto {
namespace {

using dmls::test::Allocations;

TEST(Allocation, TheCounterCounts) {
  const Allocations watch;
  const Bytes some(100);
  dmls::test::escape(some.data());
  EXPECT_GE(watch.octets(), some.size());
}

TEST(Allocation, HashIntoAllocatesNothing) {
  const Bytes data = test::counting(1000);
  const BytesView part(data);
  for (const CipherSuite& suite : test::suites()) {
    std::array<std::uint8_t, kMaxHashLength> out;
    const Allocations watch;
    hash_into(suite, Parts(&part, 1), MutableBytes(out).first(suite.hash_length()));
    EXPECT_EQ(watch.octets(), 0u);
  }
}

TEST(Allocation, VerifyMacAllocatesNothing) {
  for (const CipherSuite& suite : test::suites()) {
    const Bytes tag = mac(suite, as_bytes("key"), as_bytes("data"));
    const Allocations watch;
    EXPECT_TRUE(verify_mac(suite, as_bytes("key"), as_bytes("data"), tag));
    EXPECT_EQ(watch.octets(), 0u);
  }
}

TEST(Allocation, DerivationsOfUpToNhOctetsAllocateNothing) {
  for (const CipherSuite& suite : test::suites()) {
    const std::size_t nh = suite.hash_length();
    const Bytes secret = test::counting(nh), context = test::counting(100);
    Bytes left(nh), right(nh);
    const Expander warm_up(suite, secret);
    const Allocations watch;
    (void)extract(suite, secret, context);
    (void)expand(suite, secret, context, nh);
    (void)expand_with_label(suite, secret, "label", context, nh);
    (void)derive_secret(suite, secret, "label");
    (void)derive_tree_secret(suite, secret, "key", 1, suite.key_length());
    const Expander expander(suite, secret);
    (void)expander.derive_secret("label");
    (void)expander.derive_tree_secret("nonce", 1, suite.nonce_length());
    derive_children(suite, secret, left, right);
    EXPECT_EQ(watch.octets(), 0u);
  }
}

}  // namespace
}  // namespace dmls::crypto
