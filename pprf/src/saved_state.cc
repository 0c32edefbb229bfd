// Records and deltas: <dmls/pprf/saved_state.h>.

#include <dmls/pprf/saved_state.h>

#include <dmls/tls_codec/codec.h>

#include <algorithm>

#include "frontier.h"
#include "look.h"

namespace dmls::pprf {
namespace {

using tls_codec::Codec;
using tls_codec::Reader;
using tls_codec::SecretWriter;

constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kRootHeader = 2 + 2 + 2 + 1 + 2;
constexpr std::size_t kChainHeader = 4 + 2 + 2 + 2 + 1;

Unexpected malformed(const char* rule) { return fail(errc::kMalformed, rule); }

std::size_t offset_of(const Shape& shape, std::uint32_t record, std::size_t place) {
  const std::size_t header = record == 0 ? kRootHeader : kChainHeader + shape.input_length();
  return header + place * (1 + shape.nh);
}

void write_place(SecretWriter& w, bool held, BytesView secret) {
  Codec<std::uint8_t>::write(w, held ? 1 : 0);
  w.put(secret);
}

SecretBytes root_record(const Pprf& pprf, const Frontier& frontier) {
  const Shape shape = shape_of(pprf);
  SecretBytes out(kRootHeader + 1 + shape.nh);
  SecretWriter w(out.expose_mut());
  Codec<std::uint16_t>::write(w, kVersion);
  Codec<crypto::CipherSuiteId>::write(w, pprf.suite().id());
  Codec<std::uint16_t>::write(w, pprf.parameters().depth);
  Codec<Finisher>::write(w, pprf.parameters().finisher);
  Codec<std::uint16_t>::write(w, pprf.parameters().kept_depth);
  if (!frontier.root.empty()) write_place(w, true, frontier.root.expose());  // zeros already stand for "not held"
  return out;
}

// The record of `chain` without its first `skipped` places, in the place that `from` names.
SecretBytes chain_record(const Chain& chain, const Shape& shape, std::uint32_t parent, std::size_t place,
                         std::size_t skipped) {
  const std::size_t places = chain.places() - skipped;
  SecretBytes out(kChainHeader + shape.input_length() + places * (1 + shape.nh));
  SecretWriter w(out.expose_mut());
  Codec<std::uint32_t>::write(w, parent);
  Codec<std::uint16_t>::write(w, static_cast<std::uint16_t>(place));
  Codec<std::uint16_t>::write(w, static_cast<std::uint16_t>(chain.from() + skipped));
  Codec<std::uint16_t>::write(w, static_cast<std::uint16_t>(chain.count() - skipped));
  Codec<std::uint8_t>::write(w, chain.has_end() ? 1 : 0);
  w.put(chain.input());
  const SecretBytes zeros(shape.nh);
  for (std::size_t i = skipped; i < chain.places(); ++i) {
    const bool held = chain.held(i);
    write_place(w, held, held ? BytesView(chain.secret(i), shape.nh) : zeros.expose());
  }
  return out;
}

// The held flag and the secret of a place; what is not held is zero.
Result<bool> read_place(Reader& in, std::span<std::uint8_t> secret) {
  DMLS_TRY(const std::uint8_t held, Codec<std::uint8_t>::read(in));
  if (held > 1) return malformed("PPRF record: a held flag is 0 or 1");
  DMLS_TRY(const BytesView octets, in.take(secret.size()));
  std::copy(octets.begin(), octets.end(), secret.begin());
  if (held == 0 && std::any_of(octets.begin(), octets.end(), [](std::uint8_t o) { return o != 0; }))
    return malformed("PPRF record: a place that is not held is zero");
  return held == 1;
}

// A chain, the place that leads to it (one that is not held and leads nowhere yet), and checks against both.
struct Attached {
  ChainPtr chain;
  Place from;
};

Result<Attached> read_chain(BytesView record, const Parameters& parameters, const Shape& shape,
                            const std::vector<Chain*>& chains, const Frontier& frontier) {
  Reader in(record);
  DMLS_TRY(const std::uint32_t parent, Codec<std::uint32_t>::read(in));
  DMLS_TRY(const std::uint16_t place, Codec<std::uint16_t>::read(in));
  DMLS_TRY(const std::size_t from, Codec<std::uint16_t>::read(in));
  DMLS_TRY(const std::size_t count, Codec<std::uint16_t>::read(in));
  DMLS_TRY(const std::uint8_t has_end, Codec<std::uint8_t>::read(in));
  DMLS_TRY(const BytesView input, in.take(shape.input_length()));
  if (has_end > 1 || from > shape.depth || count > shape.depth - from ||
      (count + has_end > 0 && from + count > parameters.kept_depth))
    return malformed("PPRF record: a chain is deeper than nodes are kept");
  if (in.rest().size() != (count + has_end) * (1 + shape.nh))
    return malformed("PPRF record: a chain has another size than its places");

  Attached a;
  if (parent == 0) {
    if (place != 0 || frontier.top != nullptr || !frontier.root.empty())
      return malformed("PPRF record: a chain begins where something stands already");
  } else {
    if (parent >= chains.size()) return malformed("PPRF record: a chain comes before the one that leads to it");
    a.from = {chains[parent], place, 0, nullptr};
    const Chain& above = *a.from.chain;
    if (place >= above.places() || above.held(place) || above.next(place) != nullptr)
      return malformed("PPRF record: a chain begins where something stands already");
    const std::size_t depth = above.depth_of(place);
    SecretBytes prefix(shape.input_length());
    above.prefix_of(place, prefix.expose_mut().data());
    if (from < depth || common_bits(prefix.expose().data(), input.data(), shape.input_length()) < depth)
      return malformed("PPRF record: a chain does not continue the path that leads to it");
  }
  a.chain = Chain::make(shape, from, count, has_end == 1, input);
  secure_wipe(a.chain->all_secrets().data(), a.chain->all_secrets().size());
  for (std::size_t i = 0; i < a.chain->places(); ++i) {
    DMLS_TRY(const bool held, read_place(in, std::span(a.chain->secret(i), shape.nh)));
    if (!held) a.chain->spend(i, nullptr);
  }
  return a;
}

}  // namespace

SavedState Pprf::save() const {
  std::vector<SecretBytes> records(frontier_.next_record);
  records[0] = root_record(*this, frontier_);
  for_each_chain(frontier_, [&](const Chain& chain, const Place& from) {
    const std::uint32_t parent = from.chain == nullptr ? 0 : from.chain->record;
    records[chain.record] = chain_record(chain, shape_of(*this), parent, from.place, 0);
  });
  return SavedState(std::move(records));
}

Result<Delta> Pprf::delta(const Evaluation& evaluation) const {
  DMLS_TRY(const Place place, place_of(evaluation));
  const Shape shape = shape_of(*this);
  Delta delta;
  delta.record = frontier_.next_record;
  delta.erased_record = place.chain == nullptr ? 0 : place.chain->record;
  delta.erased_offset = offset_of(shape, delta.erased_record, place.place);
  delta.erased_length = 1 + shape.nh;
  // Without a chain the node is a leaf: nothing takes its place. A node is never deeper than the kept copath, so the
  // chain has every place that is skipped.
  if (evaluation.chain_ != nullptr && place.depth < shape.depth)
    delta.octets =
        chain_record(*evaluation.chain_, shape, delta.erased_record, place.place, place.depth - evaluation.from_);
  return delta;
}

Result<void> SavedState::apply(Delta delta) {
  if (delta.erased_record >= records_.size() || (!delta.octets.empty() && delta.record != records_.size()))
    return malformed("PPRF delta: it does not follow on this state");
  const auto old = records_[delta.erased_record].expose_mut();
  if (delta.erased_length == 0 || delta.erased_offset > old.size() ||
      delta.erased_length > old.size() - delta.erased_offset || old[delta.erased_offset] != 1)
    return malformed("PPRF delta: the place to erase does not hold a node");
  secure_wipe(old.data() + delta.erased_offset, delta.erased_length);
  if (!delta.octets.empty()) records_.push_back(std::move(delta.octets));
  return {};
}

Result<Pprf> Pprf::restore(crypto::CipherSuite suite, const SavedState& saved) {
  return malformed_unless_mismatch(read_records(suite, saved));
}

Result<Pprf> Pprf::read_records(crypto::CipherSuite suite, const SavedState& saved) {
  const auto& records = saved.records();
  if (records.empty()) return malformed("PPRF record: there is none");
  Reader in(records[0].expose());
  DMLS_TRY(const auto version, Codec<std::uint16_t>::read(in));
  if (version != kVersion) return malformed("PPRF record: unknown version");
  DMLS_TRY(const auto id, Codec<crypto::CipherSuiteId>::read(in));
  if (id != suite.id()) return fail(errc::kMismatch, "PPRF record: written for another cipher suite");
  Parameters parameters;
  DMLS_TRY(parameters.depth, Codec<std::uint16_t>::read(in));
  DMLS_TRY(parameters.finisher, Codec<Finisher>::read(in));
  DMLS_TRY(parameters.kept_depth, Codec<std::uint16_t>::read(in));
  DMLS_CHECK(check_parameters(parameters));
  SecretBytes root(suite.hash_length());
  DMLS_TRY(const bool held, read_place(in, root.expose_mut()));
  if (!in.empty()) return malformed("PPRF record: octets are left over");

  Pprf pprf(suite, parameters);
  Frontier& frontier = pprf.frontier_;
  if (held) {
    frontier.root = std::move(root);
    frontier.nodes = 1;
  }
  const Shape shape = shape_of(pprf);
  std::vector<Chain*> chains{nullptr};
  for (std::size_t i = 1; i < records.size(); ++i) {
    DMLS_TRY(Attached a, read_chain(records[i].expose(), parameters, shape, chains, frontier));
    Chain* chain = a.chain.get();
    chains.push_back(chain);
    chain->record = frontier.next_record++;
    frontier.octets += chain->allocated();
    for (std::size_t p = 0; p < chain->places(); ++p) frontier.nodes += chain->held(p);
    if (a.from.chain == nullptr) {
      frontier.top = std::move(a.chain);
    } else {
      a.from.chain->spend(a.from.place, std::move(a.chain));
    }
  }
  return pprf;
}

}  // namespace dmls::pprf
