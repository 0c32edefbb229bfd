#pragma once
// A group with a linear history: one present epoch, and commits that lead to the next.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/changes.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/error.h>
#include <dmls/group/transition.h>

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

namespace dmls::group {

// StagedCommit is a commit that was created or received and verified, and has not happened yet. Look at changes(); then
// give it to Group::merge(), or drop it: nothing has changed. Several may be staged on one epoch at a time.
class [[nodiscard]] StagedCommit {
 public:
  [[nodiscard]] const Changes& changes() const { return staged_.changes; }
  // The encoded MLSMessage to send to the members; empty for a received commit.
  [[nodiscard]] const Bytes& message() const { return message_; }
  // The encoded MLSMessage with the Welcome for those who are added; empty if nobody is.
  [[nodiscard]] const Bytes& welcome() const { return welcome_; }

 private:
  friend class Group;
  StagedCommit(std::shared_ptr<const PublicEpoch> parent, StagedEpoch staged, keyschedule::InitSecret init_secret)
      : parent_(std::move(parent)), staged_(std::move(staged)), init_secret_(std::move(init_secret)) {}
  std::shared_ptr<const PublicEpoch> parent_;
  StagedEpoch staged_;
  keyschedule::InitSecret init_secret_;  // of the staged epoch
  Bytes message_;
  Bytes welcome_;
};

// An application message, authenticated as `sender`'s.
struct ApplicationMessage {
  LeafIndex sender;
  Bytes data;
  Bytes authenticated_data;
};

// What is normal and needs no action of the caller.
enum class Skipped : std::uint8_t {
  own_message,  // sent by this client itself; an own commit is merged where it was created
  duplicate,    // its key was used before: seen already, or so late that its key is gone
};

// What came of a message: std::get_if<> the cases you care about.
using Event = std::variant<ApplicationMessage, StagedCommit, Skipped>;

class Group {
 public:
  Group(Group&&) noexcept = default;
  Group& operator=(Group&&) noexcept = default;

  [[nodiscard]] BytesView group_id() const { return epoch_.shared().context.group_id; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_.number(); }
  [[nodiscard]] LeafIndex own_leaf() const { return epoch_.own_leaf(); }
  // From left to right.
  [[nodiscard]] std::vector<Member> members() const;
  // Equal for all members who agree on everything, RFC 9420 §8.7; KDF.Nh octets. Compare it out of band.
  [[nodiscard]] const keyschedule::EpochAuthenticator& epoch_authenticator() const {
    return epoch_.own().epoch_authenticator;
  }
  // MLS-Exporter, RFC 9420 §8.5; `length` octets.
  Result<SecretBytes> export_secret(std::string_view label, BytesView context, std::size_t length) const;
  // The encoded ratchet tree, for new members who get it aside. RFC 9420 §12.4.3.3
  [[nodiscard]] Bytes ratchet_tree() const { return epoch_.shared().tree.encode(); }

  // Encrypts an application message as an encoded MLSMessage. RFC 9420 §6.3
  Result<Bytes> protect(BytesView data, BytesView authenticated_data = {});

  // Creates a commit. The group stays in its epoch until merge(): send the message, and merge when the delivery service
  // has accepted it.
  Result<StagedCommit> commit(const CommitRequest&);

  // Reads an encoded MLSMessage. What is not genuine is an error and changes nothing.
  Result<Event> process(BytesView message);

  // Enters the staged epoch. Fails with kStale if the commit was not staged on the present epoch, and changes nothing
  // then; a commit that was staged here always merges.
  Result<void> merge(StagedCommit);

 private:
  friend class Client;
  Group(Epoch epoch, keyschedule::InitSecret init_secret, std::shared_ptr<const ClientConfig> config)
      : epoch_(std::move(epoch)), init_secret_(std::move(init_secret)), config_(std::move(config)) {}

  Epoch epoch_;
  keyschedule::InitSecret init_secret_;
  std::shared_ptr<const ClientConfig> config_;
};

}  // namespace dmls::group
