#include <dmls/storage/memory_store.h>

namespace dmls::storage {

Result<void> MemoryStore::write(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const Op& op : batch.ops()) {
    switch (op.kind) {
      case Op::Kind::put: records_.insert_or_assign(op.key, op.value.clone()); break;
      case Op::Kind::erase: records_.erase(op.key); break;
      case Op::Kind::erase_all: {
        auto at = records_.lower_bound(op.key);
        while (at != records_.end() && starts_with(at->first, op.key)) at = records_.erase(at);
        break;
      }
    }
  }
  return {};
}

Result<std::optional<SecretBytes>> MemoryStore::read(BytesView key) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(key);
  if (found == records_.end()) return std::optional<SecretBytes>();
  return std::optional<SecretBytes>(found->second.clone());
}

Result<void> MemoryStore::for_each(BytesView prefix, const Visitor& visit) {
  const std::lock_guard lock(mutex_);
  for (auto at = records_.lower_bound(prefix); at != records_.end() && starts_with(at->first, prefix); ++at)
    DMLS_CHECK(visit(at->first, at->second.expose()));
  return {};
}

std::size_t MemoryStore::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace dmls::storage
