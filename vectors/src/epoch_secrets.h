#pragma once
// The secrets of an epoch, as every key schedule's vectors name them. RFC 9420 §8, Table "Epoch-Derived Secrets"

#include <dmls/base/hex.h>
#include <dmls/keyschedule/key_schedule.h>

#include "families.h"

namespace dmls::vectors {

template <class Visitor>
void for_each_epoch_secret(const keyschedule::EpochSecrets& secrets, Visitor&& visit) {
  visit("sender_data_secret", secrets.sender_data_secret.expose());
  visit("encryption_secret", secrets.encryption_secret.expose());
  visit("exporter_secret", secrets.exporter_secret.expose());
  visit("epoch_authenticator", secrets.epoch_authenticator.expose());
  visit("external_secret", secrets.external_secret.expose());
  visit("confirmation_key", secrets.confirmation_key.expose());
  visit("membership_key", secrets.membership_key.expose());
  visit("resumption_psk", secrets.resumption_psk.expose());
}

inline void write_epoch_secrets(Json& to, const keyschedule::EpochSecrets& secrets) {
  for_each_epoch_secret(secrets, [&](const char* name, BytesView secret) { to[name] = to_hex(secret); });
}

inline Result<void> expect_epoch_secrets(const Value& epoch, const keyschedule::EpochSecrets& secrets) {
  Result<void> out;
  for_each_epoch_secret(secrets, [&](const char* name, BytesView secret) {
    if (out) out = epoch.expect(name, secret);
  });
  return out;
}

}  // namespace dmls::vectors
