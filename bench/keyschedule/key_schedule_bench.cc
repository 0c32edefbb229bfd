// A whole epoch of the key schedule, and what applications call often. RFC 9420 §8
#include <benchmark/benchmark.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/sender_data.h>

namespace dmls::keyschedule {
namespace {

crypto::CipherSuite suite_of(const benchmark::State& state) {
  return *crypto::CipherSuite::find(static_cast<crypto::CipherSuiteId>(state.range(0)));
}

// From init_secret to all secrets of the next epoch, its init_secret included.
void BM_KeySchedule_Epoch(benchmark::State& state) {
  const auto suite = suite_of(state);
  const Bytes group_context(200, 1);
  const PskSecret psk{SecretBytes(suite.hash_length())};
  InitSecret init{SecretBytes(suite.hash_length())};
  for (auto _ : state) {
    const auto joiner = joiner_secret(suite, std::move(init), commit_secret_without_path(suite), group_context);
    if (!joiner) return state.SkipWithError(joiner.error().rule);
    auto member = member_secret(suite, *joiner, psk);
    if (!member) return state.SkipWithError(member.error().rule);
    OrdinarySuccession succession;
    auto epoch = derive_epoch(suite, epoch_secret(suite, std::move(*member), group_context), succession);
    if (!epoch) return state.SkipWithError(epoch.error().rule);
    benchmark::DoNotOptimize(epoch);
    init = std::move(succession).into_init_secret();
  }
}
BENCHMARK(BM_KeySchedule_Epoch)->Arg(1)->Arg(2)->Arg(5)->Unit(benchmark::kMicrosecond);

void BM_KeySchedule_Exporter(benchmark::State& state) {
  const auto suite = suite_of(state);
  const ExporterSecret exporter{SecretBytes(suite.hash_length())};
  for (auto _ : state) {
    auto exported = mls_exporter(suite, exporter, "label", as_bytes("context"), 32);
    if (!exported) return state.SkipWithError(exported.error().rule);
    benchmark::DoNotOptimize(exported);
  }
}
BENCHMARK(BM_KeySchedule_Exporter)->Arg(1)->Unit(benchmark::kNanosecond);

void BM_KeySchedule_SenderDataKeys(benchmark::State& state) {
  const auto suite = suite_of(state);
  const SenderDataKeys keys(suite, SenderDataSecret(SecretBytes(suite.hash_length())));
  const Bytes ciphertext(100, 1);
  for (auto _ : state) benchmark::DoNotOptimize(keys.key_and_nonce(ciphertext));
}
BENCHMARK(BM_KeySchedule_SenderDataKeys)->Arg(1)->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace dmls::keyschedule
