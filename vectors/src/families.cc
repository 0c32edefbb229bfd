#include "families.h"

#include <array>

namespace dmls::vectors {
namespace {

// In order of their names (a test checks it): name, section, verifier, generator, generated per suite.
constexpr auto kFamilies = std::to_array<Family>({
    {"crypto-basics", "RFC 9420 §5.1, §5.2, §8, §9", verify_crypto_basics, generate_crypto_basics, true},
    {"demls-key-schedule", "draft-kohbrok-mls-dmls, \"DMLS key schedule\"", verify_demls_key_schedule,
     generate_demls_key_schedule, true},
    {"demls-message", "draft-kohbrok-mls-dmls, \"DMLS Messages\"", verify_demls_message, generate_demls_message, true},
    {"demls-passive-client", "draft-kohbrok-mls-dmls", verify_demls_passive_client, generate_demls_passive_client,
     true},
    {"deserialization", "RFC 9420 §2.1.2", verify_deserialization, generate_deserialization, false},
    {"dimls-leaf", "draft-xue-distributed-mls, \"COMMIT\"; RFC 9420 §7.2, §7.3", verify_dimls_leaf, generate_dimls_leaf,
     true},
    {"dimls-psk", "draft-xue-distributed-mls, \"COMMIT\"", verify_dimls_psk, generate_dimls_psk, true},
    {"dimls-session", "draft-xue-distributed-mls", verify_dimls_session, generate_dimls_session, true},
    {"fork-choice", "draft-kohbrok-mls-dmls, \"State management\"", verify_fork_choice, generate_fork_choice, true},
    {"key-schedule", "RFC 9420 §8", verify_key_schedule, generate_key_schedule, true},
    {"message-protection", "RFC 9420 §6.1, §6.2, §6.3", verify_message_protection, generate_message_protection, true},
    {"messages", "RFC 9420 §6, §12", verify_messages, generate_messages, true},
    {"passive-client-handling-commit", "RFC 9420 §12.4.2", verify_passive_client,
     generate_passive_client_handling_commit, true},
    {"passive-client-random", "RFC 9420 §12.4.2", verify_passive_client, generate_passive_client_random, true},
    {"passive-client-welcome", "RFC 9420 §12.4.3.1", verify_passive_client, generate_passive_client_welcome, true},
    {"pprf", "draft-kohbrok-mls-dmls, \"Puncturable pseudorandom function\"", verify_pprf, generate_pprf, true},
    {"psk_secret", "RFC 9420 §8.4", verify_psk_secret, generate_psk_secret, true},
    {"retention", "draft-kohbrok-mls-dmls, \"Security Considerations\"", verify_retention, generate_retention, false},
    {"safe-exporter", "draft-ietf-mls-extensions, \"Exported Secrets\"", verify_safe_exporter, generate_safe_exporter,
     true},
    {"secret-tree", "RFC 9420 §9, §6.3.2", verify_secret_tree, generate_secret_tree, true},
    {"transcript-hashes", "RFC 9420 §8.2", verify_transcript_hashes, generate_transcript_hashes, true},
    {"tree-math", "RFC 9420 Appendix C", verify_tree_math, generate_tree_math, false},
    {"tree-operations", "RFC 9420 §12.1", verify_tree_operations, generate_tree_operations, true},
    {"tree-validation", "RFC 9420 §7.8, §7.9, §12.4.3.3", verify_tree_validation, generate_tree_validation, true},
    {"treekem", "RFC 9420 §7.4, §7.5, §7.6", verify_treekem, generate_treekem, true},
    {"welcome", "RFC 9420 §12.4.3.1", verify_welcome, generate_welcome, true},
});

}  // namespace

std::span<const Family> families() { return kFamilies; }

}  // namespace dmls::vectors
