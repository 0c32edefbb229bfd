// A client that survives its process: its groups are in SQLite, its signature key is the application's to keep.
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/storage_sqlite/sqlite_store.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

using namespace dmls;

// [open]
// Everything that changes the client or its groups is in the file before the function that does it returns. Private
// signature keys are not: they belong into whatever keystore the application has. Here the caller brings its own.
Result<group::Client> open_client(const std::string& path, const std::string& name,
                                  std::shared_ptr<const crypto::Signer> signer) {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  DMLS_TRY(auto store, storage::SqliteStore::open({.path = path}));  // kInUse: another process has it
  group::ClientConfig config{.suite = suite,
                             .credential = treekem::BasicCredential{to_bytes(as_bytes(name))},
                             .signer = std::move(signer),
                             .policy = std::make_shared<group::AcceptEverything>()};  // yours decides
  config.store = std::move(store);
  return group::Client::create(std::move(config));
}
// [/open]

// [work]
// Alice makes a group, adds Bob, and has a commit in flight when her process ends. Returns what Bob needs to join.
Result<Bytes> first_run(group::Client alice, const Bytes& key_package) {
  DMLS_TRY(auto group, alice.create_group(as_bytes("book club")));
  DMLS_TRY(auto add, group.commit(group::CommitRequest().add(key_package)));
  const Bytes welcome = add.welcome();
  DMLS_CHECK(group.merge(std::move(add)));
  DMLS_TRY(const auto in_flight, group.commit({}));  // sent; whether it was accepted, nobody knows yet
  return welcome;
}

// The next process finds the group where the last one left it. Returns the commit, and a message in the epoch after.
Result<std::vector<Bytes>> second_run(group::Client alice) {
  DMLS_TRY(const auto ids, alice.stored_groups());
  if (ids.size() != 1) return fail(errc::kMisuse, "there should be one group");
  DMLS_TRY(auto group, alice.load_group(ids[0]));
  auto in_flight = group.pending();  // ask the delivery service which of them it took, discard() the others
  if (in_flight.size() != 1) return fail(errc::kMisuse, "there should be one commit");
  const Bytes commit = in_flight[0].message();
  DMLS_CHECK(group.merge(std::move(in_flight[0])));
  DMLS_TRY(const Bytes message, group.protect(as_bytes("where were we?")));
  return std::vector<Bytes>{commit, message};
}
// [/work]

namespace {

Result<void> run(const std::string& path) {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  SystemRandom random;
  DMLS_TRY(auto key, crypto::generate_signature_key_pair(suite, random));
  const auto signer = std::make_shared<crypto::KeyPairSigner>(suite, std::move(key));
  DMLS_TRY(auto bob, group::Client::create(suite, "bob", std::make_shared<group::AcceptEverything>()));
  DMLS_TRY(const Bytes key_package, bob.new_key_package());

  DMLS_TRY(auto alice, open_client(path, "alice", signer));
  const auto twice = open_client(path, "alice", signer);
  if (twice || twice.error().code != storage::errc::kInUse) return fail(errc::kMisuse, "the store should be locked");
  DMLS_TRY(const Bytes welcome, first_run(std::move(alice), key_package));  // the client is gone now, and its lock

  DMLS_TRY(auto entry, bob.join(welcome));
  DMLS_TRY(auto bobs, bob.enter(std::move(entry)));
  DMLS_TRY(auto again, open_client(path, "alice", signer));
  DMLS_TRY(const auto sent, second_run(std::move(again)));
  DMLS_TRY(auto commit, bobs.process(sent[0]));
  DMLS_CHECK(bobs.merge(std::get<group::Transition>(std::move(commit))));
  DMLS_TRY(const auto heard, bobs.process(sent[1]));
  const auto& text = std::get<group::ApplicationMessage>(heard);
  std::printf("bob hears \"%.*s\" in epoch %llu\n", int(text.data.size()),
              reinterpret_cast<const char*>(text.data.data()), (unsigned long long)text.epoch);
  return {};
}

}  // namespace

int main() {
  std::error_code code;
  std::string folder = (std::filesystem::temp_directory_path(code) / "dmls-example-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const auto result = run(folder + "/alice.db");
  std::filesystem::remove_all(folder, code);
  if (!result) std::fprintf(stderr, "refused: %s\n", result.error().rule);
  return result ? 0 : 1;
}
