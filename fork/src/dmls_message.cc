#include <dmls/fork/dmls_message.h>
#include <dmls/fork/error.h>
#include <dmls/tls_codec/codec.h>

namespace dmls::fork {
namespace {

struct Wire {
  const group::MlsMessage& message;
  const Bytes& epoch;
  static constexpr auto fields(auto& s) { return std::tie(s.message, s.epoch); }
};

bool may_be_wrapped(const group::MlsMessage& message) {
  return std::holds_alternative<group::PublicMessage>(message.body) ||
         std::holds_alternative<group::PrivateMessage>(message.body);
}

}  // namespace

Bytes encode_dmls_message(const DmlsMessage& message) {
  return tls_codec::encode(Wire{message.message, message.epoch.octets()});
}

Result<ReceivedDmlsMessage> decode_dmls_message(BytesView octets, std::size_t epoch_length) {
  tls_codec::Reader in(octets);
  DMLS_TRY(auto message, tls_codec::Codec<group::MlsMessage>::read(in));
  const std::size_t inner = octets.size() - in.rest().size();
  if (!may_be_wrapped(message))
    return fail(errc::kInvalidWrapper, "DeMLS: a DMLSMessage wraps a PublicMessage or a PrivateMessage");
  DMLS_TRY(auto epoch, tls_codec::Codec<Bytes>::read(in));
  if (!in.empty()) return fail(tls_codec::errc::kTrailingOctets, "DeMLS: octets are left over behind a DMLSMessage");
  if (epoch.size() != epoch_length) return fail(errc::kInvalidWrapper, "DeMLS: a dmls_epoch has KDF.Nh octets");
  return ReceivedDmlsMessage{{std::move(message), NodeId(std::move(epoch))}, to_bytes(octets.first(inner))};
}

}  // namespace dmls::fork
