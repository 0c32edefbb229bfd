#include "postbox.h"

#include <dmls/base/error.h>

#include <algorithm>

namespace dmls::sendgroup {

Result<Postbox::Kept> Postbox::keep(const EpochName& name, bool is_commit, BytesView message, const Limits& limits) {
  const auto full = [] {
    return fail(dmls::errc::kLimit, "too many messages wait for others; ask for them again later");
  };
  std::size_t of_group = 0;
  if (const auto group = groups_.find(name.group_id); group != groups_.end()) {
    for (const auto& [epoch, letters] : group->second) of_group += letters.size();
    if (const auto epoch = group->second.find(name.epoch); epoch != group->second.end()) {
      for (const SharedLetter& letter : epoch->second)
        if (std::equal(message.begin(), message.end(), letter->message.begin(), letter->message.end()))
          return Kept::before;
    }
  }
  if (of_group >= limits.postponed_per_group || count_ >= limits.postponed_messages ||
      message.size() > limits.postponed_octets - std::min(octets_, limits.postponed_octets))
    return full();
  const std::uint64_t number = next_number_;
  restore({name, is_commit, to_bytes(message), number});
  changed_.emplace(number, groups_[name.group_id][name.epoch].back());
  return Kept::now;
}

void Postbox::restore(Letter letter) {
  auto& letters = groups_[letter.name.group_id][letter.name.epoch];
  next_number_ = std::max(next_number_, letter.number + 1);
  ++count_;
  octets_ += letter.message.size();
  letters.push_back(std::make_shared<const Letter>(std::move(letter)));
}

std::vector<Postbox::SharedLetter> Postbox::take(const EpochName& name) {
  std::vector<SharedLetter> out;
  const auto group = groups_.find(name.group_id);
  if (group == groups_.end()) return out;
  auto& epochs = group->second;
  while (!epochs.empty() && epochs.begin()->first <= name.epoch) {
    discount(epochs.begin()->second);
    if (epochs.begin()->first == name.epoch) out = std::move(epochs.begin()->second);
    epochs.erase(epochs.begin());
  }
  if (epochs.empty()) groups_.erase(group);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a->is_commit < b->is_commit; });
  return out;
}

void Postbox::drop(BytesView group_id) {
  const auto group = groups_.find(group_id);
  if (group == groups_.end()) return;
  for (const auto& [epoch, letters] : group->second) discount(letters);
  groups_.erase(group);
}

std::optional<std::uint64_t> Postbox::newest(BytesView group_id) const {
  const auto group = groups_.find(group_id);
  if (group == groups_.end()) return std::nullopt;
  return group->second.rbegin()->first;
}

const Bytes* Postbox::commit_of(const EpochName& name) const {
  const auto group = groups_.find(name.group_id);
  if (group == groups_.end()) return nullptr;
  const auto letters = group->second.find(name.epoch);
  if (letters == group->second.end()) return nullptr;
  for (const SharedLetter& letter : letters->second)
    if (letter->is_commit) return &letter->message;
  return nullptr;
}

std::vector<Bytes> Postbox::group_ids() const {
  std::vector<Bytes> out;
  for (const auto& [group_id, letters] : groups_) out.push_back(group_id);
  return out;
}

void Postbox::discount(const std::vector<SharedLetter>& letters) {
  for (const SharedLetter& letter : letters) {
    --count_;
    octets_ -= letter->message.size();
    // What came and went between two calls was never written.
    const auto fresh = changed_.find(letter->number);
    if (fresh != changed_.end()) {
      changed_.erase(fresh);
    } else {
      changed_.emplace(letter->number, nullptr);
    }
  }
}

}  // namespace dmls::sendgroup
