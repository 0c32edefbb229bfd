#include "ahead_buffer.h"

#include <algorithm>

namespace dmls::group {

bool AheadBuffer::keep(BytesView message, std::uint64_t epoch, const MessageWindow& window) {
  if (window.ahead_messages == 0 || message.size() > window.ahead_octets) return false;
  if (const auto found = by_epoch_.find(epoch); found != by_epoch_.end()) {
    for (const Bytes& kept : found->second) {
      if (std::equal(kept.begin(), kept.end(), message.begin(), message.end())) return true;
    }
  }
  while (messages_ + 1 > window.ahead_messages || octets_ + message.size() > window.ahead_octets) {
    if (by_epoch_.rbegin()->first <= epoch) return false;
    drop_farthest();
  }
  by_epoch_[epoch].push_back(to_bytes(message));
  ++messages_;
  octets_ += message.size();
  return true;
}

void AheadBuffer::drop_farthest() {
  auto& list = by_epoch_.rbegin()->second;
  --messages_;
  octets_ -= list.back().size();
  list.pop_back();
  if (list.empty()) by_epoch_.erase(std::prev(by_epoch_.end()));
}

std::vector<Bytes> AheadBuffer::take(std::uint64_t epoch) {
  std::vector<Bytes> out;
  while (!by_epoch_.empty() && by_epoch_.begin()->first <= epoch) {
    auto& list = by_epoch_.begin()->second;
    messages_ -= list.size();
    for (const Bytes& message : list) octets_ -= message.size();
    if (by_epoch_.begin()->first == epoch) out = std::move(list);
    by_epoch_.erase(by_epoch_.begin());
  }
  return out;
}

}  // namespace dmls::group
