#pragma once
// Messages whose authenticity was proved. Holding one is the proof: only verification makes them.

#include <dmls/group/framed_content.h>
#include <dmls/group/public_epoch.h>
#include <dmls/group/public_message.h>

#include <memory>
#include <optional>

namespace dmls::group {

// A message whose signature verifies in an epoch. Enough for an observer; a member demands VerifiedContent.
class SignedContent {
 public:
  [[nodiscard]] const AuthenticatedContent& operator*() const { return content_; }
  [[nodiscard]] const AuthenticatedContent* operator->() const { return &content_; }
  // The leaf of a sender that is a member; nothing for one from outside.
  [[nodiscard]] std::optional<LeafIndex> sender_leaf() const { return sender_; }
  // The epoch it was verified in. It means nothing in any other, be it of the same group and number.
  [[nodiscard]] const std::shared_ptr<const PublicEpoch>& epoch() const { return epoch_; }
  // Gives up the proof, and hands over the content.
  [[nodiscard]] AuthenticatedContent into_content() && { return std::move(content_); }

 private:
  friend class Epoch;
  friend Result<SignedContent> verify_signed(std::shared_ptr<const PublicEpoch>, const PublicMessage&);
  SignedContent(std::shared_ptr<const PublicEpoch> epoch, AuthenticatedContent content, std::optional<LeafIndex> sender)
      : epoch_(std::move(epoch)), content_(std::move(content)), sender_(sender) {}
  std::shared_ptr<const PublicEpoch> epoch_;
  AuthenticatedContent content_;
  std::optional<LeafIndex> sender_;
};

// A message whose framing was verified as a member can: membership tag or AEAD, and the signature. Only
// Epoch makes one.
class VerifiedContent : public SignedContent {
 private:
  friend class Epoch;
  using SignedContent::SignedContent;
};

// Verifies the signature of a PublicMessage as somebody who holds no secrets: the membership tag is not checked.
// kWrongGroup, kWrongEpoch, kInvalidSender, kInvalidMessage, crypto::errc::kBadSignature. RFC 9420 §6.1
Result<SignedContent> verify_signed(std::shared_ptr<const PublicEpoch>, const PublicMessage&);

}  // namespace dmls::group
