// The walker against the decoders of the library: two descriptions of the same formats.
#include <dmls/fork/dmls_message.h>
#include <dmls/group/mls_message.h>
#include <dmls/inspect/input.h>
#include <dmls/inspect/text.h>
#include <dmls/inspect/walk.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/vectors/family.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "support/vectors.h"

namespace dmls::inspect {
namespace {

using Json = nlohmann::json;

// What a field of the `messages` family is, for the walker and for the library.
struct Structure {
  const char* field;
  const char* type;
  std::function<bool(BytesView)> decodes;
};

template <class T>
bool decodes(BytesView octets) {
  return tls_codec::decode<T>(octets).has_value();
}

bool context_holds(BytesView extensions) {  // the content of a vector, see keyschedule::GroupContext
  return decodes<treekem::ExtensionList>(tls_codec::encode(extensions));
}

bool message_decodes(BytesView octets) {
  const auto message = tls_codec::decode<group::MlsMessage>(octets);
  if (!message) return false;
  const auto* info = std::get_if<group::GroupInfo>(&message->body);
  return info == nullptr || context_holds(info->group_context.extensions);
}

const std::vector<Structure>& all() {
  static const std::vector<Structure> list{
      {"mls_welcome", "MLSMessage", message_decodes},
      {"mls_group_info", "MLSMessage", message_decodes},
      {"mls_key_package", "MLSMessage", message_decodes},
      {"group_secrets", "GroupSecrets", decodes<group::GroupSecrets>},
      {"add_proposal", "Add", decodes<group::Add>},
      {"update_proposal", "Update", decodes<group::Update>},
      {"remove_proposal", "Remove", decodes<group::Remove>},
      {"pre_shared_key_proposal", "PreSharedKey", decodes<group::PreSharedKey>},
      {"re_init_proposal", "ReInit", decodes<group::ReInit>},
      {"external_init_proposal", "ExternalInit", decodes<group::ExternalInit>},
      {"group_context_extensions_proposal", "GroupContextExtensions", decodes<group::GroupContextExtensions>},
      {"commit", "Commit", decodes<group::Commit>},
      {"public_message_application", "MLSMessage", message_decodes},
      {"public_message_proposal", "MLSMessage", message_decodes},
      {"public_message_commit", "MLSMessage", message_decodes},
      {"private_message", "MLSMessage", message_decodes},
  };
  return list;
}

Json own_case(std::uint64_t seed) {
  const auto* family = vectors::find_family("messages");
  const std::vector suites{crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519};
  auto cases = vectors::generate_cases(*family, seed, suites);
  EXPECT_TRUE(cases) << cases.error().rule;
  return (*cases)[0];
}

Bytes field(const Json& one, const char* name) { return test::unhex(one[name].get<std::string>()); }

void expect_sound(const Walk& walk, BytesView octets) {
  std::size_t faults = walk.inner.size();
  for (const Fault& fault : walk.inner) ASSERT_LE(fault.octet, octets.size());
  if (walk.fault) {
    ++faults;
    ASSERT_LE(walk.fault->octet, octets.size());
    ASSERT_FALSE(walk.fault->rule.empty());
  }
  ASSERT_EQ(faults == 0, walk.clean());
  for (const Part& part : walk.parts) {
    ASSERT_LE(part.begin, part.content);
    ASSERT_LE(part.content, part.end);
    ASSERT_LE(part.end, octets.size());
    ASSERT_LE(part.depth, kMaxDepth);
  }
  ASSERT_FALSE(tree_text(walk, octets, 16).empty());
}

TEST(Walk, FollowsWhatTheLibraryMakes) {
  const Json one = own_case(7);
  for (const auto& [name, type, decode] : all()) {
    const Bytes octets = field(one, name);
    const Walk found = walk(*find_structure(type), octets);
    EXPECT_TRUE(found.clean()) << name << ": " << (found.fault ? found.fault->rule : "");
    EXPECT_TRUE(decode(octets)) << name;
    expect_sound(found, octets);
  }
  EXPECT_TRUE(walk(*find_structure("RatchetTree"), field(one, "ratchet_tree")).clean());
}

TEST(Walk, FollowsTheOfficialMessages) {
  DMLS_VECTORS_OR_SKIP(official, "MLS_VECTORS");
  for (const Json& one : test::load_json(official / "messages.json")) {
    for (const auto& [name, type, decode] : all()) {
      const Walk found = walk(*find_structure(type), field(one, name));
      ASSERT_FALSE(found.fault) << name << ", octet " << found.fault->octet << ": " << found.fault->rule;
      ASSERT_TRUE(decode(field(one, name))) << name;
    }
    ASSERT_FALSE(walk(*find_structure("RatchetTree"), field(one, "ratchet_tree")).fault);
  }
}

// Ten thousand changes of every kind: the walker refuses what the decoder refuses, accepts what it accepts, and each
// refusal names an octet.
TEST(Walk, RefusesWhatTheDecodersRefuseAndNothingElse) {
  const Json one = own_case(7);
  SeededRandom random(11);
  const auto draw = [&random](std::size_t below) {
    const Bytes b = *random.bytes(4);
    return (std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3]) % below;
  };
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Structure& structure = all()[static_cast<std::size_t>(i) % all().size()];
    Bytes octets = field(one, structure.field);
    for (std::size_t changes = 1 + draw(3); changes > 0 && !octets.empty(); --changes) {
      const std::size_t at = draw(octets.size());
      switch (draw(5)) {
        case 0: octets[at] = static_cast<std::uint8_t>(draw(256)); break;
        case 1: octets[at] = static_cast<std::uint8_t>(octets[at] ^ 1U << draw(8)); break;
        case 2: octets.erase(octets.begin() + static_cast<std::ptrdiff_t>(at)); break;
        case 3:
          octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(draw(4)));
          break;
        default: octets.resize(at);
      }
    }
    const Walk found = walk(*find_structure(structure.type), octets);
    ASSERT_EQ(!found.fault, structure.decodes(octets))
        << structure.field << " " << i << ": " << (found.fault ? found.fault->rule : "no fault");
    expect_sound(found, octets);
    if (HasFatalFailure()) return;
    refused += found.fault ? 1 : 0;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 9900);
}

