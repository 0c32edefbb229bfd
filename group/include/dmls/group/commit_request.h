#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/framed_content.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <vector>

namespace dmls::group {

// When a commit brings fresh keys. RFC 9420 §12.4 demands a path for some proposals and for none at all.
enum class PathChoice : std::uint8_t { always, when_required };
// Where a new member finds the ratchet tree. RFC 9420 §12.4.3.3
enum class TreeDelivery : std::uint8_t { in_welcome, aside };

// CommitRequest says what a commit shall do. A request without proposals renews the committer's keys.
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
  [[nodiscard]] PathChoice path() const { return path_; }
  [[nodiscard]] TreeDelivery tree() const { return tree_; }
  [[nodiscard]] WireFormat wire_format() const { return wire_format_; }
  [[nodiscard]] const Bytes& authenticated_data() const { return authenticated_data_; }
  [[nodiscard]] std::size_t padding() const { return padding_; }

 private:
  std::vector<Bytes> adds_;
  std::vector<tree_math::LeafIndex> removes_;
  PathChoice path_ = PathChoice::always;
  TreeDelivery tree_ = TreeDelivery::in_welcome;
  WireFormat wire_format_ = WireFormat::mls_private_message;
  Bytes authenticated_data_;
  std::size_t padding_ = 0;
};

}  // namespace dmls::group
