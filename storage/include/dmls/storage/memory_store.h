#pragma once
#include <dmls/storage/store.h>

#include <map>
#include <mutex>

namespace dmls::storage {

// MemoryStore keeps records as long as it lives: for tests, and for clients that never end.
class MemoryStore final : public Store {
 public:
  // Never fails; values are copied.
  Result<void> write(const Batch&) override;
  // A copy; never fails.
  Result<std::optional<SecretBytes>> read(BytesView key) override;
  // In ascending order of keys; fails as the visitor does.
  Result<void> for_each(BytesView prefix, const Visitor&) override;

  // How many records there are.
  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<Bytes, SecretBytes, OctetOrder> records_;
};

}  // namespace dmls::storage
