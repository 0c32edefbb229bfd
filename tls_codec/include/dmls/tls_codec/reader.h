#pragma once
// A cursor over octets that cannot overrun.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/error.h>

#include <cstddef>

namespace dmls::tls_codec {

// Reader walks borrowed octets from front to back. Nothing it returns owns memory.
class Reader {
 public:
  // Borrows `in`, and so does what the other functions give.
  explicit Reader(BytesView in) : in_(in) {}

  // Whether everything was read.
  [[nodiscard]] bool empty() const { return in_.empty(); }
  // What is left, unread.
  [[nodiscard]] BytesView rest() const { return in_; }

  // The next `n` octets; kTruncated if there are fewer.
  Result<BytesView> take(std::size_t n) {
    if (n > in_.size()) return fail(errc::kTruncated, "RFC 9420 §2.1: the input ends inside a field");
    const BytesView head = in_.first(n);
    in_ = in_.subspan(n);
    return head;
  }

  // The octets read since `before`, an earlier rest() of this reader: the encoding of what was decoded in between.
  [[nodiscard]] BytesView since(BytesView before) const { return before.first(before.size() - in_.size()); }

 private:
  BytesView in_;
};

}  // namespace dmls::tls_codec
