#pragma once
#include <dmls/group/client_config.h>
#include <dmls/group/psk_source.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace dmls::group {

// What a client shares with its groups.
class ClientState {
 public:
  explicit ClientState(std::shared_ptr<const ClientConfig> shared) : config(std::move(shared)) {}
  std::shared_ptr<const ClientConfig> config;
  ExternalPsks psks;
  std::multiset<Bytes, OctetOrder> groups;  // the ids of the groups that live
  // By the key of a stored group: the number of the object that may write it.
  std::map<Bytes, std::uint64_t, OctetOrder> owners;

  [[nodiscard]] storage::Store* store() const { return config->store.get(); }
};

// Keeps a group's id in its client's list for as long as the group lives.
class GroupRegistration {
 public:
  GroupRegistration(std::shared_ptr<ClientState> client, BytesView group_id)
      : client_(std::move(client)), entry_(client_->groups.insert(to_bytes(group_id))) {}
  GroupRegistration(const GroupRegistration&) = delete;
  GroupRegistration& operator=(const GroupRegistration&) = delete;
  ~GroupRegistration() { client_->groups.erase(entry_); }

 private:
  std::shared_ptr<ClientState> client_;
  std::multiset<Bytes, OctetOrder>::iterator entry_;
};

// What the application gave to the client, then what its own source knows.
class ClientPsks : public PskSource {
 public:
  explicit ClientPsks(const ClientState& client) : client_(client) {}
  Result<keyschedule::Psk> find(const keyschedule::PreSharedKeyID& id) const override {
    auto own = client_.psks.find(id);
    if (own || !client_.config->psks) return own;
    return client_.config->psks->find(id);
  }

 private:
  const ClientState& client_;
};

}  // namespace dmls::group
