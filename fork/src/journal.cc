#include <dmls/fork/journal.h>

namespace dmls::fork {

std::string_view name_of(SecretKind kind) {
  switch (kind) {
    case SecretKind::parent_init_root: return "parent_init_root";
    case SecretKind::init_secrets: return "init_secrets";
    case SecretKind::child_init_secret: return "child_init_secret";
    case SecretKind::tree_keys: return "tree_keys";
    case SecretKind::message_keys: return "message_keys";
    case SecretKind::sender_data_secret: return "sender_data_secret";
    case SecretKind::membership_key: return "membership_key";
    case SecretKind::exporter_secret: return "exporter_secret";
    case SecretKind::external_secret: return "external_secret";
    case SecretKind::resumption_psk: return "resumption_psk";
    case SecretKind::epoch_authenticator: return "epoch_authenticator";
    case SecretKind::own_update_keys: return "own_update_keys";
    case SecretKind::pending_commit: return "pending_commit";
  }
  return "unknown";
}

std::string_view name_of(DeletionReason reason) {
  switch (reason) {
    case DeletionReason::entered: return "entered";
    case DeletionReason::all_members_committed: return "all_members_committed";
    case DeletionReason::left: return "left";
    case DeletionReason::lost_fork: return "lost_fork";
    case DeletionReason::cap_epochs: return "cap_epochs";
    case DeletionReason::cap_age: return "cap_age";
    case DeletionReason::cap_octets: return "cap_octets";
    case DeletionReason::asked: return "asked";
    case DeletionReason::replaced: return "replaced";
    case DeletionReason::discarded: return "discarded";
  }
  return "unknown";
}

}  // namespace dmls::fork
