#pragma once
// Where encodings go. One walk over a value either measures it or writes it, so sizes are exact and nothing grows.

#include <dmls/base/bytes.h>
#include <dmls/base/error.h>

#include <cstddef>
#include <cstring>

namespace dmls::tls_codec {

// Counter measures: a sink that keeps nothing of what it is given.
class Counter {
 public:
  static constexpr bool kTakesSecrets = true;  // only their sizes stay
  // Counts them.
  void put(BytesView octets) { size_ += octets.size(); }
  // Octets so far.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

// BasicWriter writes into memory that is exactly large enough. Only a SecretWriter accepts secrets: encoding a struct
// that holds one into ordinary octets does not compile.
template <bool takes_secrets>
class BasicWriter {
 public:
  static constexpr bool kTakesSecrets = takes_secrets;  // what the codecs of secrets ask
  // `out` is borrowed until the last put().
  explicit BasicWriter(std::span<std::uint8_t> out) : out_(out) {}
  // Appends; panics if there is no room left.
  void put(BytesView octets) {
    if (octets.size() > out_.size()) panic("tls_codec: a value grew between measuring and writing");
    if (!octets.empty()) std::memcpy(out_.data(), octets.data(), octets.size());
    out_ = out_.subspan(octets.size());
  }

 private:
  std::span<std::uint8_t> out_;
};
// Into ordinary memory.
using Writer = BasicWriter<false>;
// Into memory that its owner wipes, as encode_secret() does.
using SecretWriter = BasicWriter<true>;

}  // namespace dmls::tls_codec