// Trees: whatever the decoder of trees takes, can be walked; it judges more than the form.
TEST(Walk, FollowsEveryTreeThatDecodes) {
  const Bytes tree = field(own_case(7), "ratchet_tree");
  const auto suite = *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
  const Type& type = *find_structure("RatchetTree");
  int accepted = 0;
  for (std::size_t at = 0; at < tree.size(); ++at) {
    Bytes octets = tree;
    octets[at] ^= 1;
    const Walk found = walk(type, octets);
    expect_sound(found, octets);
    if (!treekem::RatchetTree::decode(suite, octets)) continue;
    ++accepted;
    EXPECT_FALSE(found.fault) << at;
  }
  EXPECT_GT(accepted, 0);
}

TEST(Walk, NamesTheOctetAndTheRule) {
  const auto fault = [](const char* type, const char* digits) {
    const Walk found = walk(*find_structure(type), test::unhex(digits));
    return found.fault ? std::to_string(found.fault->octet) + " " + found.fault->rule : std::string("none");
  };
  EXPECT_EQ(fault("MLSMessage", "00020001"), "0 RFC 9420 §6: the protocol version is not mls10");
  EXPECT_EQ(fault("MLSMessage", "00010006"), "2 RFC 9420 §6: the wire format is unknown");
  EXPECT_EQ(fault("ExternalInit", "4001aa"), "0 RFC 9420 §2.1.2: a vector length is not minimally encoded");
  EXPECT_EQ(fault("ExternalInit", "c001aa"), "0 RFC 9420 §2.1.2: length prefix 0b11 is invalid");
  EXPECT_EQ(fault("ExternalInit", "01aabb"), "2 RFC 9420 §2.1: octets are left over after the value");
  EXPECT_EQ(fault("Remove", "000000"), "3 RFC 9420 §2.1: the input ends inside a field");
  EXPECT_EQ(fault("Commit", "0002"), "1 RFC 9420 §2.1.1: the presence octet of an optional is 0 or 1");
  EXPECT_EQ(fault("RatchetTree", "0100"), "1 RFC 9420 §12.4.3.3: the last node of a ratchet_tree is not blank");
  EXPECT_EQ(fault("RatchetTree", "020102"), "2 RFC 9420 §12.4.3.3: leaves stand at even places, parents at odd ones");
  EXPECT_EQ(fault("Proposal", "0000"), "0 RFC 9420 §17.4: the proposal type 0 is reserved");
}

