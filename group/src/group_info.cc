#include <dmls/group/group_info.h>
#include <dmls/tls_codec/codec.h>

namespace dmls::group {
namespace {

// GroupInfoTBS: all of GroupInfo but the signature. RFC 9420 §12.4.3
Bytes to_be_signed(const GroupInfo& info) {
  const std::size_t signature = tls_codec::encoded_size(info.signature);
  Bytes out = tls_codec::encode(info);
  out.resize(out.size() - signature);
  return out;
}

}  // namespace

Result<void> sign_group_info(GroupInfo& info, const crypto::Signer& signer) {
  DMLS_TRY(info.signature, crypto::sign_with_label(signer, "GroupInfoTBS", to_be_signed(info)));
  return {};
}

Result<void> verify_group_info(const GroupInfo& info, const crypto::CipherSuite& suite,
                               const crypto::SignaturePublicKey& key) {
  return crypto::verify_with_label(suite, key, "GroupInfoTBS", to_be_signed(info), info.signature);
}

}  // namespace dmls::group
