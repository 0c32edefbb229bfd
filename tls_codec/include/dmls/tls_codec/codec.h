#pragma once
// The TLS presentation language (RFC 8446 §3) with MLS's optional values and variable-size vectors (RFC 9420 §2.1).
//
// The C++ type picks the encoding:
//   uint8_t ... uint64_t, enum class      big-endian integer; enums are open, unknown code points survive a round trip
//   bool                                  refused at compile time: say uint8_t or an enum
//   std::array<uint8_t, N>                opaque[N]
//   Bytes, SecretBytes, Secret<Role>      opaque<V>
//   BytesView, std::string_view           opaque<V>, encode only
//   Raw                                   octets that are an encoding already, encode only
//   std::vector<T>                        T<V>
//   std::optional<T>                      optional<T>
//   std::variant<A, B, ...>               select, see <dmls/tls_codec/select.h>
//   struct with fields()                  the fields, in wire order:
//
//     struct UpdatePathNode {
//       HpkePublicKey encryption_key;
//       std::vector<HpkeCiphertext> encrypted_path_secret;
//       static constexpr auto fields(auto& s) { return std::tie(s.encryption_key, s.encrypted_path_secret); }
//     };
//
// Anything else specialises Codec<T>. A decoder is total: it consumes exactly its value or returns an error, it never
// allocates more than a constant times the octets it was given, and decode() refuses trailing octets.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/tls_codec/reader.h>
#include <dmls/tls_codec/varint.h>
#include <dmls/tls_codec/writer.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace dmls::tls_codec {

// Codec<T> has `static void write(auto& sink, const T&)` and `static Result<T> read(Reader&)`.
template <class T>
struct Codec;

// sizeof(T) octets, the highest first.
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) struct Codec<T> {
  // Any value.
  static void write(auto& sink, T v) {
    std::array<std::uint8_t, sizeof(T)> b;
    for (std::size_t i = 0; i < sizeof(T); ++i) b[i] = static_cast<std::uint8_t>(v >> (8 * (sizeof(T) - 1 - i)));
    sink.put(b);
  }
  // kTruncated if fewer octets are left.
  static Result<T> read(Reader& in) {
    DMLS_TRY(const BytesView b, in.take(sizeof(T)));
    std::uint64_t v = 0;
    for (const auto o : b) v = (v << 8) | o;
    return static_cast<T>(v);
  }
};

// An enum is its integer. Closed ones specialise Codec, or are judged by whoever decodes them.
template <class T>
requires std::is_enum_v<T>
struct Codec<T> {
  using U = std::underlying_type_t<T>;  // its width is the width on the wire
  // Any value, named or not.
  static void write(auto& sink, T v) { Codec<U>::write(sink, static_cast<U>(v)); }
  // Any value, named or not; kTruncated.
  static Result<T> read(Reader& in) {
    DMLS_TRY(const U v, Codec<U>::read(in));
    return static_cast<T>(v);
  }
};

// ---- opaque ------------------------------------------------------------------------------------------------------

// read_opaque borrows the content of an opaque<V> from the input. kTruncated; kLengthEncoding.
inline Result<BytesView> read_opaque(Reader& in) {
  DMLS_TRY(const std::size_t n, read_varint(in));
  return in.take(n);
}

// opaque<V>. Encode only: what is decoded owns its octets, or says read_opaque().
template <>
struct Codec<BytesView> {
  // The length header, then the octets. Panics beyond kMaxVectorLength.
  static void write(auto& sink, BytesView v) {
    write_varint(sink, v.size());
    sink.put(v);
  }
};

// opaque<V> of the characters, without a terminator. Encode only.
template <>
struct Codec<std::string_view> {
  // As a BytesView.
  static void write(auto& sink, std::string_view v) { Codec<BytesView>::write(sink, as_bytes(v)); }
};

// opaque<V> that is public.
template <>
struct Codec<Bytes> {
  // As a BytesView.
  static void write(auto& sink, const Bytes& v) { Codec<BytesView>::write(sink, v); }
  // A copy. Errors as read_opaque().
  static Result<Bytes> read(Reader& in) {
    DMLS_TRY(const BytesView b, read_opaque(in));
    return to_bytes(b);
  }
};

// opaque<V> that is secret.
template <>
struct Codec<SecretBytes> {
  // As a BytesView. Does not compile for a sink that takes no secrets.
  template <class Sink>
  static void write(Sink& sink, const SecretBytes& v) {
    static_assert(Sink::kTakesSecrets, "a secret would be encoded into ordinary octets: use encode_secret()");
    Codec<BytesView>::write(sink, v.expose());
  }
  // A copy; wiping the input is up to its owner. Errors as read_opaque().
  static Result<SecretBytes> read(Reader& in) {
    DMLS_TRY(const BytesView b, read_opaque(in));
    return SecretBytes(b);
  }
};

// opaque<V> that is secret. The role is not on the wire, and any number of octets is accepted.
template <class Role>
struct Codec<Secret<Role>> {
  // As SecretBytes.
  template <class Sink>
  static void write(Sink& sink, const Secret<Role>& v) {
    static_assert(Sink::kTakesSecrets, "a secret would be encoded into ordinary octets: use encode_secret()");
    Codec<BytesView>::write(sink, v.expose());
  }
  // As SecretBytes.
  static Result<Secret<Role>> read(Reader& in) {
    DMLS_TRY(SecretBytes b, Codec<SecretBytes>::read(in));
    return Secret<Role>(std::move(b));
  }
};

