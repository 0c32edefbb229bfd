#include "ahead_buffer.h"

#include <algorithm>

namespace dmls::group {

std::optional<AheadBuffer::Admission> AheadBuffer::admit(BytesView message, std::uint64_t epoch,
                                                         const MessageWindow& window) const {
  if (window.ahead_messages == 0 || message.size() > window.ahead_octets) return std::nullopt;
  Admission out;
  if (const auto found = by_epoch_.find(epoch); found != by_epoch_.end()) {
    for (const Kept& kept : found->second) {
      if (!std::equal(kept.message.begin(), kept.message.end(), message.begin(), message.end())) continue;
      out.known = true;
      return out;
    }
  }
  std::size_t messages = messages_, octets = octets_;
  auto farthest = by_epoch_.rbegin();
  std::size_t left = farthest == by_epoch_.rend() ? 0 : farthest->second.size();
  while (messages + 1 > window.ahead_messages || octets + message.size() > window.ahead_octets) {
    if (farthest == by_epoch_.rend() || farthest->first <= epoch) return std::nullopt;
    const Kept& last = farthest->second[--left];
    ++out.drops;
    if (last.number != 0) out.gone.push_back(last.number);
    --messages;
    octets -= last.message.size();
    if (left == 0 && ++farthest != by_epoch_.rend()) left = farthest->second.size();
  }
  return out;
}

void AheadBuffer::keep(const Admission& admission, std::uint64_t number, BytesView message, std::uint64_t epoch) {
  if (admission.known) return;
  for (std::size_t i = 0; i < admission.drops; ++i) drop_farthest();
  by_epoch_[epoch].push_back({number, to_bytes(message)});
  ++messages_;
  octets_ += message.size();
}

void AheadBuffer::drop_farthest() {
  auto& list = by_epoch_.rbegin()->second;
  --messages_;
  octets_ -= list.back().message.size();
  list.pop_back();
  if (list.empty()) by_epoch_.erase(std::prev(by_epoch_.end()));
}

std::vector<Bytes> AheadBuffer::take(std::uint64_t epoch) {
  std::vector<Bytes> out;
  while (!by_epoch_.empty() && by_epoch_.begin()->first <= epoch) {
    const auto first = by_epoch_.begin();
    for (Kept& kept : first->second) {
      --messages_;
      octets_ -= kept.message.size();
      if (kept.number != 0) taken_.emplace_back(first->first, kept.number);
      if (first->first == epoch) out.push_back(std::move(kept.message));
    }
    by_epoch_.erase(first);
  }
  return out;
}

std::vector<std::uint64_t> AheadBuffer::numbers_below(std::uint64_t epoch) const {
  std::vector<std::uint64_t> out;
  for (const auto& [of, number] : taken_)
    if (of < epoch) out.push_back(number);
  for (auto at = by_epoch_.begin(); at != by_epoch_.end() && at->first < epoch; ++at)
    for (const Kept& kept : at->second)
      if (kept.number != 0) out.push_back(kept.number);
  return out;
}

void AheadBuffer::erased_below(std::uint64_t epoch) {
  if (epoch > 0) (void)take(epoch - 1);
  std::erase_if(taken_, [&](const auto& entry) { return entry.first < epoch; });
}

}  // namespace dmls::group
