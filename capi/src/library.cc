#include "boundary.h"

#include <dmls/base/version.h>

using namespace dmls;
using namespace dmls::capi;

namespace {

Result<crypto::CipherSuite> find_suite(std::uint16_t suite) {
  return crypto::CipherSuite::find(static_cast<crypto::CipherSuiteId>(suite));
}

}  // namespace

extern "C" {

uint32_t dmls_abi_version() noexcept { return DMLS_ABI_VERSION; }
const char* dmls_version() noexcept { return DMLS_VERSION; }

int dmls_suite_supported(uint16_t suite) noexcept { return find_suite(suite) ? 1 : 0; }

size_t dmls_suite_hash_size(uint16_t suite) noexcept {
  const auto found = find_suite(suite);
  return found ? found->hash_length() : 0;
}

size_t dmls_suite_signature_key_size(uint16_t suite) noexcept {
  const auto found = find_suite(suite);
  return found ? crypto::signature_sizes(found->signature()).private_key : 0;
}

dmls_error dmls_signature_key_generate(uint16_t suite, uint8_t* key, size_t size) noexcept {
  const auto found = find_suite(suite);
  DMLS_RETURN_IF(found);
  SystemRandom random;
  const auto pair = crypto::generate_signature_key_pair(*found, random);
  DMLS_RETURN_IF(pair);
  return copy_out(pair->private_key.expose(), key, size);
}

}  // extern "C"
