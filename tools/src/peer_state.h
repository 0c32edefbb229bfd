#pragma once
// What `dmls peer` holds between requests: clients, groups and what is staged, each under a handle.

#include <dmls/base/random.h>
#include <dmls/group/client.h>
#include <dmls/group/clock.h>
#include <dmls/group/group.h>
#include <dmls/group/observer.h>

#include <map>
#include <memory>
#include <string>

#include "peer_request.h"

namespace dmls::tools {

// Shelf keeps things under handles: a letter and a number that is never used again.
template <class T>
class Shelf {
 public:
  explicit Shelf(std::string prefix) : prefix_(std::move(prefix)) {}
  std::string add(T thing) {
    std::string handle = prefix_ + std::to_string(++last_);
    things_.emplace(handle, std::move(thing));
    return handle;
  }
  T& at(const std::string& handle) {
    const auto found = things_.find(handle);
    if (found == things_.end()) throw BadRequest{"there is no '" + handle + "'"};
    return found->second;
  }
  T take(const std::string& handle) {
    T thing = std::move(at(handle));
    things_.erase(handle);
    return thing;
  }
  bool erase(const std::string& handle) { return things_.erase(handle) > 0; }

 private:
  std::string prefix_;
  std::uint64_t last_ = 0;
  std::map<std::string, T> things_;
};

// A client, and what its configuration shares with it.
struct PeerClient {
  group::Client client;
  group::ClientConfig config;  // the same that the client has
};

// What would happen next, and the handle of whom it happens to: of a group, or for an entry of a client.
struct PeerStaged {
  std::string owner;
  group::Transition transition;
};

// A commit that waits for what it names.
struct PeerWaiting {
  std::string group;
  group::WaitingCommit commit;
};

struct PeerState {
  std::shared_ptr<Random> random = std::make_shared<SystemRandom>();
  std::shared_ptr<const group::Clock> clock = std::make_shared<group::SystemClock>();
  Shelf<PeerClient> clients{"c"};
  Shelf<group::Group> groups{"g"};
  Shelf<PeerStaged> staged{"s"};
  Shelf<PeerWaiting> waiting{"w"};
  Shelf<group::Observer> observers{"o"};

  PeerClient& client(const Request& request) { return clients.at(request.text("client")); }
  group::Group& group(const Request& request) { return groups.at(request.text("group")); }
};

}  // namespace dmls::tools
