#include <dmls/vectors/value.h>

#include <algorithm>

namespace dmls::vectors {

Result<crypto::CipherSuite> Value::suite(std::string_view field) const {
  DMLS_TRY(const auto number, integer<std::uint16_t>(field));
  const auto id = static_cast<crypto::CipherSuiteId>(number);
  const auto registered = crypto::registered_suites();
  if (std::ranges::none_of(registered, [id](const auto& row) { return row.id == id; }))
    return fail_at(field, "no cipher suite is registered as " + std::to_string(number));
  auto suite = crypto::CipherSuite::find(id);
  if (!suite) return skip("this build does not have cipher suite " + std::to_string(number));
  return suite;
}

}  // namespace dmls::vectors
