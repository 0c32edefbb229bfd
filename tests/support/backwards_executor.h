#pragma once
#include <dmls/base/executor.h>

namespace dmls::test {

// Runs the last task first, and counts: what comes out must be the same.
class BackwardsExecutor final : public Executor {
 public:
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    tasks += count;
    for (std::size_t i = count; i-- > 0;) task(i);
  }
  std::size_t tasks = 0;
};

}  // namespace dmls::test
