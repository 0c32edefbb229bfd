#pragma once
// How a group says that it is a DeMLS group, and how a GroupInfo says which epoch it describes. No code points are
// registered: both are of RFC 9420's private-use range.

#include <dmls/base/result.h>
#include <dmls/fork/node_id.h>
#include <dmls/group/client_config.h>
#include <dmls/group/transition.h>
#include <dmls/treekem/extension.h>

#include <cstdint>
#include <tuple>

namespace dmls::fork {

inline constexpr treekem::ExtensionType kSignallingExtension{0xfde0};  // in GroupContext
inline constexpr treekem::ExtensionType kEpochExtension{0xfde1};       // in GroupInfo

// Whether others may join a group by external commits, RFC 9420 §12.4.3.2: decided at its creation, for good.
enum class ExternalCommits : std::uint8_t {
  refused,  // external_secret is deleted as soon as an epoch is entered
  allowed,  // external_secret lives as long as its epoch
};

// The signalling extension: struct { uint16 version = 1; uint16 flags; }. It stands in the GroupContext from epoch 0 on
// and never changes. Flag 0x0001: external commits are allowed. Every other flag is zero; one that is not is refused,
// because it would change rules that we do not know.
struct Signalling {
  static constexpr treekem::ExtensionType kExtensionType = kSignallingExtension;  // for get_extension() and its like
  std::uint16_t version = 1;                                                      // another one is not understood
  std::uint16_t flags = 0;                                                        // 0x0001 or 0
  static constexpr auto fields(auto& s) { return std::tie(s.version, s.flags); }
  bool operator==(const Signalling&) const = default;

  // That of a new group.
  [[nodiscard]] static Signalling with(ExternalCommits choice) {
    return {1, static_cast<std::uint16_t>(choice == ExternalCommits::allowed ? 1 : 0)};
  }
  // What flag 0x0001 says.
  [[nodiscard]] ExternalCommits external_commits() const {
    return (flags & 1) != 0 ? ExternalCommits::allowed : ExternalCommits::refused;
  }
};

// The GroupInfo extension: struct { opaque dmls_epoch<V>; }
struct EpochName {
  static constexpr treekem::ExtensionType kExtensionType = kEpochExtension;  // for get_extension() and its like
  Bytes dmls_epoch;                                                          // Nh octets; checked by the reader
  static constexpr auto fields(auto& s) { return std::tie(s.dmls_epoch); }
  bool operator==(const EpochName&) const = default;
};

// What a GroupContext says. kNotDemls if it has no signalling extension, or one of another version or with unknown
// flags.
Result<Signalling> signalling_of(const treekem::ExtensionList& group_context_extensions);

// The extensions of a new DeMLS group: `further` and the signalling extension, and required_capabilities that name what
// every leaf has to list. kMisuse if `further` has a signalling extension of its own.
Result<treekem::ExtensionList> demls_extensions(ExternalCommits, treekem::ExtensionList further);

// Adds what a DeMLS client lists in its leaves. RFC 9420 §13.4
void add_demls_capabilities(treekem::Capabilities&);

// kSignallingChanged unless `after` has the very same signalling extension as `before`.
Result<void> check_signalling_kept(const treekem::ExtensionList& before, const treekem::ExtensionList& after);

// Puts dmls_epoch into GroupInfos, and compares it when one is joined. `id` is read when it is needed: it may belong to
// a succession that has not been derived yet.
class EpochNotes final : public group::GroupInfoNotes {
 public:
  // `id` outlives this object.
  explicit EpochNotes(const NodeId& id) : id_(id) {}
  // Sets the GroupInfo extension.
  void write(treekem::ExtensionList&) const override;
  // kWrongEpoch if the extension names another epoch. A GroupInfo without it is accepted: a joiner by Welcome derives
  // the name itself.
  Result<void> check(const treekem::ExtensionList&) const override;

 private:
  const NodeId& id_;
};

}  // namespace dmls::fork
