// The DeMLS key schedule over a tree of epochs. docs/vectors.md: `demls-key-schedule`. draft-kohbrok-mls-dmls, "DMLS
// key schedule"

#include <dmls/fork/key_schedule.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/treekem/tree_secrets.h>

#include <optional>

#include "epoch_secrets.h"
#include "families.h"

namespace dmls::vectors {
namespace {

using namespace keyschedule;

// What the vector gives for one epoch.
struct Given {
  std::optional<std::size_t> parent;
  GroupContext context;
  Bytes epoch_secret;                         // of the root
  std::optional<Bytes> path_secret;           // of the commit
  std::optional<Bytes> external_init_secret;  // of an external commit
  Bytes psk_secret;
};

// What is computed from it.
struct Computed {
  Bytes group_context;
  fork::CommitConfirmation confirmation;
  SecretBytes input;
  CommitSecret commit_secret;
  InitSecret init_secret;
  JoinerSecret joiner_secret;
  WelcomeSecret welcome_secret;
  SecretBytes epoch_secret;
  fork::ParentInitSecret parent_init_secret;
  fork::NodeId id;
  EpochSecrets secrets;
  std::optional<pprf::Pprf> pprf;
};

// DeriveChildSecret: the parent's PPRF is punctured, unless somebody from outside sent the init secret.
Result<InitSecret> incoming_init_secret(const crypto::CipherSuite& suite, const Given& given, pprf::Pprf& parent,
                                        Computed& out) {
  if (given.external_init_secret) return InitSecret(SecretBytes(*given.external_init_secret));
  const SecretBytes last = given.path_secret ? SecretBytes(*given.path_secret) : SecretBytes(suite.hash_length());
  out.confirmation = fork::commit_confirmation(suite, last.expose());
  out.input = fork::pprf_input(suite, out.confirmation, out.group_context);
  fork::DemlsInitSource source(parent);
  DMLS_TRY(auto init, source.init_secret(last.expose(), out.group_context));
  DMLS_CHECK(parent.puncture(*std::move(source).into_evaluation()));
  return init;
}

Result<Computed> enter(const crypto::CipherSuite& suite, const Given& given, Computed* parent) {
  Computed out;
  out.group_context = tls_codec::encode(given.context);
  EpochSecret epoch{SecretBytes(given.epoch_secret)};
  if (parent != nullptr) {
    out.commit_secret = commit_secret_without_path(suite);
    if (given.path_secret)
      out.commit_secret = CommitSecret(
          treekem::commit_secret_from(suite, treekem::PathSecret(SecretBytes(*given.path_secret))).into_bytes());
    DMLS_TRY(out.init_secret, incoming_init_secret(suite, given, *parent->pprf, out));
    DMLS_TRY(out.joiner_secret,
             joiner_secret(suite, out.init_secret.clone(), out.commit_secret.clone(), out.group_context));
    DMLS_TRY(auto member, member_secret(suite, out.joiner_secret, PskSecret(SecretBytes(given.psk_secret))));
    out.welcome_secret = welcome_secret(suite, member);
    epoch = keyschedule::epoch_secret(suite, std::move(member), out.group_context);
  }
  out.epoch_secret = SecretBytes(epoch.expose());
  fork::DemlsSuccession succession;
  DMLS_TRY(out.secrets, derive_epoch(suite, std::move(epoch), succession));
  out.parent_init_secret = succession.parent_init_secret().clone();
  out.id = succession.id();
  DMLS_TRY(out.pprf, std::move(succession).into_pprf(suite));
  return out;
}

Result<Given> read_given(const Value& each, const crypto::CipherSuite& suite, const Bytes& group_id,
                         const std::vector<Given>& before) {
  const std::size_t nh = suite.hash_length();
  Given out;
  DMLS_TRY(const Value parent, each.at("parent"));
  DMLS_CHECK(each.require(parent.is_null() == before.empty(), "parent", "the first epoch alone has no parent"));
  out.context.cipher_suite = suite.id();
  out.context.group_id = group_id;
  DMLS_TRY(out.context.tree_hash, each.octets("tree_hash", nh));
  // Empty in epoch 0, RFC 9420 §11.
  DMLS_TRY(out.context.confirmed_transcript_hash, each.octets("confirmed_transcript_hash"));
  DMLS_TRY(out.context.extensions, each.octets("extensions"));
  if (before.empty()) {
    DMLS_TRY(out.context.epoch, each.integer<std::uint64_t>("epoch"));
    DMLS_TRY(out.epoch_secret, each.octets("epoch_secret", nh));
  } else {
    DMLS_TRY(const auto index, parent.integer<std::uint32_t>());
    DMLS_CHECK(each.require(index < before.size(), "parent", "a parent stands before its children"));
    out.parent = index;
    out.context.epoch = before[index].context.epoch + 1;
    DMLS_TRY(const Value path, each.at("path_secret"));
    if (!path.is_null()) {
      DMLS_TRY(out.path_secret, path.octets(nh));
    }
    DMLS_TRY(const Value external, each.at("external_init_secret"));
    if (!external.is_null()) {
      DMLS_TRY(out.external_init_secret, external.octets(nh));
    }
    DMLS_TRY(out.psk_secret, each.octets("psk_secret", nh));
  }
  return out;
}

Result<void> compare(const Value& each, const Given& given, const Computed& is) {
  DMLS_CHECK(each.expect("epoch", given.context.epoch));
  DMLS_CHECK(each.expect("group_context", is.group_context));
  if (given.parent) {
    if (given.external_init_secret) {
      for (const char* field : {"commit_confirmation", "pprf_input"})
        DMLS_CHECK(each.require(!each.has(field), field, "it is absent for an external commit"));
    } else {
      DMLS_CHECK(each.expect("commit_confirmation", is.confirmation));
      DMLS_CHECK(each.expect("pprf_input", is.input));
    }
    DMLS_CHECK(each.expect("commit_secret", is.commit_secret));
    DMLS_CHECK(each.expect("init_secret", is.init_secret));
    DMLS_CHECK(each.expect("joiner_secret", is.joiner_secret));
    DMLS_CHECK(each.expect("welcome_secret", is.welcome_secret));
  }
  DMLS_CHECK(each.expect("epoch_secret", is.epoch_secret));
  DMLS_CHECK(each.expect("parent_init_secret", is.parent_init_secret));
  DMLS_CHECK(each.expect("dmls_epoch", is.id.octets()));
  return expect_epoch_secrets(each, is.secrets);
}

Json written(const Given& given, const Computed& is) {
  const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
  Json out = {{"parent", given.parent ? Json(*given.parent) : Json()},
              {"epoch", given.context.epoch},
              {"tree_hash", to_hex(given.context.tree_hash)},
              {"confirmed_transcript_hash", to_hex(given.context.confirmed_transcript_hash)},
              {"extensions", to_hex(given.context.extensions)},
              {"group_context", to_hex(is.group_context)},
              {"epoch_secret", hex(is.epoch_secret)},
              {"parent_init_secret", hex(is.parent_init_secret)},
              {"dmls_epoch", to_hex(is.id.octets())}};
  write_epoch_secrets(out, is.secrets);
  if (!given.parent) return out;
  out["path_secret"] = given.path_secret ? Json(to_hex(*given.path_secret)) : Json();
  out["external_init_secret"] = given.external_init_secret ? Json(to_hex(*given.external_init_secret)) : Json();
  out["psk_secret"] = to_hex(given.psk_secret);
  out["commit_secret"] = hex(is.commit_secret);
  out["init_secret"] = hex(is.init_secret);
  out["joiner_secret"] = hex(is.joiner_secret);
  out["welcome_secret"] = hex(is.welcome_secret);
  if (given.external_init_secret) return out;
  out["commit_confirmation"] = hex(is.confirmation);
  out["pprf_input"] = hex(is.input);
  return out;
}

// What is generated below the root: by index of its parent, with a path, from outside, with PSKs.
struct Shape {
  std::size_t parent;
  bool path;
  bool external;
  bool psk;
};
constexpr Shape kShapes[] = {
    {0, false, false, false},                           // two siblings without path
    {0, false, false, true},  {0, true, false, false},  // two siblings with one
    {0, true, false, true},   {3, true, false, false},  // grandchildren
    {3, false, false, false}, {0, true, true, false},   // from outside: the parent is not punctured
    {4, true, true, true},    {0, true, false, false},
};

Result<Given> draw(Random& random, const crypto::CipherSuite& suite, const Bytes& group_id, std::size_t extensions) {
  const std::size_t nh = suite.hash_length();
  Given out;
  out.context.cipher_suite = suite.id();
  out.context.group_id = group_id;
  DMLS_TRY(out.context.tree_hash, random.bytes(nh));
  DMLS_TRY(out.context.confirmed_transcript_hash, random.bytes(nh));
  DMLS_TRY(out.context.extensions, random.bytes(extensions));
  DMLS_TRY(out.epoch_secret, random.bytes(nh));
  out.psk_secret.assign(nh, 0);
  return out;
}

Result<Json> generate_case(Random& random, const crypto::CipherSuite& suite, std::uint64_t first_epoch) {
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes group_id, random.bytes(nh));
  std::vector<Given> given;
  std::vector<Computed> computed;
  Json epochs = Json::array();
  const auto add = [&](Given one) -> Result<void> {
    DMLS_TRY(auto is, enter(suite, one, one.parent ? &computed[*one.parent] : nullptr));
    epochs.push_back(written(one, is));
    given.push_back(std::move(one));
    computed.push_back(std::move(is));
    return {};
  };

