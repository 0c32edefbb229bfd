#pragma once
#include <cstdint>

namespace dmls::treekem {

// RFC 9420 §7.8
enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };

}  // namespace dmls::treekem
