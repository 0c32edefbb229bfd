#include <dmls/treekem/extension.h>

#include <dmls/treekem/external_sender.h>
#include <dmls/treekem/required_capabilities.h>

#include <array>

#include "code_points.h"
#include "extension_reader.h"

namespace dmls::treekem {
namespace {

// Exactly one opaque<V>.
bool is_one_opaque(BytesView data) {
  tls_codec::Reader in(data);
  return tls_codec::read_opaque(in) && in.empty();
}

bool is_well_formed(ExtensionType type, BytesView data) {
  switch (type) {
    case ExtensionType::application_id:
    case ExtensionType::external_pub: return is_one_opaque(data);
    case ExtensionType::required_capabilities: return tls_codec::decode<RequiredCapabilities>(data).has_value();
    case ExtensionType::external_senders: return tls_codec::decode<ExternalSenders>(data).has_value();
    case ExtensionType::last_resort_key_package: return data.empty();
    case ExtensionType::ratchet_tree: return true;  // judged where the tree is read
  }
  return true;
}

// Finds the second occurrence of a type: the first few are scanned, more go into a set.
class SeenTypes {
 public:
  // False if `type` was added before.
  bool add(ExtensionType type) {
    const auto value = static_cast<std::uint16_t>(type);
    if (!set_ && count_ == few_.size()) {
      set_.emplace();
      for (const auto v : few_) set_->set(v);
    }
    if (set_) {
      if (set_->test(value)) return false;
      set_->set(value);
      return true;
    }
    for (std::size_t i = 0; i < count_; ++i)
      if (few_[i] == value) return false;
    few_[count_++] = value;
    return true;
  }

 private:
  std::array<std::uint16_t, CodePointLookup::kScanned> few_{};
  std::size_t count_ = 0;
  std::optional<CodePointSet> set_;
};

Result<void> check_one(SeenTypes& seen, ExtensionType type, BytesView data) {
  if (!seen.add(type)) return fail(errc::kInvalidExtension, "RFC 9420 §13.4: an extension type occurs twice in a list");
  if (!is_well_formed(type, data))
    return fail(errc::kInvalidExtension, "RFC 9420 §13.4: the data of a known extension is malformed");
  return {};
}

}  // namespace

const Extension* find_extension(const ExtensionList& list, ExtensionType type) {
  for (const Extension& extension : list)
    if (extension.extension_type == type) return &extension;
  return nullptr;
}

Result<void> check_extensions(const ExtensionList& list) {
  SeenTypes seen;
  for (const Extension& extension : list)
    DMLS_CHECK(check_one(seen, extension.extension_type, extension.extension_data));
  return {};
}

Result<void> check_extensions(BytesView encoded) {
  SeenTypes seen;
  tls_codec::Reader in(encoded);
  while (!in.empty()) {
    DMLS_TRY(const ExtensionView extension, ExtensionView::read(in));
    DMLS_CHECK(check_one(seen, extension.type, extension.data));
  }
  return {};
}

}  // namespace dmls::treekem
