#pragma once
#include <atomic>
#include <cstdint>
#include <utility>

namespace dmls::treekem::detail {

// RefCount counts owners across threads.
class RefCount {
 public:
  void take() const { count_.fetch_add(1, std::memory_order_relaxed); }
  // True for the last owner.
  [[nodiscard]] bool release() const { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  // Acquires what earlier owners did, so that the only one left may write.
  [[nodiscard]] bool unique() const { return count_.load(std::memory_order_acquire) == 1; }

 private:
  mutable std::atomic<std::uint32_t> count_{1};
};

// Ref owns one count of a T, which has a member `refs` and a static destroy(T*). Half the size of a shared_ptr, and it
// can tell whether it is the only owner.
template <class T>
class Ref {
 public:
  Ref() = default;
  // Adopts a count that `p` already has.
  explicit Ref(T* p) noexcept : p_(p) {}
  Ref(const Ref& other) noexcept : p_(other.p_) {
    if (p_ != nullptr) p_->refs.take();
  }
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() {
    if (p_ != nullptr && p_->refs.release()) T::destroy(p_);
  }

  [[nodiscard]] T* get() const { return p_; }
  T& operator*() const { return *p_; }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  [[nodiscard]] bool unique() const { return p_->refs.unique(); }

 private:
  T* p_ = nullptr;
};

}  // namespace dmls::treekem::detail
