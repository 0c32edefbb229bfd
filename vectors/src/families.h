#pragma once
// What the table in families.cc names. One family, one file: src/<family>.cc.

#include <dmls/vectors/family.h>

namespace dmls::vectors {

Result<void> verify_deserialization(const Value&);
Result<Json> generate_deserialization(const Generation&);

}  // namespace dmls::vectors
