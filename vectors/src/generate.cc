#include <dmls/crypto_testing/seeded_provider.h>
#include <dmls/vectors/family.h>

#include <vector>

namespace dmls::vectors {
namespace {

using crypto::CipherSuite;
using crypto::CipherSuiteId;

// Seed of the stream that one family uses for one suite (0: no suite): FNV-1a over all three, big-endian. Only apart
// from each other need the streams be.
std::uint64_t stream_seed(std::uint64_t seed, std::string_view family, std::uint16_t suite) {
  std::uint64_t h = 0xcbf29ce484222325;
  const auto mix = [&h](std::uint8_t octet) { h = (h ^ octet) * 0x100000001b3; };
  for (int shift = 56; shift >= 0; shift -= 8) mix(static_cast<std::uint8_t>(seed >> shift));
  for (const char c : family) mix(static_cast<std::uint8_t>(c));
  mix(static_cast<std::uint8_t>(suite >> 8));
  mix(static_cast<std::uint8_t>(suite));
  return h;
}

Result<Json> generate_for(const Family& family, std::uint64_t seed, const CipherSuite* suite) {
  SeededRandom random(stream_seed(seed, family.name, suite ? static_cast<std::uint16_t>(suite->id()) : 0));
  return family.generate({random, suite});
}

}  // namespace

Result<Json> generate_cases(const Family& family, std::uint64_t seed, std::span<const CipherSuiteId> suites) {
  if (family.generate == nullptr) return fail(dmls::errc::kUnsupported, "this family has no generator");
  if (!family.per_suite) return generate_for(family, seed, nullptr);

  // Signs with reproducible nonces. Keys that come from it are nobody's.
  const crypto::Provider& provider = crypto_testing::seeded_provider();
  std::vector<CipherSuite> chosen;
  for (const CipherSuiteId id : suites) {
    DMLS_TRY(const CipherSuite suite, CipherSuite::find(id, provider));
    chosen.push_back(suite);
  }
  if (suites.empty()) {
    for (const auto& row : crypto::registered_suites())
      if (const auto suite = CipherSuite::find(row.id, provider)) chosen.push_back(*suite);
  }
  Json all = Json::array();
  for (const CipherSuite& suite : chosen) {
    DMLS_TRY(Json cases, generate_for(family, seed, &suite));
    for (Json& one : cases) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace dmls::vectors
