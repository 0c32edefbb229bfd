#pragma once
// select(...) of the presentation language: a variant whose alternatives name their tags. RFC 8446 §3.8
//
//   struct Remove { static constexpr ProposalType kTag = ProposalType::remove; std::uint32_t removed; ... };
//   using Proposal = std::variant<Add, Update, Remove>;       // the variant *is* the select, tag included

#include <dmls/tls_codec/codec.h>

#include <optional>
#include <type_traits>
#include <variant>

namespace dmls::tls_codec {

// An alternative of a select: kTag is the code point that stands before it on the wire.
template <class T>
concept Tagged = requires {
  T::kTag;
};

// A select and its tag. Closed: what is not among the alternatives is refused.
template <Tagged First, Tagged... Rest>
struct Codec<std::variant<First, Rest...>> {
  using Variant = std::variant<First, Rest...>;            // what is read and written
  using Tag = std::remove_cvref_t<decltype(First::kTag)>;  // the enum that all alternatives take their kTag from

  // The tag, then the body.
  static void write(auto& sink, const Variant& v) {
    const auto one = [&](const auto& alternative) {
      Codec<Tag>::write(sink, std::remove_cvref_t<decltype(alternative)>::kTag);
    };
    std::visit(one, v);
    write_body(sink, v);
  }

  // The body alone, when the tag stands elsewhere.
  static void write_body(auto& sink, const Variant& v) {
    const auto one = [&](const auto& alternative) {
      Codec<std::remove_cvref_t<decltype(alternative)>>::write(sink, alternative);
    };
    std::visit(one, v);
  }

  // The tag, then the body that belongs to it. kInvalidValue for an unknown tag.
  static Result<Variant> read(Reader& in) {
    DMLS_TRY(const Tag tag, Codec<Tag>::read(in));
    return read_body(in, tag);
  }

  // The body alone, for a tag that stood elsewhere. kInvalidValue for an unknown tag.
  static Result<Variant> read_body(Reader& in, Tag tag) {
    std::optional<Result<Variant>> out;
    const auto attempt = [&]<class Alternative>(std::type_identity<Alternative>) {
      if (tag != Alternative::kTag) return false;
      auto r = Codec<Alternative>::read(in);
      if (r) {
        out.emplace(Variant(*std::move(r)));
      } else {
        out.emplace(fail(r.error()));
      }
      return true;
    };
    const bool known = (attempt(std::type_identity<First>{}) || ... || attempt(std::type_identity<Rest>{}));
    if (!known) return fail(errc::kInvalidValue, "RFC 8446 §3.8: a select names no known alternative");
    return *std::move(out);
  }
};

// tag_of names the alternative that a select holds.
template <Tagged First, Tagged... Rest>
auto tag_of(const std::variant<First, Rest...>& v) {
  return std::visit([](const auto& alternative) { return std::remove_cvref_t<decltype(alternative)>::kTag; }, v);
}

}  // namespace dmls::tls_codec
