#pragma once
// Families of test vectors: what defines them, how a case is verified, how cases are generated.

#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/vectors/value.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dmls::vectors {

// Verifies one case: success, or an error whose details stand in the case's Report (see Value).
using Verify = Result<void> (*)(const Value& vector);

// What a generator works with. Two generators never share a stream: `random` depends on the seed, the family and the
// suite alone, so a case does not change when others are generated with it.
struct Generation {
  Random& random;
  const crypto::CipherSuite* suite;  // nullptr in families that have none; signs reproducibly, never for real keys
};
// Generates the cases for one suite, as a JSON array.
using Generate = Result<Json> (*)(const Generation&);

// One row of the table in src/families.cc.
struct Family {
  std::string_view name;     // the stem of its files
  std::string_view section;  // what it tests, e.g. "RFC 9420 §5.1, §5.2"
  Verify verify;
  Generate generate;  // nullptr: verified only
  bool per_suite;     // generate() is called once per cipher suite
};

// All families, in order of their names.
std::span<const Family> families();
// The family of that name, or nullptr.
const Family* find_family(std::string_view name);
// The family of a file: the longest family name with which the file's stem begins, followed by its end or "-";
// nullptr if there is none.
const Family* family_of_stem(std::string_view stem);

enum class Status : std::uint8_t { passed, failed, skipped };
struct Outcome {
  Status status;
  std::string reason;  // empty for `passed`
};
Outcome verify_case(const Family&, const Json& vector);

// A JSON array of freshly generated cases: the same octets for the same seed. `suites` empty: all that this build
// supports. kUnsupported if the family has no generator; kUnknownSuite for a suite that the build lacks.
Result<Json> generate_cases(const Family&, std::uint64_t seed, std::span<const crypto::CipherSuiteId> suites);

}  // namespace dmls::vectors
