// The rows of README.md for this library; and the group that all of them join.
//
//   peer_rows invite MEMBERS SHAPE            reads two key packages, writes a Welcome for both; SHAPE is populated or
//                                             fresh
//   peer_rows rows MEMBERS ROUNDS ADDED       writes two key packages, reads a Welcome, writes the rows

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto/hpke.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto_testing/counting_provider.h>
#include <dmls/group/client.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/measure.h"
#include "support/large_group.h"

namespace dmls::bench {
namespace {

using group::Client;
using group::CommitRequest;
using group::Group;
using group::Transition;
using test::must;

constexpr int kMessages = 50;
constexpr group::LeafIndex kRemoved(4);

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "peer_rows: %s\n", why);
  std::exit(1);
}
void require(bool holds, const char* why) {
  if (!holds) give_up(why);
}

crypto_testing::CountingProvider& counting() {
  static auto& provider = *new crypto_testing::CountingProvider;
  return provider;
}
crypto::CipherSuite suite() {
  return must(
      crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, counting()));
}
Client client(const std::string& name) {
  return must(Client::create(suite(), name, std::make_shared<group::AcceptEverything>()));
}

Bytes read_line() {
  std::string line;
  require(static_cast<bool>(std::getline(std::cin, line)), "a line of hexadecimal digits is missing");
  return must(from_hex(line));
}
void write_line(BytesView octets) { std::cout << to_hex(octets) << std::endl; }

// Times by row and of primitives, and how many public-key operations a row has.
class Rows {
 public:
  auto measure(const char* row, auto&& run) {
    const crypto_testing::PrimitiveCounts before = counting().counts();
    auto result = timed(times_[row], run);
    const auto counts = counting().counts() - before;
    auto& into = counts_[row];
    for (const auto& [name, count] : {std::pair("sign", counts.sign), std::pair("verify", counts.verify),
                                      std::pair("base", counts.base), std::pair("dh", counts.dh)})
      into[name].push_back(static_cast<double>(count));
    return result;
  }
  auto primitive(const char* name, auto&& run) { return timed(primitives_[name], run); }
  void print() const {
    std::printf("{\"rows\": %s, \"primitives\": %s, \"counts\": {", json(times_).c_str(), json(primitives_).c_str());
    const char* separator = "";
    for (const auto& [row, counts] : counts_) {
      std::printf("%s\"%s\": %s", separator, row.c_str(), json(counts).c_str());
      separator = ", ";
    }
    std::puts("}}");
  }

 private:
  using Table = std::map<std::string, std::vector<double>>;

  static auto timed(std::vector<double>& into, auto& run) {
    const double begin = microseconds_of(CLOCK_PROCESS_CPUTIME_ID);
    auto result = run();
    into.push_back(microseconds_of(CLOCK_PROCESS_CPUTIME_ID) - begin);
    return result;
  }
  static std::string json(const Table& table) {
    std::string out = "{";
    for (const auto& [name, values] : table) {
      std::array<char, 32> number{};
      std::snprintf(number.data(), number.size(), "%.3f", median_of(values));
      out += (out.size() > 1 ? ", \"" : "\"") + name + "\": " + number.data();
    }
    return out + "}";
  }

  Table times_, primitives_;
  std::map<std::string, Table> counts_;
};

// What README.md takes rows apart with.
void primitives(Rows& rows) {
  SystemRandom random;
  const auto s = suite();
  const crypto::KeyPairSigner signer(s, must(crypto::generate_signature_key_pair(s, random)));
  const Bytes message(300, 7), secret(32, 5);
  for (int i = 0; i < 100; ++i) {
    const Bytes signature = rows.primitive("sign", [&] { return must(signer.sign(message)); });
    rows.primitive("verify", [&] {
      must(s.provider().verify(s.signature(), signer.public_key().octets, message, signature));
      return true;
    });
    const auto pair = rows.primitive("derive", [&] { return must(crypto::generate_hpke_key_pair(s, random)); });
    (void)rows.primitive(
        "seal", [&] { return must(crypto::hpke_seal(crypto::HpkeInfo(s, {}), pair.public_key, {}, secret, random)); });
  }
}

