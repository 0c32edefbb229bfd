// Messages whose framing is wrong. RFC 9420 §6

#include "forged_world.h"

namespace dmls::group {
namespace {

using forge::Encryption;
using forge::Framing;

class FramingRules : public World {
 protected:
  static Framing from(Sender sender) {
    return {.content = [sender](FramedContent& content) { content.sender = sender; }};
  }
  // An application message of Mallory is refused; the genuine one, under the same key, is read afterwards.
  void private_refused(const Encryption& how, Errc code, std::string_view words, const Framing& framing = {}) {
    refused(forge::private_message(mallory, hello_, framing, how), code, words);
    const auto content = *mallory.epoch.sign(WireFormat::mls_private_message, hello_, {}, mallory.signer());
    const auto genuine = *mallory.epoch.protect(content, NoPadding(), *random_);
    const auto event = bob().process(tls_codec::encode(genuine));
    ASSERT_TRUE(event) << event.error().rule;
    EXPECT_TRUE(std::holds_alternative<ApplicationMessage>(*event));
  }
  const ApplicationData hello_{{'h', 'e', 'l', 'l', 'o'}};
  const Proposal remove_ = Remove{2};
};

TEST_F(FramingRules, AnMlsMessageHasAVersionAndAWireFormatThatAreKnown) {
  RULE("6", "the version is mls10 and the wire format a known one");
  const Bytes genuine = forge::proposal(mallory, remove_);
  for (const std::size_t octet : {0u, 1u, 2u, 3u}) {
    Bytes altered = genuine;
    altered[octet] ^= 0x40;
    refused(altered, tls_codec::errc::kInvalidValue, octet < 2 ? "version" : "wire format");
  }
}

TEST_F(FramingRules, ApplicationDataIsEncrypted) {
  RULE("6", "application data travels in a PrivateMessage");
  refused(forge::public_message(mallory, hello_), errc::kInvalidMessage, "PrivateMessage only");
  const auto sent = mallory.epoch.sign(WireFormat::mls_public_message, hello_, {}, mallory.signer());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, errc::kInvalidMessage);
}

TEST_F(FramingRules, AMessageOfAnotherGroupIsNotForUs) {
  RULE("6", "the group_id is that of the group");
  const auto event =
      bob().process(forge::proposal(mallory, remove_, {.content = [](auto& c) { c.group_id.push_back(0); }}));
  EXPECT_EQ(std::get<Skipped>(*event), Skipped::not_for_us);
}

TEST_F(FramingRules, WelcomesGroupInfosAndKeyPackagesAreNoMessagesWithinAGroup) {
  RULE("6", "a group processes PublicMessages and PrivateMessages only");
  const auto made = forge::commit(mallory, {.proposals = {forge::by_value(Add{bundle("dave").key_package})}});
  refused(forge::welcome(mallory, made), errc::kInvalidMessage, "no message within a group");
  refused(forge::group_info(mallory), errc::kInvalidMessage, "no message within a group");
  refused(tls_codec::encode(MlsMessage{bundle("dave").key_package}), errc::kInvalidMessage,
          "no message within a group");
}

TEST_F(FramingRules, TheSendersLeafIsNotBlank) {
  RULE("6.1", "the leaf of a sender that is a member is not blank");
  for (const std::uint32_t leaf : {3u, 4u, 77u, 0x7fffffffu, 0x80000000u, 0xffffffffu})
    refused(forge::proposal(mallory, remove_, from(MemberSender{leaf})), errc::kInvalidSender, "blank");
}

TEST_F(FramingRules, AMessageIsSignedWithTheKeyOfItsSender) {
  RULE("6.1", "the signature verifies with the key of the sender");
  refused(forge::proposal(mallory, remove_, {.signer = carols_.signer.get()}), crypto::errc::kBadSignature, "");
  refused(forge::proposal(mallory, remove_, from(MemberSender{2})), crypto::errc::kBadSignature, "");
  refused(forge::commit(mallory, {.framing = {.signer = carols_.signer.get()}}).message, crypto::errc::kBadSignature,
          "");
  refused(forge::proposal(mallory, remove_, {.auth = [](auto& auth) { auth.signature[0] ^= 1; }}),
          crypto::errc::kBadSignature, "");
}

TEST_F(FramingRules, TheSignatureCoversContentWireFormatAndGroupContext) {
  RULE("6.1", "the signature covers the wire format, and the GroupContext for members");
  auto content = forge::signed_content(mallory, ProposalContent{remove_}, WireFormat::mls_private_message, {});
  refused(forge::in_public(mallory, content, {}), crypto::errc::kBadSignature, "");
  content = forge::signed_content(mallory, ProposalContent{remove_}, WireFormat::mls_public_message, {});
  refused(forge::in_private(mallory, content), crypto::errc::kBadSignature, "");

  const auto with_context = [&](BytesView context) {
    auto out = forge::signed_content(mallory, ProposalContent{remove_}, WireFormat::mls_public_message, {});
    const Bytes tbs = framed_content_tbs(out.wire_format, out.content, context);
    out.auth.signature = *crypto::sign_with_label(mallory.signer(), "FramedContentTBS", tbs);
    return forge::in_public(mallory, out, {});
  };
  refused(with_context({}), crypto::errc::kBadSignature, "");
  auto other = mallory.shared().context;
  other.tree_hash[0] ^= 1;
  refused(with_context(tls_codec::encode(other)), crypto::errc::kBadSignature, "");
}

TEST_F(FramingRules, AnExternalSenderMayOnlyPropose) {
  RULE("6.1", "an external sender only proposes, and what external senders may");
  refused(forge::commit(mallory, {.framing = from(ExternalSender{0})}).message, errc::kInvalidSender, "");
  refused(forge::proposal(mallory, remove_, from(ExternalSender{0})), errc::kInvalidSender, "no external sender");
}

TEST_F(FramingRules, ANewMemberProposesItsOwnAddAndNothingElse) {
  RULE("6.1", "a new member that proposes proposes an Add, signed with its key");
  refused(forge::proposal(mallory, remove_, from(NewMemberProposal{})), errc::kInvalidSender, "own Add");
  refused(forge::commit(mallory, {.framing = from(NewMemberProposal{})}).message, errc::kInvalidSender, "own Add");
  refused(forge::proposal(mallory, Add{bundle("dave").key_package}, from(NewMemberProposal{})),
          crypto::errc::kBadSignature, "");
}

TEST_F(FramingRules, ANewMemberThatDoesNotProposeCommits) {
  RULE("6.1", "a new member that commits does nothing but commit");
  refused(forge::proposal(mallory, remove_, from(NewMemberCommit{})), errc::kInvalidSender, "commits with a path");
}

TEST_F(FramingRules, APublicMessageOfAMemberHasItsMembershipTag) {
  RULE("6.2", "the membership tag verifies");
  const auto tagged = [&](forge::Spoil<Bytes> spoil) {
    return forge::proposal(mallory, remove_, {.message = [spoil](PublicMessage& m) { spoil(*m.membership_tag); }});
  };
  refused(tagged([](Bytes& tag) { tag[31] ^= 0x80; }), crypto::errc::kBadTag, "");
  // Made for other content: an outsider, who has no membership key, cannot move a tag.
  const Bytes other = forge::proposal(mallory, Remove{1});
  const auto tag = std::get<PublicMessage>(tls_codec::decode<MlsMessage>(other)->body).membership_tag;
  refused(tagged([&](Bytes& octets) { octets = *tag; }), crypto::errc::kBadTag, "");
  // It covers the confirmation tag and the signature too.
  refused(forge::commit(mallory, {.framing = {.message = [](PublicMessage& m) { (*m.auth.confirmation_tag)[0] ^= 1; }}})
              .message,
          crypto::errc::kBadTag, "");
  refused(forge::proposal(mallory, remove_, {.message = [](PublicMessage& m) { m.auth.signature[0] ^= 1; }}),
          crypto::errc::kBadTag, "");
}

TEST_F(FramingRules, SendersFromOutsideHaveNoMembershipTag) {
  RULE("6.2", "a message from outside has no membership tag");
  Bytes message = forge::proposal(mallory, Add{bundle("dave").key_package}, from(NewMemberProposal{}));
  const Bytes tag = tls_codec::encode(Bytes(32));
  message.insert(message.end(), tag.begin(), tag.end());
  refused(message, tls_codec::errc::kTrailingOctets, "");
}

TEST_F(FramingRules, PaddingIsZero) {
  RULE("6.3.1", "padding is zero");
  for (const std::size_t zeros : {0u, 1u, 300u}) {
    private_refused({.plaintext =
                         [=](Bytes& octets) {
                           octets.resize(octets.size() + zeros);
                           octets.push_back(1);
                         }},
                    errc::kInvalidMessage, "padding");
  }
  const auto padded = bob().process(
      forge::private_message(mallory, hello_, {}, {.plaintext = [](Bytes& octets) { octets.resize(500); }}));
  EXPECT_TRUE(padded && std::holds_alternative<ApplicationMessage>(*padded));
}

TEST_F(FramingRules, TheSignatureInsideAPrivateMessageVerifies) {
  RULE("6.3.1", "the signature inside a PrivateMessage verifies");
  private_refused({}, crypto::errc::kBadSignature, "", {.signer = carols_.signer.get()});
  private_refused({}, crypto::errc::kBadSignature, "", {.auth = [](auto& auth) { auth.signature[5] ^= 1; }});
  private_refused({}, crypto::errc::kBadSignature, "", from(MemberSender{2}));
}

TEST_F(FramingRules, ThePlaintextOfAPrivateMessageDecodes) {
  RULE("6.3.1", "the plaintext is a PrivateMessageContent");
  private_refused({.plaintext = [](Bytes& octets) { octets.clear(); }}, tls_codec::errc::kTruncated, "");
  private_refused({.plaintext = [](Bytes& octets) { octets.resize(octets.size() - 1); }}, tls_codec::errc::kTruncated,
                  "");
}

TEST_F(FramingRules, WhatSurroundsACiphertextIsAuthenticated) {
  RULE("6.3.1", "content type and authenticated data are part of what the AEAD authenticates");
  private_refused({.message = [](auto& m) { m.authenticated_data.push_back(0); }}, crypto::errc::kOpenFailed, "");
  private_refused({.message = [](auto& m) { m.content_type = ContentType::commit; }}, crypto::errc::kOpenFailed, "");
  private_refused({.before = [](auto& m) { m.content_type = ContentType::proposal; },
                   .message = [](auto& m) { m.content_type = ContentType::application; }},
                  crypto::errc::kOpenFailed, "");
  private_refused({.before = [](auto& m) { m.content_type = ContentType::proposal; }}, crypto::errc::kOpenFailed, "");
}

TEST_F(FramingRules, TheReuseGuardIsPartOfTheNonce) {
  RULE("6.3.1", "the nonce is that of the generation with the reuse guard applied");
  private_refused({.sender = [](auto& sender) { sender.reuse_guard[3] ^= 1; }}, crypto::errc::kOpenFailed, "");
  private_refused({.sender = [](auto& sender) { sender.generation += 1; }}, crypto::errc::kOpenFailed, "");
  private_refused({.sender = [](auto& sender) { sender.generation += 5000; }},
                  keyschedule::errc::kGenerationTooFarAhead, "");
  private_refused({.sender = [](auto& sender) { sender.generation = 0xffffffff; }},
                  keyschedule::errc::kGenerationTooFarAhead, "");
}

TEST_F(FramingRules, SenderDataNameALeafThatIsNotBlank) {
  RULE("6.3.2", "sender data name a leaf that is not blank");
  for (const std::uint32_t leaf : {3u, 4u, 0x7fffffffu, 0xffffffffu})
    private_refused({.sender = [=](auto& sender) { sender.leaf_index = leaf; }}, errc::kInvalidSender, "blank");
  private_refused({.sender = [](auto& sender) { sender.leaf_index = 2; }}, crypto::errc::kOpenFailed, "");
}

TEST_F(FramingRules, SenderDataDecode) {
  RULE("6.3.2", "sender data decode, with nothing after them");
  private_refused({.sender_plaintext = [](Bytes& octets) { octets.pop_back(); }}, tls_codec::errc::kTruncated, "");
  private_refused({.sender_plaintext = [](Bytes& octets) { octets.push_back(0); }}, tls_codec::errc::kTrailingOctets,
                  "");
}

TEST_F(FramingRules, ACiphertextIsReadOnce) {
  RULE("9.2", "a message key is used once");
  const Bytes message = forge::private_message(mallory, hello_, {});
  ASSERT_TRUE(std::holds_alternative<ApplicationMessage>(*bob().process(message)));
  EXPECT_EQ(std::get<Skipped>(*bob().process(message)), Skipped::duplicate);
  EXPECT_EQ(std::get<Skipped>(*bob().process(forge::private_message(mallory, ApplicationData{{1}}, {}))),
            Skipped::duplicate);
  const auto next =
      *mallory.epoch.own().message_keys.next_generation(LeafIndex(0), keyschedule::RatchetKind::application);
  EXPECT_EQ(next, 0u);
}

}  // namespace
}  // namespace dmls::group
