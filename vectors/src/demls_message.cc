// DMLSMessages and octets that are none. docs/vectors.md: `demls-message`. draft-kohbrok-mls-dmls, "DMLS Messages"

#include <dmls/base/hex.h>
#include <dmls/fork/dmls_message.h>
#include <dmls/fork/error.h>
#include <dmls/tls_codec/codec.h>

#include "families.h"

namespace dmls::vectors {
namespace {

using group::MlsMessage;

// How a vector names what is wrong with octets.
const char* refusal_of(Errc code) {
  if (code == fork::errc::kInvalidWrapper) return "wrapper";
  if (code == tls_codec::errc::kTrailingOctets) return "trailing";
  if (code == tls_codec::errc::kTruncated) return "truncated";
  return "malformed";
}

Json accepted(const MlsMessage& message, const fork::NodeId& epoch) {
  return {{"message", to_hex(tls_codec::encode(message))},
          {"dmls_epoch", to_hex(epoch.octets())},
          {"dmls_message", to_hex(fork::encode_dmls_message({message, epoch}))}};
}

Json refused(const Bytes& octets, const char* why) { return {{"dmls_message", to_hex(octets)}, {"error", why}}; }

Result<group::FramedContent> framed(Random& random, group::Sender sender, group::Content content, std::size_t nh) {
  group::FramedContent out;
  DMLS_TRY(out.group_id, random.bytes(nh));
  out.epoch = 0x0123456789;
  out.sender = std::move(sender);
  DMLS_TRY(out.authenticated_data, random.bytes(70));
  out.content = std::move(content);
  return out;
}

// One message of each kind that may be wrapped. They need not be genuine: this family is about the wrapper.
Result<std::vector<MlsMessage>> wrappable(Random& random, std::size_t nh) {
  std::vector<MlsMessage> out;
  DMLS_TRY(const Bytes signature, random.bytes(64));
  DMLS_TRY(const Bytes tag, random.bytes(nh));
  const group::Proposal remove = group::Remove{5};
  DMLS_TRY(auto proposal, framed(random, group::MemberSender{3}, group::ProposalContent{remove}, nh));
  out.push_back({group::PublicMessage{std::move(proposal), {signature, std::nullopt}, tag}});
  DMLS_TRY(auto outside, framed(random, group::ExternalSender{0}, group::ProposalContent{remove}, nh));
  out.push_back({group::PublicMessage{std::move(outside), {signature, std::nullopt}, std::nullopt}});
  group::Commit commit{{group::ProposalByValue{remove}}, std::nullopt};
  DMLS_TRY(auto committed, framed(random, group::MemberSender{3}, group::CommitContent{std::move(commit)}, nh));
  out.push_back({group::PublicMessage{std::move(committed), {signature, tag}, tag}});
  for (const auto type : {group::ContentType::application, group::ContentType::proposal, group::ContentType::commit}) {
    group::PrivateMessage sealed;
    DMLS_TRY(sealed.group_id, random.bytes(nh));
    sealed.epoch = 7;
    sealed.content_type = type;
    DMLS_TRY(sealed.encrypted_sender_data, random.bytes(28));
    DMLS_TRY(sealed.ciphertext, random.bytes(200));
    out.push_back({std::move(sealed)});
  }
  return out;
}

Result<void> verify_accepted(const Value& each, std::size_t nh) {
  DMLS_TRY(const Bytes octets, each.octets("dmls_message"));
  DMLS_TRY(const auto message, each.in("dmls_message", fork::decode_dmls_message(octets, nh)));
  DMLS_CHECK(each.expect("message", message.inner));
  DMLS_CHECK(each.expect("dmls_epoch", message.content.epoch.octets()));
  return each.expect("dmls_message", fork::encode_dmls_message(message.content));
}

Result<void> verify_refused(const Value& each, std::size_t nh) {
  DMLS_TRY(const Bytes octets, each.octets("dmls_message"));
  DMLS_TRY(const auto why, each.text("error"));
  const auto decoded = fork::decode_dmls_message(octets, nh);
  DMLS_CHECK(each.require(!decoded, "dmls_message", "it is refused"));
  return each.require(why == refusal_of(decoded.error().code), "error", "it is refused for that reason");
}

}  // namespace

Result<void> verify_demls_message(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const auto messages, vector.list("messages"));
  for (const Value& each : messages) DMLS_CHECK(verify_accepted(each, suite.hash_length()));
  DMLS_TRY(const auto refusals, vector.list("refused"));
  for (const Value& each : refusals) DMLS_CHECK(verify_refused(each, suite.hash_length()));
  return {};
}

// One case: a message of each kind, and the ways of being wrong.
Result<Json> generate_demls_message(const Generation& generation) {
  const auto& suite = *generation.suite;
  const std::size_t nh = suite.hash_length();
  Random& random = generation.random;
  DMLS_TRY(const auto messages, wrappable(random, nh));
  DMLS_TRY(const Bytes name, random.bytes(nh));
  Json wrapped = Json::array();
  for (const auto& message : messages) wrapped.push_back(accepted(message, fork::NodeId(name)));

  Json wrong = Json::array();
  const Bytes whole = fork::encode_dmls_message({messages.back(), fork::NodeId(name)});
  Bytes longer = whole;
  longer.push_back(0);
  wrong.push_back(refused(longer, "trailing"));
  wrong.push_back(refused(Bytes(whole.begin(), whole.end() - 1), "truncated"));
  wrong.push_back(refused(tls_codec::encode(messages.back()), "truncated"));  // not wrapped at all
  Bytes long_name = name;
  long_name.push_back(0);
  for (const Bytes& other : {Bytes(name.begin(), name.end() - 1), long_name, Bytes()})
    wrong.push_back(refused(fork::encode_dmls_message({messages.back(), fork::NodeId(other)}), "wrapper"));
  group::Welcome welcome{suite.id(), {}, name};
  wrong.push_back(refused(fork::encode_dmls_message({{std::move(welcome)}, fork::NodeId(name)}), "wrapper"));
  group::GroupInfo info;
  info.group_context.cipher_suite = suite.id();
  wrong.push_back(refused(fork::encode_dmls_message({{std::move(info)}, fork::NodeId(name)}), "wrapper"));
  Bytes reversed = tls_codec::encode(name);  // the two fields the wrong way round
  const Bytes inner = tls_codec::encode(messages.back());
  reversed.insert(reversed.end(), inner.begin(), inner.end());
  wrong.push_back(refused(reversed, "malformed"));
  return Json::array({{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                       {"messages", std::move(wrapped)},
                       {"refused", std::move(wrong)}}});
}

}  // namespace dmls::vectors
