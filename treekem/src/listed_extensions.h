#pragma once
// Every extension that is used is listed. RFC 9420 §7.2, §7.3, §10

#include <dmls/treekem/capabilities.h>

#include "code_points.h"
#include "extension_reader.h"

namespace dmls::treekem {

// Whether `capabilities` lists the type of every non-default extension in `list`, which read_extensions() returned.
inline bool all_listed(BytesView list, const CapabilitiesView& capabilities) {
  std::size_t count = 0;
  for_each_extension(list, [&](const ExtensionView&) { ++count; });
  const CodePointLookup listed(capabilities.extensions, count);
  bool all = true;
  for_each_extension(list, [&](const ExtensionView& extension) {
    all = all && (is_default(extension.type) || listed.contains(static_cast<std::uint16_t>(extension.type)));
  });
  return all;
}

}  // namespace dmls::treekem
