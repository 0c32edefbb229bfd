#pragma once
#include <dmls/base/bytes.h>
#include <dmls/base/secret.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dmls::storage {

// Op is one step of a Batch.
struct Op {
  // What happens to records.
  enum class Kind : std::uint8_t {
    put,        // the record of this key gets this value, whether there was one or not
    erase,      // the record of this key is gone afterwards, whether there was one or not
    erase_all,  // so are all records whose keys begin with this prefix
  };
  Kind kind;          // how the other two are meant
  Bytes key;          // components, see key.h; of `erase_all`, the prefix
  SecretBytes value;  // of `put`; empty otherwise
};

// Batch is a list of changes that happen together, in this order. Values are taken for secret.
class Batch {
 public:
  // Adds one step, see Op::Kind. Keys are not checked here.
  void put(Bytes key, SecretBytes value) { ops_.push_back({Op::Kind::put, std::move(key), std::move(value)}); }
  // The same for a record that shall be gone.
  void erase(Bytes key) { ops_.push_back({Op::Kind::erase, std::move(key), {}}); }
  // The same for all records below `prefix`, of whole components; all there are if it is empty.
  void erase_all(Bytes prefix) { ops_.push_back({Op::Kind::erase_all, std::move(prefix), {}}); }
  // Everything of `more`, after what is here.
  void append(Batch more) {
    for (Op& op : more.ops_) ops_.push_back(std::move(op));
  }

  // The steps, in the order in which they are to be applied.
  [[nodiscard]] const std::vector<Op>& ops() const { return ops_; }
  // Whether there is nothing to do.
  [[nodiscard]] bool empty() const { return ops_.empty(); }
  // Octets of all keys and values: what has to be written, whatever the medium adds.
  [[nodiscard]] std::size_t octets() const {
    std::size_t sum = 0;
    for (const Op& op : ops_) sum += op.key.size() + op.value.size();
    return sum;
  }

 private:
  std::vector<Op> ops_;
};

}  // namespace dmls::storage
