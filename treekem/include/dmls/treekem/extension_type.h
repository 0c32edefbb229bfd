#pragma once
#include <cstdint>

namespace dmls::treekem {

// The MLS Extension Types registry, RFC 9420 §17.3. Open: any value can be carried, compared and encoded.
enum class ExtensionType : std::uint16_t {
  application_id = 0x0001,           // in a LeafNode; §5.3.3
  ratchet_tree = 0x0002,             // in a GroupInfo; §12.4.3.3
  required_capabilities = 0x0003,    // in a GroupContext; §11.1
  external_pub = 0x0004,             // in a GroupInfo; §12.4.3.2
  external_senders = 0x0005,         // in a GroupContext; §12.1.8.1
  last_resort_key_package = 0x000A,  // in a KeyPackage; draft-ietf-mls-extensions
};

// Default types are supported by everyone and are never listed in capabilities. RFC 9420 §7.2
constexpr bool is_default(ExtensionType type) {
  return type >= ExtensionType::application_id && type <= ExtensionType::external_senders;
}

// 0xF000 to 0xFFFF. RFC 9420 §17.3
constexpr bool is_private_use(ExtensionType type) { return static_cast<std::uint16_t>(type) >= 0xF000; }

}  // namespace dmls::treekem
