#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "ref.h"

namespace dmls::treekem::detail {

struct IndexNode;

// IndexTrie is a persistent multiset of (key, value) pairs of 32 bits each, spread by the bits of the key: copies share
// nodes, insert() and erase() copy O(log n) of those that are shared and reuse those that are not. Keys are expected to
// be evenly spread (hashes); whoever makes many of them collide gets longer buckets, nothing worse.
class IndexTrie {
 public:
  IndexTrie();
  IndexTrie(const IndexTrie&) noexcept;
  IndexTrie(IndexTrie&&) noexcept;
  IndexTrie& operator=(IndexTrie) noexcept;
  ~IndexTrie();

  struct Pair {
    std::uint32_t key;
    std::uint32_t value;
  };

  void insert(std::uint32_t key, std::uint32_t value);
  // Enters many pairs at once into an index that is empty (a bug of the caller otherwise: panic), in less time than one
  // after the other; what comes out is the same. False, and the index stays empty, if same(value, value) says so of two
  // of them with equal keys. Reorders `pairs`.
  [[nodiscard]] bool fill(std::span<Pair> pairs, const std::function<bool(std::uint32_t, std::uint32_t)>& same);
  // Removes one such pair; false if there is none.
  bool erase(std::uint32_t key, std::uint32_t value);
  // Calls each(value) for every pair with `key` until it returns true; true if it did.
  template <class Each>
  bool find(std::uint32_t key, Each&& each) const {
    const Bucket bucket = bucket_of(key);
    for (std::size_t i = 0; i < bucket.count; ++i)
      if (bucket.pairs[i].key == key && each(bucket.pairs[i].value)) return true;
    return false;
  }

 private:
  struct Bucket {
    const Pair* pairs;
    std::size_t count;
  };
  [[nodiscard]] Bucket bucket_of(std::uint32_t key) const;

  Ref<IndexNode> root_;
};

}  // namespace dmls::treekem::detail
