#pragma once
// A map that notes which of its entries change, so that a step writes those and no others.

#include <dmls/base/bytes.h>

#include <map>
#include <set>
#include <utility>

namespace dmls::sendgroup {

// Table is read like a std::map; changes go through functions of their own, and cannot be overlooked.
template <class Value>
class Table {
 public:
  using Map = std::map<Bytes, Value, OctetOrder>;

  [[nodiscard]] auto begin() const { return map_.begin(); }
  [[nodiscard]] auto end() const { return map_.end(); }
  [[nodiscard]] auto find(BytesView key) const { return map_.find(key); }
  [[nodiscard]] bool contains(BytesView key) const { return map_.contains(key); }
  [[nodiscard]] std::size_t size() const { return map_.size(); }
  [[nodiscard]] bool empty() const { return map_.empty(); }

  void put(const Bytes& key, Value value) {
    map_.insert_or_assign(key, std::move(value));
    changed_.insert(key);
  }
  // nullptr if there is none. What is borrowed counts as changed.
  Value* edit(BytesView key) {
    const auto found = map_.find(key);
    if (found == map_.end()) return nullptr;
    changed_.insert(found->first);
    return &found->second;
  }
  void erase(BytesView key) {
    const auto found = map_.find(key);
    if (found == map_.end()) return;
    changed_.insert(found->first);
    map_.erase(found);
  }
  // The keys of what was put, borrowed or erased since the last call.
  std::set<Bytes, OctetOrder> take_changes() { return std::exchange(changed_, {}); }

 private:
  Map map_;
  std::set<Bytes, OctetOrder> changed_;
};

// Marks is a set that does the same.
class Marks {
 public:
  [[nodiscard]] auto begin() const { return set_.begin(); }
  [[nodiscard]] auto end() const { return set_.end(); }
  [[nodiscard]] bool contains(BytesView key) const { return set_.contains(key); }
  void insert(const Bytes& key) {
    if (set_.insert(key).second) changed_.insert(key);
  }
  void erase(BytesView key) {
    const auto found = set_.find(key);
    if (found == set_.end()) return;
    changed_.insert(*found);
    set_.erase(found);
  }
  std::set<Bytes, OctetOrder> take_changes() { return std::exchange(changed_, {}); }

 private:
  std::set<Bytes, OctetOrder> set_;
  std::set<Bytes, OctetOrder> changed_;
};

}  // namespace dmls::sendgroup
