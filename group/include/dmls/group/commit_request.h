#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/framed_content.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace dmls::group {

// When a commit brings fresh keys. RFC 9420 §12.4 demands a path for some proposals and for none at all.
enum class PathChoice : std::uint8_t { always, when_required };
// Where a new member finds the ratchet tree. RFC 9420 §12.4.3.3
enum class TreeDelivery : std::uint8_t { in_welcome, aside };
// Whether a commit takes up the proposals that wait in this epoch.
enum class PendingProposals : std::uint8_t { include, leave };

// CommitRequest says what a commit shall do: the proposals that wait in this epoch, and what is asked for here. With
// neither, it renews the committer's keys.
//
//   group.commit(CommitRequest().add(key_package).remove(leaf).handshake(WireFormat::mls_public_message))
class CommitRequest {
 public:
  // The owner of an encoded KeyPackage, or MLSMessage with one, joins. What is wrong with it is reported by commit().
  CommitRequest& add(BytesView key_package) {
    adds_.push_back(to_bytes(key_package));
    return *this;
  }
  CommitRequest& remove(tree_math::LeafIndex member) {
    removes_.push_back(member);
    return *this;
  }
  // An external pre-shared key that all members hold; a fresh nonce is drawn.
  CommitRequest& external_psk(BytesView psk_id) {
    psks_.push_back(keyschedule::ExternalPskId{to_bytes(psk_id)});
    return *this;
  }
  // The resumption PSK of an epoch of a group that all members were in. RFC 9420 §8.6
  CommitRequest& resumption_psk(BytesView group_id, std::uint64_t epoch) {
    psks_.push_back(
        keyschedule::ResumptionPskId{keyschedule::ResumptionPSKUsage::application, to_bytes(group_id), epoch});
    return *this;
  }
  // Replaces all extensions of the GroupContext. RFC 9420 §12.1.7
  CommitRequest& group_context_extensions(treekem::ExtensionList extensions) {
    extensions_ = std::move(extensions);
    return *this;
  }
  CommitRequest& pending(PendingProposals choice) {
    pending_ = choice;
    return *this;
  }
  CommitRequest& path(PathChoice choice) {
    path_ = choice;
    return *this;
  }
  CommitRequest& tree(TreeDelivery delivery) {
    tree_ = delivery;
    return *this;
  }
  // mls_public_message or mls_private_message (the default).
  CommitRequest& handshake(WireFormat format) {
    wire_format_ = format;
    return *this;
  }
  // Sent along in the clear, covered by signature and AEAD.
  CommitRequest& authenticated_data(BytesView data) {
    authenticated_data_ = to_bytes(data);
    return *this;
  }
  // Zero octets added to a PrivateMessage's plaintext.
  CommitRequest& padding(std::size_t octets) {
    padding_ = octets;
    return *this;
  }

  [[nodiscard]] const std::vector<Bytes>& adds() const { return adds_; }
  [[nodiscard]] const std::vector<tree_math::LeafIndex>& removes() const { return removes_; }
  [[nodiscard]] const std::vector<std::variant<keyschedule::ExternalPskId, keyschedule::ResumptionPskId>>& psks()
      const {
    return psks_;
  }
  [[nodiscard]] const std::optional<treekem::ExtensionList>& group_context_extensions() const { return extensions_; }
  [[nodiscard]] PendingProposals pending() const { return pending_; }
  [[nodiscard]] PathChoice path() const { return path_; }
  [[nodiscard]] TreeDelivery tree() const { return tree_; }
  [[nodiscard]] WireFormat wire_format() const { return wire_format_; }
  [[nodiscard]] const Bytes& authenticated_data() const { return authenticated_data_; }
  [[nodiscard]] std::size_t padding() const { return padding_; }

 private:
  std::vector<Bytes> adds_;
  std::vector<tree_math::LeafIndex> removes_;
  std::vector<std::variant<keyschedule::ExternalPskId, keyschedule::ResumptionPskId>> psks_;
  std::optional<treekem::ExtensionList> extensions_;
  PendingProposals pending_ = PendingProposals::include;
  PathChoice path_ = PathChoice::always;
  TreeDelivery tree_ = TreeDelivery::in_welcome;
  WireFormat wire_format_ = WireFormat::mls_private_message;
  Bytes authenticated_data_;
  std::size_t padding_ = 0;
};

}  // namespace dmls::group
