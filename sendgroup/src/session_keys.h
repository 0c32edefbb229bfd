#pragma once
// The names of a session's records, see session_records.h.

#include <dmls/crypto/hash.h>
#include <dmls/group/epoch_record.h>
#include <dmls/sendgroup/exporter_psk.h>
#include <dmls/storage/key.h>

#include "session_records.h"

namespace dmls::sendgroup {

inline Bytes heads_key() { return storage::below({}, "s"); }
inline Bytes head_key(BytesView name) { return storage::below(heads_key(), name); }

class SessionKeys {
 public:
  SessionKeys(const crypto::CipherSuite& suite, BytesView name)
      : suite_(suite), all_(storage::below(storage::below({}, "d"), name)) {}

  [[nodiscard]] const Bytes& all() const { return all_; }
  [[nodiscard]] Bytes hash(BytesView octets) const { return crypto::hash(suite_, octets); }
  [[nodiscard]] Bytes of(std::string_view kind) const { return storage::below(all_, kind); }
  [[nodiscard]] Bytes of(std::string_view kind, BytesView id) const { return storage::below(of(kind), id); }
  [[nodiscard]] Bytes of(std::string_view kind, std::uint64_t number) const { return storage::below(of(kind), number); }
  [[nodiscard]] Bytes hashed(std::string_view kind, BytesView subject) const { return of(kind, hash(subject)); }
  [[nodiscard]] Bytes hashed(std::string_view kind, BytesView subject, BytesView of_what) const {
    return storage::below(hashed(kind, subject), BytesView(hash(of_what)));
  }
  [[nodiscard]] Bytes epoch(std::string_view kind, const EpochName& name) const {
    return storage::below(hashed(kind, name.group_id), name.epoch);
  }
  [[nodiscard]] Bytes mark(Mark mark, BytesView subject) const {
    const std::uint8_t kind = static_cast<std::uint8_t>(mark);
    return storage::below(of("m", BytesView(&kind, 1)), BytesView(hash(subject)));
  }
  [[nodiscard]] Bytes group(BytesView group_id) const { return hashed("g", group_id); }
  [[nodiscard]] static group::EpochPlace place(const Bytes& group, std::uint64_t epoch) {
    group::EpochPlace out{group, Bytes(8)};
    for (std::size_t i = 0; i < 8; ++i) out.id[i] = static_cast<std::uint8_t>(epoch >> (56 - 8 * i));
    return out;
  }

 private:
  crypto::CipherSuite suite_;
  Bytes all_;
};

}  // namespace dmls::sendgroup
