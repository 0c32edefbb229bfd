#pragma once
// A group's own past as a source: of resumption PSKs, and as the ancestor of other groups. RFC 9420 §8.6, §11
#include <dmls/group/group.h>

#include "client_state.h"

namespace dmls::group {

class Group::Psks final : public PskSource {
 public:
  explicit Psks(const Group& group) : group_(group) {}
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID&) const override;

 private:
  const Group& group_;
};

class Group::Past final : public AncestorSource {
 public:
  explicit Past(const Group& group) : group_(group) {}
  [[nodiscard]] std::optional<Ancestor> find(BytesView group_id, std::uint64_t epoch) const override;

 private:
  const Group& group_;
};

}  // namespace dmls::group
