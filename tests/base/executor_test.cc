#include <dmls/base/executor.h>
#include <gtest/gtest.h>

#include <vector>

namespace dmls {
namespace {

TEST(InlineExecutor, RunsEveryTaskOnceInOrder) {
  InlineExecutor executor;
  std::vector<std::size_t> seen;
  executor.run(4, [&seen](std::size_t i) { seen.push_back(i); });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3}));
  executor.run(0, [](std::size_t) { FAIL() << "there was nothing to run"; });
}

}  // namespace
}  // namespace dmls
