#include <dmls/base/error.h>
#include <dmls/base/secret.h>
#include <sodium.h>

#include <cstring>

namespace dmls {

void secure_wipe(void* p, std::size_t n) noexcept {
  if (n != 0) sodium_memzero(p, n);
}

bool constant_time_equal(BytesView a, BytesView b) noexcept {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

SecretBytes::SecretBytes(std::size_t n) : size_(n) {
  if (n > kInline) {
    heap_ = new std::uint8_t[n]();
  } else {
    std::memset(inline_, 0, sizeof inline_);
  }
}

SecretBytes::SecretBytes(BytesView octets) : SecretBytes(octets.size()) {
  if (!octets.empty()) std::memcpy(expose_mut().data(), octets.data(), octets.size());
}

void SecretBytes::wipe() noexcept {
  if (size_ > kInline) {
    secure_wipe(heap_, size_);
    delete[] heap_;
  } else {
    secure_wipe(inline_, size_);
  }
  size_ = 0;
}

void SecretBytes::take(SecretBytes& other) noexcept {
  size_ = other.size_;
  if (size_ > kInline) {
    heap_ = other.heap_;
    other.size_ = 0;
  } else if (size_ > 0) {
    std::memcpy(inline_, other.inline_, size_);
    other.wipe();
  }
}

}  // namespace dmls
