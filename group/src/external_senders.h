#pragma once
#include <dmls/base/result.h>
#include <dmls/group/policy.h>
#include <dmls/treekem/extension.h>

namespace dmls::group {

// RFC 9420 §5.3.1: the application is asked about the credential of every external sender in `extensions` that was not
// in `before`.
Result<void> check_external_senders(const treekem::ExtensionList& extensions, const treekem::ExtensionList& before,
                                    const Policy&);

}  // namespace dmls::group
