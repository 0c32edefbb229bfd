#include "external_senders.h"

#include <dmls/treekem/external_sender.h>

#include <algorithm>

namespace dmls::group {

Result<void> check_external_senders(const treekem::ExtensionList& extensions, const treekem::ExtensionList& before,
                                    const Policy& policy) {
  DMLS_TRY(const auto senders, treekem::get_extension<treekem::ExternalSenders>(extensions));
  if (!senders) return {};
  DMLS_TRY(const auto known, treekem::get_extension<treekem::ExternalSenders>(before));
  for (const auto& sender : senders->external_senders) {
    if (known && std::find(known->external_senders.begin(), known->external_senders.end(), sender) !=
                     known->external_senders.end())
      continue;
    const Bytes encoded = tls_codec::encode(sender.credential);
    tls_codec::Reader in(encoded);
    DMLS_TRY(const auto credential, treekem::CredentialView::read(in));
    DMLS_CHECK(policy.validate(credential, sender.signature_key.octets));
  }
  return {};
}

}  // namespace dmls::group
