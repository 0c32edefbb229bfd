// What version 1 of a database looks like: store_v1.txt is a whole file, in lines "octets size", then "at offset
// octets" for whatever is not zero.
#include <dmls/base/hex.h>
#include <dmls/storage/key.h>
#include <dmls/storage_sqlite/sqlite_store.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "support/temporary_folder.h"

namespace dmls::storage {
namespace {

// Values of one page, of several, and of none.
std::map<Bytes, Bytes> expected() {
  std::map<Bytes, Bytes> out;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{300}, std::size_t{5000}}) {
    Bytes value(size);
    for (std::size_t i = 0; i < size; i += 97) value[i] = static_cast<std::uint8_t>(i + size + 1);
    out[below(below({}, "g"), std::uint64_t{size})] = std::move(value);
  }
  return out;
}

std::map<Bytes, Bytes> content(Store& store) {
  std::map<Bytes, Bytes> out;
  EXPECT_TRUE(store.for_each({}, [&out](BytesView key, BytesView value) -> Result<void> {
    out[to_bytes(key)] = to_bytes(value);
    return {};
  }));
  return out;
}

std::string read_fixture() {
  std::ifstream in(std::string(DMLS_TEST_FOLDER) + "/storage_sqlite/store_v1.txt");
  std::string word, octets, file;
  for (std::size_t at = 0; in >> word >> at;) {
    if (word == "octets") {
      file.assign(at, '\0');
      continue;
    }
    in >> octets;
    const Bytes part = *from_hex(octets);
    std::copy(part.begin(), part.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return file;
}

TEST(SqliteFormat, ADatabaseOfVersionOneIsStillOpened) {
  const std::string file = read_fixture();
  ASSERT_GT(file.size(), 4096u);
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("s"), std::ios::binary) << file;
  auto store = SqliteStore::open({folder.file("s")});
  ASSERT_TRUE(store) << store.error().rule;
  EXPECT_EQ(content(**store), expected());
  Batch batch;
  batch.put(below({}, "new"), SecretBytes(as_bytes("value")));
  ASSERT_TRUE((*store)->write(batch));
  *store = nullptr;
  auto again = SqliteStore::open({folder.file("s")});
  ASSERT_TRUE(again);
  EXPECT_EQ(content(**again).size(), expected().size() + 1);
}

// Prints the fixture: for a new version beside the old one, never to replace it.
TEST(SqliteFormat, DISABLED_PrintFixture) {
  const test::TemporaryFolder folder;
  auto store = *SqliteStore::open({folder.file("s")});
  Batch batch;
  for (const auto& [key, value] : expected()) batch.put(key, SecretBytes(BytesView(value)));
  ASSERT_TRUE(store->write(batch));
  store = nullptr;
  std::ifstream in(folder.file("s"), std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), {}};
  std::printf("octets %zu\n", file.size());
  for (std::size_t at = 0; at < file.size(); at += 32) {
    const std::string line = file.substr(at, 32);
    if (line.find_first_not_of('\0') != std::string::npos)
      std::printf("at %zu %s\n", at, to_hex(as_bytes(line)).c_str());
  }
}

}  // namespace
}  // namespace dmls::storage
