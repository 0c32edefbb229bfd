#include "callbacks.h"

namespace dmls::capi {
namespace {

class CallbackRandom final : public Random {
 public:
  explicit CallbackRandom(const dmls_random& table) : table_(table) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (out.empty()) return {};
    return from_c(table_->fill(table_->context, out.data(), out.size()));
  }

 private:
  Table<dmls_random> table_;
};

class CallbackClock final : public group::Clock {
 public:
  explicit CallbackClock(const dmls_clock& table) : table_(table) {}
  [[nodiscard]] std::uint64_t now() const override { return table_->now(table_->context); }

 private:
  Table<dmls_clock> table_;
};

class CallbackStore final : public storage::Store {
 public:
  explicit CallbackStore(const dmls_store& table) : table_(table) {}
  Result<void> write(const storage::Batch& batch) override {
    const dmls_batch lent{batch.ops()};
    return from_c(table_->write(table_->context, &lent));
  }
  Result<std::optional<SecretBytes>> read(BytesView key) override {
    std::optional<SecretBytes> found;
    dmls_sink sink{[&](BytesView, BytesView value) -> Result<void> {
      found.emplace(value);
      return {};
    }};
    DMLS_CHECK(from_c(table_->read(table_->context, key.data(), key.size(), &sink)));
    return found;
  }
  Result<void> for_each(BytesView prefix, const Visitor& visit) override {
    Result<void> first;  // an error of the visitor counts even if the application goes on
    dmls_sink sink{[&](BytesView key, BytesView value) -> Result<void> {
      if (first) first = visit(key, value);
      return first;
    }};
    DMLS_CHECK(from_c(table_->for_each(table_->context, prefix.data(), prefix.size(), &sink)));
    return first;
  }

 private:
  Table<dmls_store> table_;
};

}  // namespace

std::shared_ptr<Random> make_random(const dmls_random& table) { return std::make_shared<CallbackRandom>(table); }
std::shared_ptr<const group::Clock> make_clock(const dmls_clock& table) {
  return std::make_shared<const CallbackClock>(table);
}
std::shared_ptr<storage::Store> make_store(const dmls_store& table) { return std::make_shared<CallbackStore>(table); }

}  // namespace dmls::capi

using namespace dmls;
using namespace dmls::capi;

extern "C" {

size_t dmls_batch_size(const dmls_batch* batch) noexcept { return batch != nullptr ? batch->ops.size() : 0; }

dmls_error dmls_batch_get(const dmls_batch* batch, size_t index, dmls_op* op, const uint8_t** key, size_t* key_size,
                          const uint8_t** value, size_t* value_size) noexcept {
  DMLS_NEED(batch != nullptr && op != nullptr && key != nullptr && key_size != nullptr && value != nullptr &&
            value_size != nullptr);
  if (index >= batch->ops.size()) return to_c(kIndex);
  const storage::Op& found = batch->ops[index];
  *op = found.kind == storage::Op::Kind::put     ? DMLS_OP_PUT
        : found.kind == storage::Op::Kind::erase ? DMLS_OP_ERASE
                                                 : DMLS_OP_ERASE_ALL;
  *key = found.key.data();
  *key_size = found.key.size();
  *value = found.value.expose().data();
  *value_size = found.value.size();
  return kOk;
}

dmls_error dmls_sink_put(dmls_sink* sink, const uint8_t* key, size_t key_size, const uint8_t* value,
                         size_t value_size) noexcept {
  DMLS_NEED(sink != nullptr);
  DMLS_READ(key, key_size);
  DMLS_READ(value, value_size);
  return to_c(sink->put(view(key, key_size), view(value, value_size)));
}

}  // extern "C"
