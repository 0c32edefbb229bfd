#pragma once
// Callback tables of dmls.h as the interfaces that the layers know.

#include "boundary.h"

namespace dmls::capi {

// A table that the application filled in, copied as far as it goes; released when nobody uses it any more.
template <class T>
class Table {
 public:
  explicit Table(const T& table) : table_{} {
    auto* from = reinterpret_cast<const std::uint8_t*>(&table);
    std::copy(from, from + std::min(table.size, sizeof(T)), reinterpret_cast<std::uint8_t*>(&table_));
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() {
    if (table_.release != nullptr) table_.release(table_.context);
  }
  const T& operator*() const { return table_; }
  const T* operator->() const { return &table_; }

 private:
  T table_;
};

// Whether the caller's table has all of the members that its first version had.
template <class T>
bool complete(const T* table, std::size_t first_size = sizeof(T)) {
  return table != nullptr && table->size >= first_size;
}

std::function<std::shared_ptr<const group::Policy>(dmls_client_ids)> make_policy(const dmls_policy&);
std::function<std::shared_ptr<const group::Policy>(dmls_client_ids)> make_permissive_policy();
std::shared_ptr<Random> make_random(const dmls_random&);
std::shared_ptr<const group::Clock> make_clock(const dmls_clock&);
std::shared_ptr<storage::Store> make_store(const dmls_store&);

}  // namespace dmls::capi
