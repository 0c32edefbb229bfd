#pragma once
// What is behind the opaque handles of dmls.h.

#include <dmls.h>

#include <dmls/fork/client.h>
#include <dmls/group/client.h>
#include <dmls/sendgroup/session.h>
#include <dmls/storage/store.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

struct dmls_octets {
  dmls::Bytes octets;
};

struct dmls_octets_list {
  std::vector<dmls_octets> items;
};

struct dmls_members {
  struct Entry {
    std::uint32_t leaf;
    std::uint32_t proposer;
    dmls_octets credential;
    dmls_octets identity;
    dmls_octets signature_key;
  };
  std::vector<Entry> entries;
};

// Lent to a callback in the calling thread: what is asked for is made then.
struct dmls_public_epoch {
  explicit dmls_public_epoch(const dmls::group::PublicEpoch&);
  const dmls::group::PublicEpoch& epoch;
  dmls_octets group_id;
  std::vector<std::pair<dmls::treekem::ExtensionType, dmls_octets>> extensions;
  mutable std::unique_ptr<const dmls_members> members;
};

struct dmls_changes {
  explicit dmls_changes(const dmls::group::Changes&);
  const dmls_public_epoch* before = nullptr;
  dmls_octets group_id;
  std::uint64_t epoch;
  dmls_origin origin;
  bool has_path, ends_group, replaces_extensions;
  std::size_t psk_count;
  dmls_members committer, committer_before, added, removed, updated, updated_before;
};

struct dmls_transition {
  explicit dmls_transition(dmls::group::Transition t) : transition(std::move(t)), changes(transition.changes()) {}
  dmls::group::Transition transition;
  dmls_changes changes;
};

struct dmls_transitions {
  std::vector<std::optional<dmls::group::Transition>> items;
};

struct dmls_commit_request {
  dmls::group::CommitRequest request;
  dmls::treekem::ExtensionList extensions;
};

struct dmls_config {
  dmls_config(const dmls::crypto::CipherSuite& s) : suite(s) {}
  // A configuration for one client.
  [[nodiscard]] dmls::Result<dmls::group::ClientConfig> build() const;
  [[nodiscard]] dmls::Result<dmls::group::SigningIdentity> identity() const;
  [[nodiscard]] dmls::fork::SessionOptions fork_options() const;

  dmls::crypto::CipherSuite suite;
  std::optional<dmls::treekem::Credential> credential;
  std::optional<dmls::crypto::SignatureKeyPair> key;  // nothing: a fresh one for each client
  // Makes the policy, once it is known what tells participants apart.
  std::function<std::shared_ptr<const dmls::group::Policy>(dmls_client_ids)> policy;
  dmls_client_ids client_ids = DMLS_CLIENT_BY_KEY;
  std::shared_ptr<const dmls::group::Clock> clock = std::make_shared<dmls::group::SystemClock>();
  std::shared_ptr<dmls::Random> random = std::make_shared<dmls::SystemRandom>();
  std::shared_ptr<const dmls::group::Padding> padding = std::make_shared<dmls::group::NoPadding>();
  std::shared_ptr<dmls::storage::Store> store;
  dmls::group::MessageWindow window;
  dmls::treekem::Capabilities capabilities = dmls::treekem::default_capabilities();
  std::vector<dmls::crypto::SignatureKeyPair> other_keys;
  std::uint64_t key_package_lifetime = 90 * 24 * 3600;  // seconds, as in ClientConfig
  bool grease = true;
  dmls::Bytes session_name;  // DiMLS
  dmls_fork_choice fork_choice = DMLS_CHOICE_HIGHEST_TAG;
  dmls::fork::RetentionPolicy retention;
  dmls::sendgroup::UpdatePolicy updates;
};

struct dmls_client {
  dmls::group::Client client;
};
struct dmls_group {
  dmls::group::Group group;
};
struct dmls_fork_client {
  dmls::fork::Client client;
};
struct dmls_fork_session {
  dmls::fork::Session session;
};
struct dmls_sendgroup {
  dmls::sendgroup::Session session;
};

struct dmls_events {
  // One record for every layer; what does not apply is empty.
  struct Record {
    dmls_event kind = DMLS_EVENT_NONE;
    dmls_skipped skipped = DMLS_SKIPPED_NONE;
    std::uint64_t epoch = 0;
    std::uint32_t leaf = DMLS_NO_LEAF;
    dmls_octets node, parent, sender, data, authenticated_data;
    dmls_octets_list messages;
    dmls_members members;
    std::unique_ptr<dmls_changes> changes;
    bool self = false;
    dmls_error error = {0, nullptr};
    std::optional<dmls::group::Transition> transition;
    std::optional<dmls::group::WaitingCommit> waiting;
  };
  std::vector<Record> records;
};

struct dmls_batch {
  const std::vector<dmls::storage::Op>& ops;
};
struct dmls_sink {
  std::function<dmls::Result<void>(dmls::BytesView key, dmls::BytesView value)> put;
};