// opaque[N]: no length header.
template <std::size_t N>
struct Codec<std::array<std::uint8_t, N>> {
  // N octets.
  static void write(auto& sink, const std::array<std::uint8_t, N>& v) { sink.put(v); }
  // kTruncated if fewer than N octets are left.
  static Result<std::array<std::uint8_t, N>> read(Reader& in) {
    DMLS_TRY(const BytesView b, in.take(N));
    std::array<std::uint8_t, N> v;
    std::copy(b.begin(), b.end(), v.begin());
    return v;
  }
};

// Raw is an encoding made earlier (a GroupContext inside a signed struct, say): written as it is, without a header.
struct Raw {
  BytesView encoded;  // borrowed; nothing checks what it is
};
// Encode only.
template <>
struct Codec<Raw> {
  // The octets, as they are.
  static void write(auto& sink, Raw v) { sink.put(v.encoded); }
};

// ---- vectors and optional ----------------------------------------------------------------------------------------

// read_elements calls `each(Reader&) -> Result<void>` until the content of one T<V> is used up, or one fails.
// Panics if a call consumes nothing.
template <class Each>
Result<void> read_elements(Reader& in, Each&& each) {
  DMLS_TRY(const BytesView body, read_opaque(in));
  Reader sub(body);
  while (!sub.empty()) {
    const std::size_t before = sub.rest().size();
    DMLS_CHECK(each(sub));
    if (sub.rest().size() == before) panic("tls_codec: a vector element without octets");
  }
  return {};
}

// T<V>; the header counts octets, not elements. RFC 9420 §2.1.2
template <class T>
struct Codec<std::vector<T>> {
  // Walks over the elements twice, to measure them and to write them.
  static void write(auto& sink, const std::vector<T>& v) {
    Counter n;
    for (const T& e : v) Codec<T>::write(n, e);
    write_varint(sink, n.size());
    for (const T& e : v) Codec<T>::write(sink, e);
  }
  // Stops at the first element that fails. kTruncated if the last one does not fit into the vector.
  static Result<std::vector<T>> read(Reader& in) {
    std::vector<T> v;
    DMLS_CHECK(read_elements(in, [&v](Reader& sub) -> Result<void> {
      DMLS_TRY(T e, Codec<T>::read(sub));
      v.push_back(std::move(e));
      return {};
    }));
    return v;
  }
};

// optional<T>: an octet that says whether a value follows. RFC 9420 §2.1.1
template <class T>
struct Codec<std::optional<T>> {
  // 0, or 1 and the value.
  static void write(auto& sink, const std::optional<T>& v) {
    Codec<std::uint8_t>::write(sink, v ? 1 : 0);
    if (v) Codec<T>::write(sink, *v);
  }
  // kInvalidValue unless the octet is 0 or 1.
  static Result<std::optional<T>> read(Reader& in) {
    DMLS_TRY(const std::uint8_t present, Codec<std::uint8_t>::read(in));
    if (present > 1) return fail(errc::kInvalidValue, "RFC 9420 §2.1.1: the presence octet of an optional is 0 or 1");
    if (present == 0) return std::optional<T>{};
    DMLS_TRY(T v, Codec<T>::read(in));
    return std::optional<T>(std::move(v));
  }
};

// ---- structs -----------------------------------------------------------------------------------------------------

// A WireStruct names its fields once, in wire order; encoding, decoding and measuring all walk that one list.
template <class T>
concept WireStruct = requires(T& t, const T& c) {
  T::fields(t);
  T::fields(c);
};

// The fields in their order, and nothing between them.
template <WireStruct T>
struct Codec<T> {
  // Each by its own Codec.
  static void write(auto& sink, const T& v) {
    std::apply([&](const auto&... f) { (Codec<std::remove_cvref_t<decltype(f)>>::write(sink, f), ...); }, T::fields(v));
  }
  // Stops at the first field that fails. T has a default value, and its fields can be assigned to.
  static Result<T> read(Reader& in) {
    T v{};
    Result<void> outcome;
    const auto one = [&](auto& field) {
      auto r = Codec<std::remove_cvref_t<decltype(field)>>::read(in);
      if (!r) {
        outcome = fail(r.error());
        return false;
      }
      field = *std::move(r);
      return true;
    };
    std::apply([&](auto&... f) { (void)(one(f) && ...); }, T::fields(v));
    if (!outcome) return fail(outcome.error());
    return v;
  }
};

// ---- entry points ------------------------------------------------------------------------------------------------

// encoded_size is the exact number of octets that encode(v) has.
template <class T>
std::size_t encoded_size(const T& v) {
  Counter c;
  Codec<T>::write(c, v);
  return c.size();
}

// encode allocates once. A vector inside `v` of more than 2^30 - 1 octets is a bug of the caller (panic).
template <class T>
Bytes encode(const T& v) {
  Bytes out(encoded_size(v));
  Writer w(out);
  Codec<T>::write(w, v);
  return out;
}

// encode_secret is for structs that hold secrets (GroupSecrets): exact size, wiped, never grown.
template <class T>
SecretBytes encode_secret(const T& v) {
  SecretBytes out(encoded_size(v));
  SecretWriter w(out.expose_mut());
  Codec<T>::write(w, v);
  return out;
}

// decode reads one T that uses up all of `in`: kTrailingOctets if it does not, or what its Codec fails with.
template <class T>
Result<T> decode(BytesView in) {
  Reader r(in);
  DMLS_TRY(T v, Codec<T>::read(r));
  if (!r.empty()) return fail(errc::kTrailingOctets, "RFC 9420 §2.1: octets are left over after the value");
  return v;
}

}  // namespace dmls::tls_codec
