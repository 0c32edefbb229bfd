#include "cast.h"

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/signature.h>
#include <dmls/group/clock.h>
#include <dmls/group/policy.h>
#include <dmls/treekem/credential.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <variant>

namespace dmls::pictures {

void give_up(const char* why) {
  std::fprintf(stderr, "pictures: %s\n", why);
  std::exit(1);
}

crypto::CipherSuite suite() {
  return must(crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519));
}

group::ClientConfig person(std::string_view name) {
  std::uint64_t seed = 1;
  for (const char c : name) seed = seed * 131 + static_cast<std::uint8_t>(c);
  const auto random = std::make_shared<SeededRandom>(seed);
  auto pair = must(crypto::generate_signature_key_pair(suite(), *random));
  group::ClientConfig out{suite(), treekem::BasicCredential{to_bytes(as_bytes(name))},
                          std::make_shared<crypto::KeyPairSigner>(suite(), std::move(pair)),
                          std::make_shared<group::TrustNames>()};  // a client id is a name then
  out.random = random;
  out.clock = std::make_shared<group::FixedClock>(1'800'000'000);
  return out;
}

std::string name_of(BytesView client_id) { return {client_id.begin(), client_id.end()}; }

std::string name_of(const group::Member& member) {
  const auto* basic = std::get_if<treekem::BasicCredential>(&member.credential);
  return basic == nullptr ? "?" : name_of(basic->identity);
}

std::string short_name(BytesView octets) { return to_hex(octets.first(2)); }

}  // namespace dmls::pictures
