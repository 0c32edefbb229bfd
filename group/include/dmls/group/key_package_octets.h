#pragma once
#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/mls_message.h>

#include <algorithm>
#include <iterator>

namespace dmls::group {

// An encoded KeyPackage, or an MLSMessage that carries one. Both begin with a version; then a KeyPackage has its cipher
// suite and the length of its init key, a message its wire format and the KeyPackage's version. Only one reading is
// tried: now and then the octets of one decode as the other by chance. Errors of the codec; nothing is verified.
inline Result<treekem::KeyPackage> decode_key_package(BytesView octets) {
  constexpr std::uint8_t kMessage[] = {0, 1, 0, 5, 0, 1};
  if (octets.size() < sizeof(kMessage) || !std::equal(std::begin(kMessage), std::end(kMessage), octets.begin()))
    return tls_codec::decode<treekem::KeyPackage>(octets);
  DMLS_TRY(auto message, tls_codec::decode<MlsMessage>(octets));
  return std::move(*std::get_if<treekem::KeyPackage>(&message.body));  // that is what its wire format says
}

}  // namespace dmls::group
