#pragma once
// Where state is kept that has to survive its process. This layer knows nothing of what the records mean.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/storage/batch.h>
#include <dmls/storage/error.h>
#include <dmls/storage/key.h>

#include <functional>
#include <optional>

namespace dmls::storage {

// Store maps keys to values. Forward secrecy rests on it: a record that was erased or replaced must not be found in the
// medium again. Implementations may be called from several threads.
class Store {
 public:
  // Value and key are borrowed for the call; it does not call the store. An error ends the walk.
  using Visitor = std::function<Result<void>(BytesView key, BytesView value)>;

  virtual ~Store() = default;

  // All of the batch or nothing, and durably so when this returns. After an error nothing was written, and the same
  // batch may be tried again; a store that cannot tell what was written answers kBroken from then on.
  virtual Result<void> write(const Batch&) = 0;
  // Nothing if there is no such record.
  virtual Result<std::optional<SecretBytes>> read(BytesView key) = 0;
  // Every record whose key begins with `prefix` (whole components, see key.h), in no particular order.
  virtual Result<void> for_each(BytesView prefix, const Visitor&) = 0;
};

}  // namespace dmls::storage
