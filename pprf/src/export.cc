// The canonical export: pprf.h, export_state().

#include <dmls/crypto/hash.h>
#include <dmls/tls_codec/codec.h>

#include "frontier.h"
#include "look.h"

namespace dmls::pprf {
namespace {

using tls_codec::Codec;
using tls_codec::Reader;
using tls_codec::SecretWriter;

constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeader = 2 + 2 + 2 + 1 + 2 + 4;

std::size_t prefix_length(std::size_t depth) { return (depth + 7) / 8; }

SecretBytes encode_nodes(const NodeList& list, std::size_t nh, std::size_t header) {
  std::size_t size = header;
  for (const Node& n : list.nodes) size += 2 + prefix_length(n.depth) + nh;
  SecretBytes out(size);
  SecretWriter w(out.expose_mut().subspan(header));
  for (const Node& n : list.nodes) {
    Codec<std::uint16_t>::write(w, static_cast<std::uint16_t>(n.depth));
    w.put(BytesView(n.prefix, prefix_length(n.depth)));
    w.put(BytesView(n.secret, nh));
  }
  return out;
}

Unexpected malformed(const char* rule) { return fail(errc::kMalformed, rule); }

// One node whose prefix is copied to `prefix`, a whole input.
Result<Node> read_node(Reader& in, const Parameters& parameters, std::size_t nh, std::uint8_t* prefix) {
  DMLS_TRY(const std::size_t depth, Codec<std::uint16_t>::read(in));
  if (depth > parameters.kept_depth) return malformed("PPRF export: a node is deeper than nodes are kept");
  DMLS_TRY(const BytesView bits, in.take(prefix_length(depth)));
  if (depth % 8 != 0 && (bits.back() & (0xffu >> (depth % 8))) != 0)
    return malformed("PPRF export: unused bits of a prefix are not zero");
  DMLS_TRY(const BytesView secret, in.take(nh));
  std::copy(bits.begin(), bits.end(), prefix);
  return Node{depth, prefix, secret.data()};
}

// From left to right, none above another: then the first bit in which neighbours differ goes from 0 to 1, and comes
// before both end.
bool in_order(const Node& a, const Node& b, const Shape& shape) {
  const std::size_t common = common_bits(a.prefix, b.prefix, shape.input_length());
  return common < a.depth && common < b.depth && bit_at(b.prefix, common);
}

}  // namespace

SecretBytes Pprf::export_state() const {
  const NodeList list = list_nodes(frontier_, shape_of(*this));
  SecretBytes out = encode_nodes(list, suite_.hash_length(), kHeader);
  SecretWriter w(out.expose_mut().first(kHeader));
  Codec<std::uint16_t>::write(w, kVersion);
  Codec<crypto::CipherSuiteId>::write(w, suite_.id());
  Codec<std::uint16_t>::write(w, parameters_.depth);
  Codec<Finisher>::write(w, parameters_.finisher);
  Codec<std::uint16_t>::write(w, parameters_.kept_depth);
  Codec<std::uint32_t>::write(w, static_cast<std::uint32_t>(list.nodes.size()));
  return out;
}

Bytes Pprf::frontier_hash() const {
  const SecretBytes nodes = encode_nodes(list_nodes(frontier_, shape_of(*this)), suite_.hash_length(), 0);
  return crypto::hash(suite_, nodes.expose());
}

Result<Pprf> Pprf::import_state(crypto::CipherSuite suite, BytesView exported) {
  return malformed_unless_mismatch(read_export(suite, exported));
}

Result<Pprf> Pprf::read_export(crypto::CipherSuite suite, BytesView exported) {
  Reader in(exported);
  DMLS_TRY(const auto version, Codec<std::uint16_t>::read(in));
  if (version != kVersion) return malformed("PPRF export: unknown version");
  DMLS_TRY(const auto id, Codec<crypto::CipherSuiteId>::read(in));
  if (id != suite.id()) return fail(errc::kMismatch, "PPRF export: written for another cipher suite");
  Parameters parameters;
  DMLS_TRY(parameters.depth, Codec<std::uint16_t>::read(in));
  DMLS_TRY(parameters.finisher, Codec<Finisher>::read(in));
  DMLS_TRY(parameters.kept_depth, Codec<std::uint16_t>::read(in));
  DMLS_CHECK(check_parameters(parameters));
  DMLS_TRY(const std::size_t count, Codec<std::uint32_t>::read(in));

  Pprf pprf(suite, parameters);
  const Shape shape = shape_of(pprf);
  // A node has at least two octets of depth and its secret: no allocation runs ahead of the input.
  if (count > in.rest().size() / (2 + shape.nh)) return malformed("PPRF export: fewer nodes than announced");
  NodeList list;
  list.prefixes = SecretBytes(count * shape.input_length());
  list.nodes.reserve(count);
  std::uint8_t* prefix = list.prefixes.expose_mut().data();
  for (std::size_t i = 0; i < count; ++i, prefix += shape.input_length()) {
    DMLS_TRY(const Node node, read_node(in, parameters, shape.nh, prefix));
    if (i > 0 && !in_order(list.nodes.back(), node, shape))
      return malformed("PPRF export: the nodes do not stand from left to right, none above another");
    list.nodes.push_back(node);
  }
  if (!in.empty()) return malformed("PPRF export: octets are left over");
  pprf.frontier_ = build_frontier(list.nodes, shape);
  return pprf;
}

}  // namespace dmls::pprf
