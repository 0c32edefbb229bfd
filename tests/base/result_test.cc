#include <dmls/base/result.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dmls {
namespace {

constexpr Errc kSome{0x0042};

Result<int> half(int n) {
  if (n % 2 != 0) return fail(kSome, "odd numbers have no half");
  return n / 2;
}

Result<int> quarter(int n) {
  DMLS_TRY(const int h, half(n));
  return half(h);
}

Result<void> check_quarter(int n) {
  DMLS_CHECK(quarter(n));
  return {};
}

TEST(Result, HoldsAValue) {
  const Result<int> r = 7;
  ASSERT_TRUE(r);
  EXPECT_TRUE(r.has_value());
  EXPECT_EQ(*r, 7);
}

TEST(Result, HoldsAnErrorWithItsRule) {
  const Result<int> r = half(3);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, kSome);
  EXPECT_STREQ(r.error().rule, "odd numbers have no half");
}

TEST(Result, CarriesTheFirstErrorOutOfNestedCalls) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().code, kSome);
  EXPECT_EQ(quarter(7).error().code, kSome);
}

TEST(Result, OfVoidIsAValueByDefault) {
  EXPECT_TRUE(check_quarter(4));
  EXPECT_EQ(check_quarter(6).error().code, kSome);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> r = std::make_unique<int>(5);
  const Result<std::unique_ptr<int>> moved = std::move(r);
  EXPECT_EQ(**moved, 5);
  Result<std::unique_ptr<int>> other = fail(kSome, "");
  other = Result<std::unique_ptr<int>>(std::make_unique<int>(6));
  const std::unique_ptr<int> taken = *std::move(other);
  EXPECT_EQ(*taken, 6);
}

TEST(Result, CopiesWhatCanBeCopied) {
  const Result<std::string> r = std::string("a string that does not fit into a small buffer");
  const Result<std::string> copy = r;
  EXPECT_EQ(*copy, *r);
  const Result<std::string> wrong = fail(kSome, "");
  EXPECT_FALSE(Result<std::string>(wrong));
}

TEST(Result, ReleasesWhatItHeldWhenAssigned) {
  const auto counted = std::make_shared<int>(1);
  {
    Result<std::shared_ptr<int>> r = counted;
    EXPECT_EQ(counted.use_count(), 2);
    r = fail(kSome, "");
    EXPECT_EQ(counted.use_count(), 1);
    r = counted;
    r = counted;
    EXPECT_EQ(counted.use_count(), 2);
    EXPECT_EQ(**r, 1);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Result, ConvertsFromWhatItsValueConvertsFrom) {
  const auto make = []() -> Result<std::string> { return "text"; };
  EXPECT_EQ(*make(), "text");
}

TEST(ResultDeathTest, StopsTheProgramWhenTheOtherSideIsRead) {
  EXPECT_DEATH((void)*half(3), "a Result was dereferenced that holds an error");
  EXPECT_DEATH((void)half(2).error(), "called on a value");
}

}  // namespace
}  // namespace dmls
