#include <dmls/keyschedule/sender_data.h>

#include <algorithm>

namespace dmls::keyschedule {

// RFC 9420 §6.3.2
KeyAndNonce SenderDataKeys::key_and_nonce(BytesView ciphertext) const {
  const BytesView sample = ciphertext.first(std::min(ciphertext.size(), suite_.hash_length()));
  return {expander_.expand_with_label("key", sample, suite_.key_length()),
          expander_.expand_with_label("nonce", sample, suite_.nonce_length())};
}

Result<ReuseGuard> fresh_reuse_guard(Random& random) {
  ReuseGuard guard{};
  DMLS_CHECK(random.fill(guard));
  return guard;
}

// RFC 9420 §6.3.1
void apply_reuse_guard(const ReuseGuard& guard, std::span<std::uint8_t> nonce) {
  if (nonce.size() < guard.size()) panic("apply_reuse_guard: the nonce is shorter than the guard");
  for (std::size_t i = 0; i < guard.size(); ++i) nonce[i] = static_cast<std::uint8_t>(nonce[i] ^ guard[i]);
}

}  // namespace dmls::keyschedule
