#pragma once
// What the table in families.cc names. One family, one file: src/<family>.cc.

#include <dmls/vectors/family.h>

namespace dmls::vectors {

Result<void> verify_crypto_basics(const Value&);
Result<Json> generate_crypto_basics(const Generation&);

Result<void> verify_demls_key_schedule(const Value&);
Result<Json> generate_demls_key_schedule(const Generation&);

Result<void> verify_demls_message(const Value&);
Result<Json> generate_demls_message(const Generation&);

Result<void> verify_demls_passive_client(const Value&);
Result<Json> generate_demls_passive_client(const Generation&);

Result<void> verify_fork_choice(const Value&);
Result<Json> generate_fork_choice(const Generation&);

Result<void> verify_retention(const Value&);
Result<Json> generate_retention(const Generation&);

Result<void> verify_deserialization(const Value&);
Result<Json> generate_deserialization(const Generation&);

Result<void> verify_dimls_leaf(const Value&);
Result<Json> generate_dimls_leaf(const Generation&);

Result<void> verify_dimls_psk(const Value&);
Result<Json> generate_dimls_psk(const Generation&);

Result<void> verify_dimls_session(const Value&);
Result<Json> generate_dimls_session(const Generation&);

Result<void> verify_key_schedule(const Value&);
Result<Json> generate_key_schedule(const Generation&);

Result<void> verify_message_protection(const Value&);
Result<Json> generate_message_protection(const Generation&);

Result<void> verify_messages(const Value&);
Result<Json> generate_messages(const Generation&);

// For passive-client-handling-commit, passive-client-random and passive-client-welcome.
Result<void> verify_passive_client(const Value&);
Result<Json> generate_passive_client_handling_commit(const Generation&);
Result<Json> generate_passive_client_random(const Generation&);
Result<Json> generate_passive_client_welcome(const Generation&);

Result<void> verify_pprf(const Value&);
Result<Json> generate_pprf(const Generation&);

Result<void> verify_psk_secret(const Value&);
Result<Json> generate_psk_secret(const Generation&);

Result<void> verify_safe_exporter(const Value&);
Result<Json> generate_safe_exporter(const Generation&);

Result<void> verify_secret_tree(const Value&);
Result<Json> generate_secret_tree(const Generation&);

Result<void> verify_transcript_hashes(const Value&);
Result<Json> generate_transcript_hashes(const Generation&);

Result<void> verify_tree_math(const Value&);
Result<Json> generate_tree_math(const Generation&);

Result<void> verify_tree_operations(const Value&);
Result<Json> generate_tree_operations(const Generation&);

Result<void> verify_tree_validation(const Value&);
Result<Json> generate_tree_validation(const Generation&);

Result<void> verify_treekem(const Value&);
Result<Json> generate_treekem(const Generation&);

Result<void> verify_welcome(const Value&);
Result<Json> generate_welcome(const Generation&);

}  // namespace dmls::vectors
