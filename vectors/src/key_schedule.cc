// The key schedule over a chain of epochs. RFC 9420 §8

#include <dmls/keyschedule/exporter.h>
#include <dmls/keyschedule/external_init.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/keyschedule/key_schedule.h>

#include "epoch_secrets.h"
#include "families.h"

namespace dmls::vectors {
namespace {

using namespace keyschedule;

// What one epoch computes.
struct Epoch {
  Bytes group_context;
  JoinerSecret joiner;
  WelcomeSecret welcome;
  EpochSecrets secrets;
  InitSecret init;
  Bytes external_pub;
};

Result<Epoch> enter(const crypto::CipherSuite& suite, InitSecret init, CommitSecret commit, PskSecret psk,
                    const GroupContext& context) {
  Epoch out;
  out.group_context = tls_codec::encode(context);
  DMLS_TRY(out.joiner, joiner_secret(suite, std::move(init), std::move(commit), out.group_context));
  DMLS_TRY(MemberSecret member, member_secret(suite, out.joiner, psk));
  out.welcome = welcome_secret(suite, member);
  OrdinarySuccession succession;
  DMLS_TRY(out.secrets, derive_epoch(suite, epoch_secret(suite, std::move(member), out.group_context), succession));
  out.init = std::move(succession).into_init_secret();
  DMLS_TRY(const crypto::HpkeKeyPair external, external_key_pair(suite, out.secrets.external_secret));
  out.external_pub = external.public_key.octets;
  return out;
}

Result<void> verify_exporter(const Value& exporter, const crypto::CipherSuite& suite, const ExporterSecret& secret) {
  DMLS_TRY(const std::string_view label, exporter.text("label"));
  DMLS_TRY(const Bytes context, exporter.octets("context"));
  DMLS_TRY(const auto length, exporter.integer<std::uint32_t>("length"));
  DMLS_TRY(const SecretBytes exported, exporter.in("length", mls_exporter(suite, secret, label, context, length)));
  return exporter.expect("secret", exported);
}

}  // namespace

Result<void> verify_key_schedule(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes group_id, vector.octets("group_id"));
  DMLS_TRY(const Bytes initial, vector.octets("initial_init_secret", nh));
  DMLS_TRY(const auto epochs, vector.list("epochs"));

  InitSecret init{SecretBytes(initial)};
  std::uint64_t number = 0;
  for (const Value& each : epochs) {
    DMLS_TRY(const Bytes commit, each.octets("commit_secret", nh));
    DMLS_TRY(const Bytes psk, each.octets("psk_secret", nh));
    GroupContext context;
    context.cipher_suite = suite.id();
    context.group_id = group_id;
    context.epoch = number++;
    DMLS_TRY(context.tree_hash, each.octets("tree_hash", nh));
    DMLS_TRY(context.confirmed_transcript_hash, each.octets("confirmed_transcript_hash", nh));
    DMLS_TRY(Epoch epoch, each.in("commit_secret", enter(suite, std::move(init), CommitSecret(SecretBytes(commit)),
                                                         PskSecret(SecretBytes(psk)), context)));

    DMLS_CHECK(each.expect("group_context", epoch.group_context));
    DMLS_CHECK(each.expect("joiner_secret", epoch.joiner));
    DMLS_CHECK(each.expect("welcome_secret", epoch.welcome));
    DMLS_CHECK(each.expect("init_secret", epoch.init));
    DMLS_CHECK(expect_epoch_secrets(each, epoch.secrets));
    DMLS_CHECK(each.expect("external_pub", epoch.external_pub));
    DMLS_TRY(const Value exporter, each.at("exporter"));
    DMLS_CHECK(verify_exporter(exporter, suite, epoch.secrets.exporter_secret));
    init = std::move(epoch.init);
  }
  return {};
}

// Five epochs; a commit secret and a PSK secret of zero each occur.
Result<Json> generate_key_schedule(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  const std::size_t nh = suite.hash_length();
  Random& random = generation.random;
  DMLS_TRY(const Bytes group_id, random.bytes(nh));
  DMLS_TRY(const Bytes initial, random.bytes(nh));
  Json epochs = Json::array();
  InitSecret init{SecretBytes(initial)};
  for (std::uint64_t number = 0; number < 5; ++number) {
    GroupContext context;
    context.cipher_suite = suite.id();
    context.group_id = group_id;
    context.epoch = number;
    DMLS_TRY(context.tree_hash, random.bytes(nh));
    DMLS_TRY(context.confirmed_transcript_hash, random.bytes(nh));
    DMLS_TRY(Bytes commit, random.bytes(nh));
    DMLS_TRY(Bytes psk, random.bytes(nh));
    if (number == 1) psk.assign(nh, 0);
    if (number == 2) commit.assign(nh, 0);
    DMLS_TRY(Epoch epoch,
             enter(suite, std::move(init), CommitSecret(SecretBytes(commit)), PskSecret(SecretBytes(psk)), context));
    DMLS_TRY(const Bytes label, random.bytes(16));
    DMLS_TRY(const Bytes exporter_context, random.bytes(nh));
    DMLS_TRY(const SecretBytes exported,
             mls_exporter(suite, epoch.secrets.exporter_secret, to_hex(label), exporter_context, nh + number));
    const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
    Json each = {
        {"tree_hash", to_hex(context.tree_hash)},
        {"commit_secret", to_hex(commit)},
        {"psk_secret", to_hex(psk)},
        {"confirmed_transcript_hash", to_hex(context.confirmed_transcript_hash)},
        {"group_context", to_hex(epoch.group_context)},
        {"joiner_secret", hex(epoch.joiner)},
        {"welcome_secret", hex(epoch.welcome)},
        {"init_secret", hex(epoch.init)},
        {"external_pub", to_hex(epoch.external_pub)},
        {"exporter",
         {{"label", to_hex(label)},
          {"context", to_hex(exporter_context)},
          {"length", nh + number},
          {"secret", to_hex(exported.expose())}}},
    };
    write_epoch_secrets(each, epoch.secrets);
    epochs.push_back(std::move(each));
    init = std::move(epoch.init);
  }
  return Json::array({{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                       {"group_id", to_hex(group_id)},
                       {"initial_init_secret", to_hex(initial)},
                       {"epochs", std::move(epochs)}}});
}

}  // namespace dmls::vectors
