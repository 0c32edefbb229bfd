#pragma once
// Eight people in one group, and commits that all of them follow.

#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <string>
#include <string_view>
#include <vector>

namespace dmls::pictures {

// A path secret of a commit: whose node it is for, and to which nodes it was sealed.
struct Sealed {
  tree_math::NodeIndex node;
  std::vector<tree_math::NodeIndex> to;
};

class Room {
 public:
  // Alice makes a group, and adds seven by a commit without a path: nobody has committed fresh keys.
  Room();

  [[nodiscard]] const treekem::RatchetTree& tree() const { return people_[0].group.public_epoch()->tree; }
  [[nodiscard]] std::uint64_t epoch() const { return people_[0].group.epoch(); }
  [[nodiscard]] std::string name_at(tree_math::LeafIndex) const;

  // A commit with nothing but fresh keys; what it sealed, from the lowest node up.
  std::vector<Sealed> renew(std::string_view who);
  void remove(std::string_view who, const std::vector<std::string_view>& whom);
  // Without a path.
  void add(std::string_view who, std::string_view whom);

 private:
  struct Person {
    std::string name;
    group::Client client;
    group::Group group;
  };
  Person& find(std::string_view name);
  struct Sent {
    Bytes commit;
    Bytes welcome;
  };
  // What was sent, after everybody has followed it.
  Sent commit(Person& committer, const group::CommitRequest&);
  void welcome(std::vector<std::pair<std::string, group::Client>>, const Bytes& message);

  std::vector<Person> people_;
};

}  // namespace dmls::pictures
