#pragma once
// Changes as octets, for storage: struct members in the order of <dmls/group/changes.h>, leaves as uint32.

#include <dmls/group/changes.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/tls_codec/select.h>

namespace dmls::tls_codec {

// FieldCodec does for a struct without fields() what its `Fields` says.
template <class T, class Fields>
struct FieldCodec {
  // The fields in that order, nothing between them.
  static void write(auto& sink, const T& v) {
    std::apply([&](const auto&... f) { (Codec<std::remove_cvref_t<decltype(f)>>::write(sink, f), ...); },
               Fields::of(v));
  }
  // Fails as the first field does that cannot be read.
  static Result<T> read(Reader& in) {
    T v{};
    Result<void> outcome;
    const auto one = [&](auto& field) {
      auto read = Codec<std::remove_cvref_t<decltype(field)>>::read(in);
      if (read) {
        field = *std::move(read);
      } else {
        outcome = fail(read.error());
      }
      return static_cast<bool>(outcome);
    };
    std::apply([&](auto&... f) { (void)(one(f) && ...); }, Fields::of(v));
    if (!outcome) return fail(outcome.error());
    return v;
  }
};

// A leaf index as uint32.
template <>
struct Codec<tree_math::LeafIndex> {
  // Four octets, big-endian.
  static void write(auto& sink, tree_math::LeafIndex v) { Codec<std::uint32_t>::write(sink, v.value()); }
  // kInvalidValue for 2^31 and more.
  static Result<tree_math::LeafIndex> read(Reader& in) {
    DMLS_TRY(const std::uint32_t value, Codec<std::uint32_t>::read(in));
    const auto index = tree_math::LeafIndex::from(std::uint64_t{value});
    if (!index) return fail(errc::kInvalidValue, "a leaf index is less than 2^31");
    return *index;
  }
};

// The fields of a Member.
struct MemberFields {
  // In wire order.
  static constexpr auto of(auto& s) { return std::tie(s.leaf, s.credential, s.signature_key); }
};
// A Member: uint32, Credential, opaque<V>.
template <>
struct Codec<group::Member> : FieldCodec<group::Member, MemberFields> {};

// The fields of an Addition, or of a Removal.
struct AdditionFields {
  // In wire order.
  static constexpr auto of(auto& s) { return std::tie(s.member, s.proposer); }
};
// An Addition: Member, Sender.
template <>
struct Codec<group::Addition> : FieldCodec<group::Addition, AdditionFields> {};
// A Removal: Member, Sender.
template <>
struct Codec<group::Removal> : FieldCodec<group::Removal, AdditionFields> {};

// The fields of a Replacement.
struct ReplacementFields {
  // In wire order.
  static constexpr auto of(auto& s) { return std::tie(s.before, s.after, s.proposer); }
};
// A Replacement: Member, Member, Sender.
template <>
struct Codec<group::Replacement> : FieldCodec<group::Replacement, ReplacementFields> {};

// The fields of a CustomProposal.
struct CustomProposalFields {
  // In wire order.
  static constexpr auto of(auto& s) { return std::tie(s.type, s.payload); }
};
// A CustomProposal: uint16 type, opaque<V>.
template <>
struct Codec<group::CustomProposal> : FieldCodec<group::CustomProposal, CustomProposalFields> {};

// The fields of Changes, but for `has_path`.
struct ChangesFields {
  // In wire order.
  static constexpr auto of(auto& s) {
    return std::tie(s.group_id, s.epoch, s.origin, s.committer, s.committer_before, s.added, s.removed, s.updated,
                    s.psks, s.reinit, s.extensions, s.custom);
  }
};
// Changes: ChangesFields, then uint8 has_path.
template <>
struct Codec<group::Changes> {
  using Most = FieldCodec<group::Changes, ChangesFields>;  // all but `has_path`
  // `has_path` is 0 or 1.
  static void write(auto& sink, const group::Changes& v) {
    Most::write(sink, v);
    Codec<std::uint8_t>::write(sink, v.has_path ? 1 : 0);
  }
  // kInvalidValue for any other octet.
  static Result<group::Changes> read(Reader&);
};

}  // namespace dmls::tls_codec
