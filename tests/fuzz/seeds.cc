// Writes seeds for the fuzz targets: `fuzz_seeds FOLDER [VECTORS]` writes FOLDER/<target>/seed-<n>, from the official
// vectors in VECTORS if there are any, and from the library itself where no vector exists.
#include <dmls/base/hex.h>
#include <dmls/pprf/pprf.h>
#include <dmls/tls_codec/codec.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "support/vectors.h"

namespace {

namespace fs = std::filesystem;
using dmls::Bytes;
using dmls::test::load_json;
using dmls::test::unhex;

class Seeds {
 public:
  Seeds(fs::path vectors, fs::path folder) : vectors_(std::move(vectors)), folder_(std::move(folder)) {}

  // Calls each(case) for the first cases of a file, if it exists.
  void from(const char* file, auto&& each) {
    if (!fs::exists(vectors_ / file)) return;
    const auto cases = load_json(vectors_ / file);
    for (std::size_t i = 0; i < cases.size() && i < 40; ++i) each(cases[i]);
  }
  void add(const std::string& target, const Bytes& octets) {
    fs::create_directories(folder_ / target);
    std::ofstream out(folder_ / target / ("seed-" + std::to_string(++written_)), std::ios::binary);
    out.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  }
  // With a first octet that chooses among suites or structs.
  void add(const std::string& target, unsigned choice, const Bytes& octets) {
    Bytes seed{static_cast<std::uint8_t>(choice)};
    seed.insert(seed.end(), octets.begin(), octets.end());
    add(target, seed);
  }
  [[nodiscard]] int written() const { return written_; }

 private:
  fs::path vectors_;
  fs::path folder_;
  int written_ = 0;
};

Bytes field(const nlohmann::json& object, const char* name) { return unhex(object[name].get<std::string>()); }

void messages(Seeds& seeds) {
  seeds.from("messages.json", [&](const auto& one) {
    for (const char* name : {"mls_welcome", "mls_group_info", "mls_key_package", "public_message_application",
                             "public_message_proposal", "public_message_commit", "private_message"})
      seeds.add("mls_message_fuzz", field(one, name));
    for (const char* name : {"mls_welcome", "mls_group_info", "mls_key_package", "public_message_commit"})
      seeds.add("inspect_fuzz", 0, field(one, name));
    Bytes key_package = field(one, "mls_key_package");
    key_package.erase(key_package.begin(), key_package.begin() + 4);  // version and wire format
    seeds.add("key_package_fuzz", key_package);
    seeds.add("ratchet_tree_fuzz", 0, field(one, "ratchet_tree"));
    const std::map<const char*, int> proposals{{"add_proposal", 1},
                                               {"update_proposal", 2},
                                               {"remove_proposal", 3},
                                               {"pre_shared_key_proposal", 4},
                                               {"re_init_proposal", 5},
                                               {"external_init_proposal", 6},
                                               {"group_context_extensions_proposal", 7}};
    for (const auto& [name, type] : proposals) {
      Bytes proposal = field(one, name);
      proposal.insert(proposal.begin(), {0, static_cast<std::uint8_t>(type)});
      seeds.add("structs_fuzz", 0, proposal);
    }
    seeds.add("structs_fuzz", 1, field(one, "commit"));
    seeds.add("structs_fuzz", 2, field(one, "group_secrets"));
    Bytes leaf = field(one, "update_proposal");
    seeds.add("leaf_node_fuzz", leaf);
  });
}

void trees(Seeds& seeds) {
  seeds.from("tree-validation.json", [&](const auto& one) {
    seeds.add("ratchet_tree_fuzz", one["cipher_suite"].template get<unsigned>() - 1, field(one, "tree"));
  });
  seeds.from("treekem.json", [&](const auto& one) {
    for (const auto& path : one["update_paths"]) seeds.add("structs_fuzz", 6, field(path, "update_path"));
  });
  seeds.from("transcript-hashes.json",
             [&](const auto& one) { seeds.add("structs_fuzz", 5, field(one, "authenticated_content")); });
  seeds.from("key-schedule.json", [&](const auto& one) {
    for (const auto& epoch : one["epochs"]) seeds.add("structs_fuzz", 7, field(epoch, "group_context"));
  });
}

struct Attempt {
  Bytes key;
  Bytes sealed;
  static constexpr auto fields(auto& s) { return std::tie(s.key, s.sealed); }
};

void keys(Seeds& seeds) {
  seeds.from("crypto-basics.json", [&](const auto& one) {
    const auto suite = one["cipher_suite"].template get<unsigned>() - 1;
    const auto& sealed = one["encrypt_with_label"];
    const auto& signed_ = one["sign_with_label"];
    const auto add = [&](const Bytes& key, const Bytes& octets) {
      seeds.add("hpke_fuzz", suite, dmls::tls_codec::encode(Attempt{key, octets}));
    };
    add(field(sealed, "kem_output"), field(sealed, "ciphertext"));
    add(field(sealed, "pub"), field(sealed, "plaintext"));
    add(field(signed_, "pub"), field(signed_, "signature"));
  });
}

// States of PPRFs that were punctured a few times.
void states(Seeds& seeds) {
  const auto suites = dmls::crypto::registered_suites();
  for (std::size_t i = 0; i < suites.size(); ++i) {
    const auto suite = dmls::crypto::CipherSuite::find(suites[i].id);
    if (!suite) continue;
    for (const auto& parameters : {dmls::pprf::Parameters::demls(*suite), dmls::pprf::Parameters::safe_exporter()}) {
      dmls::SeededRandom random(7);
      auto state = dmls::pprf::Pprf::create(*suite, dmls::pprf::Seed(*random.secret(suite->hash_length())), parameters);
      for (int punctures = 0; state && punctures < 4; ++punctures) {
        const auto exported = state->export_state();
        seeds.add("pprf_import_fuzz", static_cast<unsigned>(i), dmls::to_bytes(exported.expose()));
        auto evaluation = state->evaluate(*random.bytes(state->parameters().input_length()));
        if (evaluation) (void)state->puncture(*std::move(evaluation));
      }
    }
  }
}

// Each way of attacking a conversation, with one change and with several.
void attacks(Seeds& seeds) {
  for (unsigned choice = 0; choice < 5; ++choice) {
    seeds.add("conversation_fuzz", choice, {0, 40, 1});
    seeds.add("conversation_fuzz", choice, {0, 5, 0x80, 1, 0, 0xff, 0, 90, 4});
    seeds.add("conversation_fuzz", choice, {0, 5, 0, 200});
    seeds.add("sendgroup_fuzz", choice, {0, 40, 1});
    seeds.add("sendgroup_fuzz", choice, {0, 5, 0x80, 1, 0, 0xff, 0, 90, 4});
    seeds.add("sendgroup_fuzz", choice, {0, 5, 0, 200});
    seeds.add("dmls_message_fuzz", choice, {0, 40, 1});
    seeds.add("dmls_message_fuzz", choice, {0, 5, 0x80, 1, 0, 0xff, 0, 90, 4});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fputs("usage: fuzz_seeds FOLDER [VECTORS]\n", stderr);
    return 2;
  }
  Seeds seeds(argc == 3 ? argv[2] : "", argv[1]);
  states(seeds);
  attacks(seeds);
  if (argc == 3) {
    messages(seeds);
    trees(seeds);
    keys(seeds);
  }
  std::printf("%d seeds\n", seeds.written());
  return seeds.written() > 0 ? 0 : 1;
}
