#pragma once
#include <dmls/group/error.h>
#include <dmls/group/mls_message.h>

namespace dmls::group {

// An encoded KeyPackage, or an MLSMessage that carries one.
inline Result<treekem::KeyPackage> decode_key_package(BytesView octets) {
  auto bare = tls_codec::decode<treekem::KeyPackage>(octets);
  if (bare) return bare;
  DMLS_TRY(auto message, tls_codec::decode<MlsMessage>(octets));
  if (auto* package = std::get_if<treekem::KeyPackage>(&message.body)) return std::move(*package);
  return fail(errc::kInvalidProposal, "RFC 9420 §12.1.1: what is to be added is no KeyPackage");
}

}  // namespace dmls::group