  DMLS_TRY(Given root, draw(random, suite, group_id, 0));
  root.context.epoch = first_epoch;
  if (first_epoch == 0) root.context.confirmed_transcript_hash.clear();
  DMLS_CHECK(add(std::move(root)));
  std::size_t extensions = 0;
  for (const Shape& shape : kShapes) {
    DMLS_TRY(Given one, draw(random, suite, group_id, extensions));
    extensions += 40;  // one, two and more octets of length header
    one.parent = shape.parent;
    one.context.epoch = given[shape.parent].context.epoch + 1;
    if (shape.path) {
      DMLS_TRY(one.path_secret, random.bytes(nh));
    }
    if (shape.external) {
      DMLS_TRY(one.external_init_secret, random.bytes(nh));
    }
    if (shape.psk) {
      DMLS_TRY(one.psk_secret, random.bytes(nh));
    }
    DMLS_CHECK(add(std::move(one)));
  }
  return Json({{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
               {"group_id", to_hex(group_id)},
               {"epochs", std::move(epochs)}});
}

}  // namespace

Result<void> verify_demls_key_schedule(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Bytes group_id, vector.octets("group_id"));
  DMLS_TRY(const auto epochs, vector.list("epochs"));
  std::vector<Given> given;
  std::vector<Computed> computed;
  for (const Value& each : epochs) {
    DMLS_TRY(Given one, read_given(each, suite, group_id, given));
    DMLS_TRY(auto is, each.in("init_secret", enter(suite, one, one.parent ? &computed[*one.parent] : nullptr)));
    DMLS_CHECK(compare(each, one, is));
    given.push_back(std::move(one));
    computed.push_back(std::move(is));
  }
  return {};
}

// Two cases: a history from epoch 0, and one that begins later.
Result<Json> generate_demls_key_schedule(const Generation& generation) {
  Json out = Json::array();
  for (const std::uint64_t first : {std::uint64_t{0}, (std::uint64_t{1} << 40) + 7}) {
    DMLS_TRY(Json one, generate_case(generation.random, *generation.suite, first));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace dmls::vectors
