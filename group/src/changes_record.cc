#include <dmls/group/changes_record.h>

namespace dmls::tls_codec {

Result<group::Changes> Codec<group::Changes>::read(Reader& in) {
  DMLS_TRY(auto v, Most::read(in));
  DMLS_TRY(const std::uint8_t has_path, Codec<std::uint8_t>::read(in));
  if (has_path > 1) return fail(errc::kInvalidValue, "stored Changes: has_path is 0 or 1");
  v.has_path = has_path == 1;
  return v;
}

}  // namespace dmls::tls_codec
