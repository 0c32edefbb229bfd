#pragma once
#include <dmls/base/executor.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace dmls::bench {

// Threads is an executor with `count` threads, the caller's included. They live as long as one run().
class Threads final : public Executor {
 public:
  explicit Threads(unsigned count) : count_(count) {}
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i; (i = next.fetch_add(1)) < count;) task(i);
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < std::min<std::size_t>(count_, count); ++i) helpers.emplace_back(work);
    work();
    for (auto& helper : helpers) helper.join();
  }

 private:
  unsigned count_;
};

}  // namespace dmls::bench
