#pragma once
// Any store, with its values encrypted under a key that the application keeps elsewhere.

#include <dmls/base/random.h>
#include <dmls/storage/store.h>

#include <cstdint>
#include <memory>

namespace dmls::storage {

// What a reader of the medium sees of keys. They tell which groups there are, and who of their members sent how much.
enum class RecordNames : std::uint8_t {
  plain,   // as they are
  hidden,  // each component is a keyed hash; only the shape of the tree of names is left to see
};

// SealedStore encrypts every value with XChaCha20-Poly1305 and binds it to its key, so that a record that was changed,
// or put in another's place, is refused (kNotAuthentic). It does not notice a medium that goes back to an earlier state
// as a whole: nothing that is kept there could. Destroying the sealing key destroys everything, freed disk blocks
// included.
//
//   value:  uint8 version = 1; opaque nonce[24]; AEAD(value, additional data = key), or
//           AEAD(uint32 length of key, key, value, additional data = hidden key)
//   component of a hidden key:  16 octets, keyed BLAKE2b of the key up to and including the component
//
// One record is the wrapper's own, so that another key or another choice of RecordNames is refused at open().
class SealedStore final : public Store {
 public:
  static constexpr std::size_t kKeySize = 32;  // octets of a sealing key

  // kMisuse for a key of another size, or without a store or a random source; kNotAuthentic if the store was sealed
  // otherwise; kUnknownFormat if it holds records that were not sealed; errors of `inner` and `random`. The sealing key
  // is not needed afterwards.
  static Result<std::unique_ptr<SealedStore>> open(std::shared_ptr<Store> inner, const SecretBytes& sealing_key,
                                                   RecordNames names = RecordNames::hidden,
                                                   std::shared_ptr<Random> random = std::make_shared<SystemRandom>());

  // As `inner` writes. kMalformedKey if a key or prefix is not a sequence of whole components; errors of `random`.
  Result<void> write(const Batch&) override;
  // kMalformedKey, kNotAuthentic, errors of `inner`.
  Result<std::optional<SecretBytes>> read(BytesView key) override;
  // Keys as they were given to write(), whatever RecordNames says. kMalformedKey, kNotAuthentic, errors of `inner`.
  Result<void> for_each(BytesView prefix, const Visitor&) override;

 private:
  SealedStore(std::shared_ptr<Store> inner, const SecretBytes& sealing_key, RecordNames, std::shared_ptr<Random>);
  Result<void> check_marker();
  Result<void> put_marker(Batch&);
  [[nodiscard]] Result<Bytes> outer_name(BytesView key) const;
  Result<SecretBytes> seal(BytesView name, BytesView plaintext);

  std::shared_ptr<Store> inner_;
  SecretBytes value_key_;
  SecretBytes name_key_;
  RecordNames names_;
  std::shared_ptr<Random> random_;
};

}  // namespace dmls::storage
