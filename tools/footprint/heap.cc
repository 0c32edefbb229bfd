// How much of the heap a group takes: the C library's own count of what is in use, before and after.
#include <dmls/group/client.h>
#include <dmls/group/group.h>

#include <malloc.h>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace dmls;

namespace {

std::size_t in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

Result<void> measure(std::size_t members, bool print) {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  const auto policy = std::make_shared<group::AcceptEverything>();
  DMLS_TRY(auto alice, group::Client::create(suite, "alice", policy));
  DMLS_TRY(auto bob, group::Client::create(suite, "bob", policy));
  const std::size_t before_package = in_use();
  DMLS_TRY(const Bytes bobs_package, bob.new_key_package());
  const std::size_t package = in_use() - before_package - bobs_package.capacity();  // given back when he has joined

  const std::size_t before_founder = in_use();
  DMLS_TRY(auto founded, alice.create_group());
  Bytes welcome;
  {
    group::CommitRequest request;
    request.add(bobs_package);
    for (std::size_t i = 2; i < members; ++i) {
      DMLS_TRY(auto other, group::Client::create(suite, "member " + std::to_string(i), policy));
      DMLS_TRY(const Bytes another, other.new_key_package());
      request.add(another);
    }
    DMLS_TRY(auto commit, founded.commit(request));
    welcome = commit.welcome();
    DMLS_CHECK(founded.merge(std::move(commit)));
  }
  const std::size_t welcome_size = welcome.capacity();
  const std::size_t founder = in_use() - before_founder - welcome_size;

  const std::size_t before_joiner = in_use();
  std::optional<group::Group> joined;
  {
    DMLS_TRY(auto entry, bob.join(welcome));
    DMLS_TRY(auto entered, bob.enter(std::move(entry)));
    joined.emplace(std::move(entered));
  }
  const std::size_t joiner = in_use() + package - before_joiner;
  if (founded.members().size() != members || joined->members().size() != members)
    return fail(errc::kMisuse, "another number of members than was asked for");
  if (print) std::printf("%zu,%zu,%zu\n", members, founder, joiner);
  return {};
}

}  // namespace

// usage: heap MEMBERS...; prints members, octets at the founder, octets at one who joined
int main(int count, char** arguments) {
  auto result = measure(2, false);  // tables that are made once are no group's
  for (int i = 1; i < count && result; ++i) result = measure(std::strtoul(arguments[i], nullptr, 10), true);
  if (!result) std::fprintf(stderr, "refused: %s\n", result.error().rule);
  return result ? 0 : 1;
}
