#pragma once
// Labelled inputs of RFC 9420, as parts on the stack: nothing is copied together before it is hashed.

#include <dmls/base/bytes.h>
#include <dmls/crypto/provider.h>
#include <dmls/tls_codec/varint.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dmls::crypto {

// What RFC 9420 §5.1.2, §5.1.3 and §8 put before every label: the name of ProtocolVersion::mls10.
inline constexpr std::string_view kLabelPrefix = "MLS 1.0 ";

// LengthHeader is the length header of an opaque<V> with `n` octets of content.
class LengthHeader {
 public:
  explicit LengthHeader(std::size_t n) { tls_codec::write_varint(*this, n); }
  void put(BytesView octets) {
    std::copy(octets.begin(), octets.end(), octets_.begin());
    size_ = octets.size();
  }
  [[nodiscard]] BytesView view() const { return {octets_.data(), size_}; }

 private:
  std::array<std::uint8_t, 4> octets_;
  std::size_t size_ = 0;
};

// SignContent (RFC 9420 §5.1.2) and EncryptContext (§5.1.3) in one piece:
//   struct { opaque label<V> = "MLS 1.0 " + Label; opaque content<V>; }
inline Bytes labelled(std::string_view label, BytesView content) {
  const LengthHeader label_header(kLabelPrefix.size() + label.size());
  const LengthHeader content_header(content.size());
  const std::array<BytesView, 5> parts{label_header.view(), as_bytes(kLabelPrefix), as_bytes(label),
                                       content_header.view(), content};
  std::size_t size = 0;
  for (const BytesView part : parts) size += part.size();
  Bytes out;
  out.reserve(size);
  for (const BytesView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// KdfLabel is the encoding of
//   struct { uint16 length; opaque label<V> = "MLS 1.0 " + Label; opaque context<V>; } KDFLabel; RFC 9420 §8
// It borrows `label` and `context`.
class KdfLabel {
 public:
  KdfLabel(std::size_t length, std::string_view label, BytesView context)
      : length_{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)},
        label_header_(kLabelPrefix.size() + label.size()),
        context_header_(context.size()),
        parts_{length_,         label_header_.view(),   as_bytes(kLabelPrefix),
               as_bytes(label), context_header_.view(), context} {}
  KdfLabel(const KdfLabel&) = delete;
  KdfLabel& operator=(const KdfLabel&) = delete;

  [[nodiscard]] Parts parts() const { return parts_; }

 private:
  std::array<std::uint8_t, 2> length_;
  LengthHeader label_header_;
  LengthHeader context_header_;
  std::array<BytesView, 6> parts_;
};

}  // namespace dmls::crypto
