#pragma once
#include <dmls/storage/store.h>

#include <map>
#include <mutex>

namespace dmls::storage {

// MemoryStore keeps records as long as it lives: for tests, and for clients that never end.
class MemoryStore final : public Store {
 public:
  Result<void> write(const Batch&) override;
  Result<std::optional<SecretBytes>> read(BytesView key) override;
  Result<void> for_each(BytesView prefix, const Visitor&) override;

  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<Bytes, SecretBytes, OctetOrder> records_;
};

}  // namespace dmls::storage
