#include <dmls/treekem/leaf_node.h>

#include <dmls/treekem/leaf_node_view.h>

#include "extension_reader.h"

namespace dmls::treekem {
namespace {

constexpr std::string_view kLabel = "LeafNodeTBS";

// LeafNodeTBS of a leaf that was created in a group. RFC 9420 §7.2
struct PositionedContent {
  tls_codec::Raw content;
  BytesView group_id;
  std::uint32_t leaf_index;
  static constexpr auto fields(auto& s) { return std::tie(s.content, s.group_id, s.leaf_index); }
};

// What the signature covers: `content` itself, or octets that are put into `storage`.
Result<BytesView> to_be_signed(const LeafNodeView& leaf, const std::optional<LeafPosition>& position, Bytes& storage) {
  if (leaf.source == LeafNodeSource::key_package) return leaf.content;
  if (!position)
    return fail(dmls::errc::kMisuse, "RFC 9420 §7.2: the signature of an update or commit leaf needs its position");
  storage = tls_codec::encode(PositionedContent{{leaf.content}, position->group_id, position->leaf_index.value()});
  return BytesView(storage);
}

Result<LeafNodeSource> read_source(tls_codec::Reader& in) {
  DMLS_TRY(const auto source, tls_codec::Codec<LeafNodeSource>::read(in));
  switch (source) {
    case LeafNodeSource::key_package:
    case LeafNodeSource::update:
    case LeafNodeSource::commit: return source;
  }
  return fail(tls_codec::errc::kInvalidValue, "RFC 9420 §7.2: unknown leaf_node_source");
}

}  // namespace

Result<LeafNodeView> LeafNodeView::read(tls_codec::Reader& in) {
  LeafNodeView view;
  const BytesView before = in.rest();
  DMLS_TRY(view.encryption_key, tls_codec::read_opaque(in));
  DMLS_TRY(view.signature_key, tls_codec::read_opaque(in));
  DMLS_TRY(view.credential, CredentialView::read(in));
  DMLS_TRY(view.capabilities, CapabilitiesView::read(in));
  DMLS_TRY(view.source, read_source(in));
  switch (view.source) {
    case LeafNodeSource::key_package: {
      DMLS_TRY(view.lifetime, tls_codec::Codec<Lifetime>::read(in));
      break;
    }
    case LeafNodeSource::update: break;
    case LeafNodeSource::commit: {
      DMLS_TRY(view.parent_hash, tls_codec::read_opaque(in));
      break;
    }
  }
  DMLS_TRY(view.extensions, read_extensions(in));
  view.content = in.since(before);
  DMLS_TRY(view.signature, tls_codec::read_opaque(in));
  view.encoded = in.since(before);
  return view;
}

Result<LeafNodeView> LeafNodeView::parse(BytesView encoded) {
  tls_codec::Reader in(encoded);
  DMLS_TRY(const LeafNodeView view, read(in));
  if (!in.empty())
    return fail(tls_codec::errc::kTrailingOctets, "RFC 9420 §2.1: octets are left over after a LeafNode");
  return view;
}

LeafNode LeafNodeView::decode() const {
  auto leaf = tls_codec::decode<LeafNode>(encoded);
  if (!leaf) panic("treekem: a LeafNodeView that was not read");
  return *std::move(leaf);
}

std::optional<BytesView> LeafNodeView::find_extension(ExtensionType type) const {
  return find_extension_data(extensions, type);
}

Result<void> sign_leaf_node(LeafNode& leaf, const crypto::Signer& signer, const std::optional<LeafPosition>& position) {
  if (signer.public_key() != leaf.signature_key)
    return fail(dmls::errc::kMisuse, "RFC 9420 §7.2: a leaf is signed with the key of its signature_key");
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const auto view, LeafNodeView::parse(encoded));
  Bytes storage;
  DMLS_TRY(const BytesView content, to_be_signed(view, position, storage));
  DMLS_TRY(leaf.signature, crypto::sign_with_label(signer, kLabel, content));
  return {};
}

Result<void> verify_leaf_node_signature(const crypto::CipherSuite& suite, const LeafNodeView& leaf,
                                        const std::optional<LeafPosition>& position) {
  Bytes storage;
  DMLS_TRY(const BytesView content, to_be_signed(leaf, position, storage));
  const crypto::SignaturePublicKey key{to_bytes(leaf.signature_key)};
  const auto verified = crypto::verify_with_label(suite, key, kLabel, content, leaf.signature);
  if (verified) return {};
  if (verified.error().code == crypto::errc::kBadSignature)
    return fail(crypto::errc::kBadSignature, "RFC 9420 §7.3: the signature of a leaf does not verify");
  return fail(verified.error());
}

Result<void> verify_leaf_node_signature(const crypto::CipherSuite& suite, const LeafNode& leaf,
                                        const std::optional<LeafPosition>& position) {
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const auto view, LeafNodeView::parse(encoded));
  return verify_leaf_node_signature(suite, view, position);
}

}  // namespace dmls::treekem
