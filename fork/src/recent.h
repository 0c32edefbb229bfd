#pragma once
// A set that remembers the latest entries, a bounded number of them.

#include <cstddef>
#include <deque>
#include <set>

namespace dmls::fork {

template <class T, class Order = std::less<>>
class Recent {
 public:
  explicit Recent(std::size_t bound) : bound_(bound) {}

  void add(const T& value) {
    if (!entries_.insert(value).second) return;
    order_.push_back(value);
    if (order_.size() <= bound_) return;
    entries_.erase(order_.front());
    order_.pop_front();
  }
  // In order of arrival.
  [[nodiscard]] const std::deque<T>& entries() const { return order_; }
  [[nodiscard]] std::size_t bound() const { return bound_; }
  [[nodiscard]] bool contains(const T& value) const { return entries_.find(value) != entries_.end(); }
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  std::size_t bound_;
  std::set<T, Order> entries_;
  std::deque<T> order_;
};

}  // namespace dmls::fork
