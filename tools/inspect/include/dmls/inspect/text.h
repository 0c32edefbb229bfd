#pragma once
// What was found, for people.

#include <dmls/inspect/walk.h>

#include <cstddef>
#include <string>
#include <vector>

namespace dmls::inspect {

// A value in words: "3 (mls_welcome)", "32 octets 00112233…", "2 code points: 1 (mls10), 0x0a0a (GREASE)". Empty for
// what only holds other parts. Octets beyond the first `shown` are left out.
[[nodiscard]] std::string value_text(const Part&, BytesView octets, std::size_t shown);
// What a part is called among its siblings: "cipher_suite", "[3]", "leaf 4", "nodes 5 to 9".
[[nodiscard]] std::string label(const Part&, const Part* around);
// The part that each part lies in; its own index for the first.
[[nodiscard]] std::vector<std::size_t> parents(const std::vector<Part>&);
// "RFC 9420 §7.2", "draft-kohbrok-mls-dmls"
[[nodiscard]] std::string full_section(std::string_view section);

// The whole tree, a line for each part: octets [first, one behind the last), name, value, section.
[[nodiscard]] std::string tree_text(const Walk&, BytesView octets, std::size_t shown);

}  // namespace dmls::inspect
