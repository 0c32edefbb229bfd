#pragma once
// Looking code points up in encoded lists, in time linear in the input whatever the input is.

#include <dmls/base/bytes.h>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace dmls::treekem {

// The i-th of a list of big-endian 16-bit code points.
inline std::uint16_t code_point(BytesView list, std::size_t i) {
  return static_cast<std::uint16_t>((list[2 * i] << 8) | list[2 * i + 1]);
}

inline bool lists(BytesView list, std::uint16_t value) {
  for (std::size_t i = 0; i < list.size() / 2; ++i)
    if (code_point(list, i) == value) return true;
  return false;
}

// CodePointSet is a set of 16-bit values: 8 KiB wherever it is made, and nothing on the heap.
using CodePointSet = std::bitset<65536>;

// CodePointLookup answers `queries` questions about one list. Few questions scan it; many go through a set, so that a
// list of 65,536 questions about a list of millions is no denial of service.
class CodePointLookup {
 public:
  static constexpr std::size_t kScanned = 16;

  CodePointLookup(BytesView list, std::size_t queries) : list_(list) {
    if (queries <= kScanned) return;
    set_.emplace();
    for (std::size_t i = 0; i < list.size() / 2; ++i) set_->set(code_point(list, i));
  }
  [[nodiscard]] bool contains(std::uint16_t value) const { return set_ ? set_->test(value) : lists(list_, value); }

 private:
  BytesView list_;
  std::optional<CodePointSet> set_;
};

}  // namespace dmls::treekem
