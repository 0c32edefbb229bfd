#pragma once
// Work that may be spread over threads, if the embedder wants that.

#include <cstddef>
#include <functional>

namespace dmls {

// Executor runs independent tasks. The library never starts threads of its own; an embedder that has some may lend
// them through this interface. Results never depend on how many there are.
class Executor {
 public:
  virtual ~Executor() = default;
  // Calls task(0) ... task(count - 1), in any order and possibly at the same time, and returns when all are done.
  // Tasks do not throw and do not call run() again.
  virtual void run(std::size_t count, const std::function<void(std::size_t)>& task) = 0;
};

// InlineExecutor runs every task in the calling thread, in order.
class InlineExecutor final : public Executor {
 public:
  // Returns when the last task has.
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    for (std::size_t i = 0; i < count; ++i) task(i);
  }
};

// Runs the tasks on `executor`, or in the calling thread if there is none.
inline void run_tasks(Executor* executor, std::size_t count, const std::function<void(std::size_t)>& task) {
  InlineExecutor here;
  (executor != nullptr ? *executor : here).run(count, task);
}

}  // namespace dmls
