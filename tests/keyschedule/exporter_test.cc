#include <dmls/crypto/hash.h>
#include <dmls/keyschedule/exporter.h>
#include <gtest/gtest.h>

#include "support.h"

namespace dmls::keyschedule {
namespace {

TEST(Exporter, YieldsTheLengthThatWasAskedFor) {
  const auto suite = suite_1();
  const auto exporter = secret<ExporterSecret>(suite, 1);
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{32}, std::size_t{33}, std::size_t{1000}})
    EXPECT_EQ(mls_exporter(suite, exporter, "label", as_bytes("context"), length)->size(), length);
}

TEST(Exporter, GoesUpTo255HashesAndNoFurther) {
  for (const auto& suite : suites()) {
    const auto exporter = secret<ExporterSecret>(suite, 1);
    const std::size_t longest = 255 * suite.hash_length();
    EXPECT_TRUE(mls_exporter(suite, exporter, "label", {}, longest));
    for (const std::size_t length : {longest + 1, std::size_t{65535}, std::size_t{65536}, std::size_t{65536} + 32,
                                     std::size_t{1} << 32, ~std::size_t{0}}) {
      const auto exported = mls_exporter(suite, exporter, "label", {}, length);
      ASSERT_FALSE(exported) << length;
      EXPECT_EQ(exported.error().code, errc::kExportLength) << length;
    }
  }
}

TEST(Exporter, SeparatesLabelsContextsAndLengths) {
  const auto suite = suite_1();
  const auto exporter = secret<ExporterSecret>(suite, 1);
  const auto of = [&](std::string_view label, std::string_view context, std::size_t length) {
    return test::hex(mls_exporter(suite, exporter, label, as_bytes(context), length)->expose().first(32));
  };
  const std::string base = of("label", "context", 32);
  EXPECT_NE(base, of("labe", "context", 32));
  EXPECT_NE(base, of("label", "contexts", 32));
  EXPECT_NE(base, of("label", "context", 33));
}

TEST(Exporter, HashesTheContext) {
  const auto suite = suite_1();
  const auto exporter = secret<ExporterSecret>(suite, 1);
  const Bytes context(5000, 0x61);
  const SecretBytes derived = crypto::derive_secret(suite, exporter.expose(), "label");
  EXPECT_EQ(*mls_exporter(suite, exporter, "label", context, 48),
            crypto::expand_with_label(suite, derived.expose(), "exported", crypto::hash(suite, context), 48));
}

}  // namespace
}  // namespace dmls::keyschedule
