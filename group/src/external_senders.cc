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
    DMLS_TRY(const auto credential, treekem::EncodedCredential::of(sender.credential));
    DMLS_CHECK(policy.validate(credential.view(), sender.signature_key.octets));
  }
  return {};
}

}  // namespace dmls::group
