#pragma once
// Clients for generators: every octet they make follows from the generation's stream, and time stands still.

#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/treekem/key_package.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "families.h"

namespace dmls::vectors {

// What a client published, and the private keys behind it.
struct PublishedKeys {
  treekem::KeyPackageBundle bundle;
  crypto::SignatureKeyPair signature;
  [[nodiscard]] Bytes message() const;  // the KeyPackage as an encoded MLSMessage
};
Result<PublishedKeys> publish_keys(const Generation&, std::string_view name);

// Cast is a group and those who play in it. Whatever one of them sends, all others receive, but for those who only
// read vectors later.
class Cast {
 public:
  // `founder` makes the group.
  static Result<Cast> create(const Generation&);

  [[nodiscard]] group::Group& group(std::size_t i) { return *players_[i].group; }
  [[nodiscard]] std::size_t size() const { return players_.size(); }
  [[nodiscard]] BytesView founder_key() const { return founder_key_; }
  // A client that is in no group yet, under a name of its own.
  Result<group::Client> newcomer(std::string_view name);
  // Gives all players an external PSK, present ones and those to come.
  Result<void> share_psk(BytesView id, BytesView psk);

  // Adds another player by a commit of player `by`. The commit is returned.
  Result<Bytes> join(std::size_t by, std::string_view name);
  // A proposal that was made by player `by` reaches the others.
  Result<void> announce(std::size_t by, BytesView message);
  // Player `by` commits; all follow. Players that the commit removes are gone afterwards.
  struct Done {
    Bytes message;
    Bytes welcome;  // empty if it adds nobody
  };
  Result<Done> commit(std::size_t by, const group::CommitRequest&);
  // Somebody from outside joins by a commit, and is a player from then on.
  Result<Bytes> join_by_commit(std::string_view name);

 private:
  struct Player {
    std::unique_ptr<group::Client> client;
    std::unique_ptr<group::Group> group;
  };
  struct Shared {
    Bytes id;
    Bytes psk;
  };
  explicit Cast(const Generation& generation) : generation_(&generation) {}
  Result<void> follow(std::size_t by, BytesView message);
  void bury();

  const Generation* generation_;
  std::vector<Player> players_;
  std::vector<Shared> psks_;
  Bytes founder_key_;
};

}  // namespace dmls::vectors
