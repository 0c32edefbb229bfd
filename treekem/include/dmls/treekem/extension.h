#pragma once
// Extensions: typed octets in lists. RFC 9420 §7.2, §13.4

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/extension_type.h>

#include <optional>
#include <tuple>
#include <vector>

namespace dmls::treekem {

// struct { ExtensionType extension_type; opaque extension_data<V>; } Extension; RFC 9420 §7.2
struct Extension {
  ExtensionType extension_type{};  // uint16
  Bytes extension_data;            // opaque<V>; the encoding of the content
  static constexpr auto fields(auto& s) { return std::tie(s.extension_type, s.extension_data); }
  bool operator==(const Extension&) const = default;
};

// Extension extensions<V>. Lists come from outside: decoding keeps whatever was sent, check_extensions() judges it.
using ExtensionList = std::vector<Extension>;

// A KnownExtension is a struct that says which extension it is the content of.
template <class T>
concept KnownExtension = requires {
  T::kExtensionType;
};

// The first extension of `type`, or nullptr.
[[nodiscard]] const Extension* find_extension(const ExtensionList&, ExtensionType type);

// kInvalidExtension if a type occurs twice (RFC 9420 §13.4), or if the data of an extension that this layer knows
// (application_id, required_capabilities, external_pub, external_senders, last_resort_key_package) is malformed,
// trailing octets included. Unknown types are ignored. Linear in the length of the list.
Result<void> check_extensions(const ExtensionList&);
// The same over the content of an encoded `Extension extensions<V>`, its length header stripped. Of what may stand in a
// leaf or KeyPackage it allocates nothing.
Result<void> check_extensions(BytesView encoded);

// The decoded content of extension T, if the list has one; an error of the codec if it is malformed.
template <KnownExtension T>
Result<std::optional<T>> get_extension(const ExtensionList& list) {
  const Extension* extension = find_extension(list, T::kExtensionType);
  if (extension == nullptr) return std::optional<T>{};
  DMLS_TRY(T content, tls_codec::decode<T>(extension->extension_data));
  return std::optional<T>(std::move(content));
}

// Extension T as it stands in a list.
template <KnownExtension T>
[[nodiscard]] Extension make_extension(const T& content) {
  return {T::kExtensionType, tls_codec::encode(content)};
}

// Puts extension T into the list, in place of the first one of the same type if there is one.
template <KnownExtension T>
void set_extension(ExtensionList& list, const T& content) {
  for (Extension& extension : list) {
    if (extension.extension_type == T::kExtensionType) {
      extension.extension_data = tls_codec::encode(content);
      return;
    }
  }
  list.push_back(make_extension(content));
}

// opaque application_id<V>; RFC 9420 §5.3.3. Not authenticated by anyone, and not unique.
struct ApplicationId {
  static constexpr ExtensionType kExtensionType = ExtensionType::application_id;  // in a LeafNode
  Bytes application_id;                                                           // opaque<V>
  static constexpr auto fields(auto& s) { return std::tie(s.application_id); }
  bool operator==(const ApplicationId&) const = default;
};

// Empty content: this KeyPackage may be used more than once. draft-ietf-mls-extensions
struct LastResortKeyPackage {
  static constexpr ExtensionType kExtensionType = ExtensionType::last_resort_key_package;  // in a KeyPackage
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const LastResortKeyPackage&) const = default;
};

}  // namespace dmls::treekem
