// A storage::Store of one's own: one file that is written anew, beside the old one, with every batch. Good enough for a
// device with few groups; a database does less work for each batch. A real one also locks its file: two processes that
// work with one state would use keys twice.
#include <dmls/group/client.h>
#include <dmls/group/group.h>
#include <dmls/storage/store.h>
#include <dmls/tls_codec/codec.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

using namespace dmls;

// [store]
class FileStore final : public storage::Store {
 public:
  static Result<std::shared_ptr<FileStore>> open(const std::string& path) {
    auto store = std::shared_ptr<FileStore>(new FileStore(path));
    DMLS_CHECK(store->load());
    return store;
  }

  // All or nothing: the new content goes to a second file, which takes the first one's name once it is safely there.
  // What was erased is in neither afterwards; what the medium keeps of freed blocks is another matter: seal the store
  // (storage::SealedStore) with a key that can be destroyed.
  Result<void> write(const storage::Batch& batch) override {
    const std::lock_guard lock(mutex_);
    if (broken_) return fail(storage::errc::kBroken, "an earlier write failed half-way: open the store again");
    Records next;
    for (const auto& [key, value] : records_) next.emplace(key, value.clone());
    for (const storage::Op& op : batch.ops()) {
      switch (op.kind) {
        case storage::Op::Kind::put: next.insert_or_assign(op.key, op.value.clone()); break;
        case storage::Op::Kind::erase: next.erase(op.key); break;
        case storage::Op::Kind::erase_all:
          std::erase_if(next, [&](const auto& record) { return storage::starts_with(record.first, op.key); });
          break;
      }
    }
    DMLS_CHECK(replace_file(next));
    records_ = std::move(next);
    return {};
  }

  Result<std::optional<SecretBytes>> read(BytesView key) override {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(to_bytes(key));
    if (found == records_.end()) return std::optional<SecretBytes>();
    return std::optional<SecretBytes>(found->second.clone());
  }

  Result<void> for_each(BytesView prefix, const Visitor& visit) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, value] : records_) {
      if (storage::starts_with(key, prefix)) DMLS_CHECK(visit(key, value.expose()));
    }
    return {};
  }
  // [/store]

 private:
  using Records = std::map<Bytes, SecretBytes, OctetOrder>;
  explicit FileStore(std::string path) : path_(std::move(path)) {}

  struct Record {
    Bytes key;
    SecretBytes value;
    static constexpr auto fields(auto& s) { return std::tie(s.key, s.value); }
  };

  Result<void> replace_file(const Records& records) {
    std::vector<Record> list;
    for (const auto& [key, value] : records) list.push_back({key, value.clone()});
    const SecretBytes octets = tls_codec::encode_secret(list);  // wiped when it is written
    const std::string fresh = path_ + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return fail(storage::errc::kWriteFailed, "the new file cannot be made");
    const bool written = write_all(file, octets.expose()) && ::fsync(file) == 0;
    if (::close(file) != 0 || !written || std::rename(fresh.c_str(), path_.c_str()) != 0) {
      ::unlink(fresh.c_str());  // the old file is untouched
      return fail(storage::errc::kWriteFailed, "the records cannot be written");
    }
    // The name is durable when the folder is. If that fails, nobody knows which of the two a crash would leave.
    const int folder = ::open(std::filesystem::path(path_).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool durable = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    if (durable) return {};
    broken_ = true;
    return fail(storage::errc::kBroken, "the folder cannot be written");
  }

  Result<void> load() {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return {};  // a new store
    if (file < 0) return fail(storage::errc::kReadFailed, "the store cannot be opened");
    struct stat status = {};
    const bool sized = ::fstat(file, &status) == 0;
    SecretBytes octets(static_cast<std::size_t>(status.st_size));
    const bool good = sized && read_all(file, octets.expose_mut());
    ::close(file);
    if (!good) return fail(storage::errc::kReadFailed, "the store cannot be read");
    auto list = tls_codec::decode<std::vector<Record>>(octets.expose());
    if (!list) return fail(storage::errc::kUnknownFormat, "the file is no store of ours");
    for (Record& record : *list) records_.insert_or_assign(std::move(record.key), std::move(record.value));
    return {};
  }

  static bool write_all(int file, BytesView octets) {
    while (!octets.empty()) {
      const ssize_t done = ::write(file, octets.data(), octets.size());
      if (done < 0) return false;
      octets = octets.subspan(static_cast<std::size_t>(done));
    }
    return true;
  }
  static bool read_all(int file, std::span<std::uint8_t> out) {
    while (!out.empty()) {
      const ssize_t done = ::read(file, out.data(), out.size());
      if (done <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(done));
    }
    return true;
  }

  std::mutex mutex_;
  std::string path_;
  Records records_;
  bool broken_ = false;
};

namespace {

Result<group::Client> open_client(const std::string& path, std::shared_ptr<const crypto::Signer> signer) {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  DMLS_TRY(auto store, FileStore::open(path));
  group::ClientConfig config{.suite = suite,
                             .credential = treekem::BasicCredential{to_bytes(as_bytes("alice"))},
                             .signer = std::move(signer),
                             .policy = std::make_shared<group::AcceptEverything>()};
  config.store = std::move(store);
  return group::Client::create(std::move(config));
}

Result<void> run(const std::string& folder) {
  const std::string path = folder + "/alice";
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(crypto::CipherSuiteId{1}));
  SystemRandom random;
  DMLS_TRY(auto key, crypto::generate_signature_key_pair(suite, random));
  const auto signer = std::make_shared<crypto::KeyPairSigner>(suite, std::move(key));
  {
    DMLS_TRY(auto alice, open_client(path, signer));
    DMLS_TRY(auto group, alice.create_group(as_bytes("notes")));
    DMLS_TRY(auto commit, group.commit({}));
    DMLS_CHECK(group.merge(std::move(commit)));
    // A step that cannot be written does not happen.
    DMLS_TRY(auto lost, group.commit({}));
    std::filesystem::rename(folder, folder + "-away");
    const auto refused = group.merge(std::move(lost));
    std::filesystem::rename(folder + "-away", folder);
    if (refused || refused.error().code != storage::errc::kWriteFailed || group.epoch() != 1)
      return fail(errc::kMisuse, "a merge that could not be written should have been refused");
  }
  DMLS_TRY(auto alice, open_client(path, signer));
  DMLS_TRY(auto group, alice.load_group(as_bytes("notes")));
  std::printf("loaded in epoch %llu\n", (unsigned long long)group.epoch());
  return group.epoch() == 1 ? Result<void>() : fail(errc::kMisuse, "another epoch than was left");
}

}  // namespace

int main() {
  std::error_code code;
  std::string folder = (std::filesystem::temp_directory_path(code) / "dmls-example-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const auto result = run(folder);
  std::filesystem::remove_all(folder, code);
  if (!result) std::fprintf(stderr, "refused: %s\n", result.error().rule);
  return result ? 0 : 1;
}
