#pragma once
#include <dmls/base/bytes.h>
#include <dmls/crypto/hash.h>
#include <dmls/tls_codec/varint.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace dmls::treekem::detail {

// HashInput puts the fields of a struct together for hashing, without copying the long ones: those are borrowed until
// finish().
class HashInput {
 public:
  void octet(std::uint8_t v) { small(std::array{v}); }
  void uint32(std::uint32_t v) {
    small(std::array{static_cast<std::uint8_t>(v >> 24), static_cast<std::uint8_t>(v >> 16),
                     static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)});
  }
  void raw(BytesView octets) {
    if (!octets.empty()) parts_.at(count_++) = octets;
  }
  // opaque<V>
  void opaque(BytesView octets) {
    length(octets.size());
    raw(octets);
  }
  void length(std::size_t n) {
    struct {
      HashInput& self;
      void put(std::span<const std::uint8_t> v) { self.small(v); }
    } sink{*this};
    tls_codec::write_varint(sink, n);
  }

  void finish(const crypto::CipherSuite& suite, std::span<std::uint8_t> out) const {
    crypto::hash_into(suite, crypto::Parts(parts_.data(), count_), out);
  }

 private:
  // Copies; neighbours become one part.
  void small(std::span<const std::uint8_t> v) {
    const std::uint8_t* at = small_.data() + used_;
    const bool joins = count_ > 0 && parts_[count_ - 1].data() + parts_[count_ - 1].size() == at;
    for (const std::uint8_t o : v) small_.at(used_++) = o;
    if (joins) {
      parts_[count_ - 1] = {parts_[count_ - 1].data(), parts_[count_ - 1].size() + v.size()};
    } else {
      parts_.at(count_++) = {at, v.size()};
    }
  }

  std::array<BytesView, 12> parts_;
  std::size_t count_ = 0;
  std::array<std::uint8_t, 32> small_;
  std::size_t used_ = 0;
};

}  // namespace dmls::treekem::detail
