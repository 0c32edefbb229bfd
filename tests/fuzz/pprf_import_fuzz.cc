// States of a puncturable PRF from outside. The first octet chooses the cipher suite.
#include <dmls/pprf/error.h>
#include <dmls/pprf/pprf.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dmls::pprf::Pprf;
  using dmls::test::must;
  if (size == 0) return 0;
  const auto suites = dmls::crypto::registered_suites();
  const auto suite = dmls::crypto::CipherSuite::find(suites[data[0] % suites.size()].id);
  if (!suite) return 0;
  const dmls::BytesView exported(data + 1, size - 1);
  auto state = Pprf::import_state(*suite, exported);
  if (!state) return 0;
  must(std::ranges::equal(state->export_state().expose(), exported),
       "a state is accepted, but exports to other octets");

  // It works like any other: what is spent is gone, and the rest is a state again.
  const dmls::Bytes input(state->parameters().input_length(), 0x5a);
  auto evaluation = state->evaluate(input);
  if (!evaluation) return 0;
  must(state->puncture(*std::move(evaluation)).has_value(), "a fresh evaluation cannot be spent");
  must(state->evaluate(input).error().code == dmls::pprf::errc::kPunctured, "a spent input can be evaluated");
  const auto after = state->export_state();
  const auto again = Pprf::import_state(*suite, after.expose());
  must(again.has_value() && again->export_state() == after, "a state that was punctured is refused");
  return 0;
}
