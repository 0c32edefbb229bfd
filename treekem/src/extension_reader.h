#pragma once
// Extensions looked at in place.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/extension_type.h>

#include <optional>

namespace dmls::treekem {

struct ExtensionView {
  ExtensionType type{};
  BytesView data;

  static Result<ExtensionView> read(tls_codec::Reader& in) {
    ExtensionView view;
    DMLS_TRY(view.type, tls_codec::Codec<ExtensionType>::read(in));
    DMLS_TRY(view.data, tls_codec::read_opaque(in));
    return view;
  }
};

// The content of one `Extension extensions<V>` whose elements are well-formed.
inline Result<BytesView> read_extensions(tls_codec::Reader& in) {
  DMLS_TRY(const BytesView list, tls_codec::read_opaque(in));
  tls_codec::Reader elements(list);
  while (!elements.empty()) DMLS_CHECK(ExtensionView::read(elements));
  return list;
}

// Calls each(ExtensionView) over a list that read_extensions() returned.
inline void for_each_extension(BytesView list, auto&& each) {
  tls_codec::Reader in(list);
  while (!in.empty()) {
    const auto extension = ExtensionView::read(in);
    if (!extension) panic("treekem: a list of extensions that was not read");
    each(*extension);
  }
}

// The data of the first extension of `type` in such a list.
inline std::optional<BytesView> find_extension_data(BytesView list, ExtensionType type) {
  std::optional<BytesView> found;
  for_each_extension(list, [&](const ExtensionView& extension) {
    if (!found && extension.type == type) found = extension.data;
  });
  return found;
}

}  // namespace dmls::treekem