// Extensions may hold trees whose leaves hold extensions: the walk goes so deep and no deeper.
TEST(Walk, IsBoundedInDepth) {
  Bytes inside;  // extension_data
  for (int nesting = 0; nesting < 40; ++nesting) {
    treekem::LeafNode leaf;
    leaf.credential = treekem::BasicCredential{};
    leaf.leaf_node_source = treekem::LeafFromUpdate{};
    leaf.extensions.push_back({treekem::ExtensionType::ratchet_tree, inside});
    Bytes node{1, 1};
    const Bytes encoded = tls_codec::encode(leaf);
    node.insert(node.end(), encoded.begin(), encoded.end());
    inside = tls_codec::encode(node);
  }
  const Walk found = walk(*find_structure("RatchetTree"), inside);
  EXPECT_FALSE(found.fault);
  expect_sound(found, inside);
}

TEST(Walk, PutsBlankNodesOfATreeTogether) {
  Bytes tree = tls_codec::encode(Bytes(100'000, 0));
  const Walk found = walk(*find_structure("RatchetTree"), tree);
  EXPECT_TRUE(found.fault);
  EXPECT_LE(found.parts.size(), 2U);
}

TEST(Detect, FindsOutWhatItIs) {
  const Json one = own_case(7);
  const std::map<const char*, const char*> expected{{"mls_welcome", "MLSMessage"},
                                                    {"ratchet_tree", "RatchetTree"},
                                                    {"group_secrets", "GroupSecrets"},
                                                    {"add_proposal", "KeyPackage"},
                                                    {"update_proposal", "LeafNode"},
                                                    {"remove_proposal", "Remove"},
                                                    {"re_init_proposal", "ReInit"},
                                                    {"pre_shared_key_proposal", "PreSharedKeyID"},
                                                    {"commit", "Commit"}};
  for (const auto& [name, type] : expected) EXPECT_EQ(detect(field(one, name)).type->name, type) << name;
}

TEST(Input, IsTakenInAnyOfThreeForms) {
  const auto octets = test::unhex("00010203fe");
  for (const char* text : {"00010203fe", "0x00010203FE\n", "\"00 01 02 03 fe\"", "AAECA/4=", "AAECA_4", "AAEC\nA/4=\n"})
    EXPECT_EQ(decode_input(text).octets, octets) << text;
  EXPECT_EQ(decode_input(std::string_view("\0\1\2\3\xfe", 5)).octets, octets);
  EXPECT_EQ(decode_input(std::string_view("\0\1\2\3\xfe", 5)).encoding, Encoding::binary);
  EXPECT_EQ(decode_input("000").fault, "the number of hexadecimal digits, 3, is odd");
  EXPECT_NE(decode_input("0001020304050607g!").fault.find("character 17 ('g')"), std::string::npos);
}

TEST(Structures, HaveNamesOfTheirOwn) {
  for (const Type* type : structures()) EXPECT_EQ(find_structure(type->name), type) << type->name;
  EXPECT_EQ(find_structure("mls-message"), find_structure("MLSMessage"));
  EXPECT_EQ(find_structure("nothing"), nullptr);
}

}  // namespace
}  // namespace dmls::inspect