Transition staged(Group& group, const Bytes& commit) {
  auto event = must(group.process(commit));
  auto* transition = std::get_if<Transition>(&event);
  require(transition != nullptr, "not a commit");
  return std::move(*transition);
}

void add_everybody(Rows& rows, std::size_t members) {
  auto creator = client("creator");
  auto group = must(creator.create_group());
  std::vector<Bytes> packages;
  for (std::size_t i = 1; i < members; ++i)
    packages.push_back(must(client("user-" + std::to_string(100'000'000 + i)).new_key_package()));
  auto made = rows.measure("add everybody", [&] {
    CommitRequest request;
    for (const Bytes& package : packages) request.add(package);
    return must(group.commit(request));
  });
  must(group.merge(std::move(made)));
  require(group.members().size() == members, "members are missing");
  (void)rows.measure("commit, fresh", [&] { return must(group.commit(CommitRequest())); });
}

void measure_rows(std::size_t members, int rounds, std::size_t added) {
  Rows rows;
  std::vector<Client> clients;
  clients.push_back(client("a"));
  clients.push_back(client("b"));
  for (Client& one : clients) write_line(must(one.new_key_package()));
  const Bytes welcome = read_line();
  std::vector<Group> groups;
  for (Client& one : clients)
    groups.push_back(rows.measure("join", [&] { return must(one.enter(must(one.join(welcome)))); }));
  require(groups[0].members().size() == members, "members are missing");

  for (int round = 0; round < rounds; ++round) {
    Group &from = groups[static_cast<std::size_t>(round % 2)], &to = groups[static_cast<std::size_t>(1 - round % 2)];
    auto made = rows.measure("commit", [&] { return must(from.commit(CommitRequest())); });
    (void)rows.measure("process", [&] {
      must(to.merge(staged(to, made.message())));
      return true;
    });
    must(from.merge(std::move(made)));
    require(from.epoch_authenticator() == to.epoch_authenticator(), "they do not agree");
    must(from.discard(rows.measure("remove", [&] { return must(from.commit(CommitRequest().remove(kRemoved))); })));
  }
  const Bytes data(100, 5);
  for (int i = 0; i < kMessages; ++i) {
    const Bytes message = rows.measure("send", [&] { return must(groups[0].protect(data)); });
    const auto event = rows.measure("receive", [&] { return must(groups[1].process(message)); });
    const auto* read = std::get_if<group::ApplicationMessage>(&event);
    require(read != nullptr && read->data == data, "another message");
  }
  if (added > 0) add_everybody(rows, added);
  primitives(rows);
  rows.print();
}

// A group of `members`, two of whom have just been added.
void invite(std::uint32_t members, test::TreeShape shape) {
  const test::LargeGroup large(suite(), members - 2, shape);
  auto config = large.config(group::LeafIndex(1));
  config.grease = false;  // OpenMLS 0.9.2 refuses what it does not know
  auto inviter = large.join(group::LeafIndex(1), std::move(config));
  CommitRequest request;
  for (int i = 0; i < 2; ++i) request.add(read_line());
  write_line(must(inviter.group.commit(request)).welcome());
}

}  // namespace
}  // namespace dmls::bench

int main(int count, char** words) {
  const std::vector<std::string> arguments(words, words + count);
  const auto number = [&](std::size_t i) { return static_cast<std::uint32_t>(std::stoul(arguments.at(i))); };
  if (arguments.size() == 4 && arguments[1] == "invite") {
    dmls::bench::invite(number(2),
                        arguments[3] == "fresh" ? dmls::test::TreeShape::fresh : dmls::test::TreeShape::populated);
  } else if (arguments.size() == 5 && arguments[1] == "rows") {
    dmls::bench::measure_rows(number(2), static_cast<int>(number(3)), number(4));
  } else {
    std::fputs("usage: peer_rows invite MEMBERS SHAPE | rows MEMBERS ROUNDS ADDED\n", stderr);
    return 2;
  }
}
