#pragma once
#include <dmls/treekem/key_package.h>

#include "states.h"

namespace dmls::interop {

// A key package of this client, which has it from now on; what is returned is a second copy of its private keys.
Result<treekem::KeyPackageBundle> new_key_package(Party&);

}  // namespace dmls::interop
