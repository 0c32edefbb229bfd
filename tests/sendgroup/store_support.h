#pragma once
// Stores that fail when they are told to, and members who live in one.

#include <dmls/storage/memory_store.h>

#include <map>

#include "support.h"

namespace dmls::sendgroup {

class UnreliableStore final : public storage::Store {
 public:
  Result<void> write(const storage::Batch& batch) override {
    ++writes;
    last_octets = batch.octets();
    if (fails) return fail(storage::errc::kWriteFailed, "told to fail");
    return memory.write(batch);
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override { return memory.read(key); }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override { return memory.for_each(prefix, visit); }
  [[nodiscard]] std::map<Bytes, Bytes> content() {
    std::map<Bytes, Bytes> out;
    EXPECT_TRUE(memory.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
      out[to_bytes(key)] = to_bytes(value);
      return {};
    }));
    return out;
  }
  [[nodiscard]] bool holds(BytesView octets) {
    bool found = false;
    EXPECT_TRUE(memory.for_each({}, [&](BytesView, BytesView value) -> Result<void> {
      found = found || std::search(value.begin(), value.end(), octets.begin(), octets.end()) != value.end();
      return {};
    }));
    return found;
  }

  storage::MemoryStore memory;
  bool fails = false;
  std::size_t writes = 0;
  std::size_t last_octets = 0;
};

}  // namespace dmls::sendgroup
