#pragma once
#include <dmls/fork/session.h>
#include <dmls/group/client_config.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace dmls::fork {

// What a client shares with its sessions.
struct ClientState {
  std::shared_ptr<const group::ClientConfig> config;
  SessionOptions options;
  // By the key of a stored session: the number of the object that may write it.
  std::map<Bytes, std::uint64_t, OctetOrder> owners = {};
  std::multiset<Bytes, OctetOrder> sessions = {};  // the group ids of the stored sessions that live

  [[nodiscard]] storage::Store* store() const { return config->store.get(); }
};

}  // namespace dmls::fork
