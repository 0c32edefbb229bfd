#pragma once
#include "prepare_commit.h"

namespace dmls::group {

// The Welcomes for those whom a commit adds. RFC 9420 §12.4.3.1
Result<std::vector<WelcomeMessage>> make_welcomes(const PreparedCommit&, const Bytes& confirmation_tag,
                                                  const DerivedEpoch&, const SigningIdentity&, WelcomeStyle,
                                                  const ClientConfig&, const GroupInfoNotes*);

}  // namespace dmls::group
