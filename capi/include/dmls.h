/* dmls: MLS (RFC 9420), DeMLS and DiMLS behind a C interface that stays the same.
 *
 * Conventions
 *   - What can fail returns a dmls_error by value; code 0 is success. Results come through the last parameters;
 *     they are NULL (or untouched, if they are no handles) after an error. A failed call has changed nothing, but for
 *     the key of a genuine message, which is spent (RFC 9420 §9.2).
 *   - Handles are opaque. Whoever receives one frees it with the function of its type; freeing NULL does nothing. A
 *     function that consumes a handle says so: the handle is gone afterwards, whatever the function returns.
 *   - Octets go in as pointer and length and are borrowed for the call; (NULL, 0) is the empty string. Octets of a size
 *     known beforehand come out into the caller's buffer, whose size must be exactly right; others as dmls_octets.
 *   - What an accessor lends (const pointers) lives as long as the handle it came from.
 *   - NULL where a handle or an output is needed is DMLS_E_MISUSE; accessors answer it with 0 or NULL.
 *   - There is no global state and none per thread. A client, its groups and what they lent are used by one thread at a
 *     time; different clients may be used from different threads at the same time. Callbacks run in the calling thread,
 *     no lock is held, and they must not call functions of the client that called them.
 *   - Running out of memory ends the process.
 *   - `message`, `welcome`, `key_package`, `group_info`: an encoded MLSMessage, or a DMLSMessage for DeMLS sessions.
 *
 * The interface has version DMLS_ABI_VERSION. Later versions of a callback table grow at their end; `size` says how
 * much of it the caller knows. Enums grow at their end, too: treat an unknown value as one you do not care about. */
#ifndef DMLS_H
#define DMLS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define DMLS_API __attribute__((visibility("default")))
#else
#define DMLS_API
#endif

#ifdef __cplusplus
#define DMLS_NOTHROW noexcept
extern "C" {
#else
#define DMLS_NOTHROW
#endif

#define DMLS_ABI_VERSION 0      /* of this header; 0 promises nothing yet */
#define DMLS_NO_LEAF UINT32_MAX /* where there is no leaf to name */

/* What went wrong: a number to act on, and the rule that was broken, a static string. {0, NULL} is success. */
typedef struct dmls_error {
  uint16_t code;    /* 0, or one of the numbers below, or what a callback answered */
  const char* rule; /* for people; NULL if `code` is 0 */
} dmls_error;

/* The numbers of dmls_error. Each layer has 256 of them; later versions add some. */
/* [errors] */
/* clang-format off */
enum {
  DMLS_OK = 0, /* all went well */
  DMLS_E_MISUSE                               = 0x0001, /* the caller broke a documented precondition */
  DMLS_E_RANDOM_FAILED                        = 0x0002, /* the random source gave no octets */
  DMLS_E_BACKEND_FAILED                       = 0x0003, /* a library below us failed where it should not have */
  DMLS_E_UNSUPPORTED                          = 0x0004, /* valid, but not supported by this build or configuration */
  DMLS_E_LIMIT                                = 0x0005, /* beyond a documented bound */
  DMLS_E_TLS_CODEC_TRUNCATED                  = 0x0100, /* the input ends inside a field */
  DMLS_E_TLS_CODEC_TRAILING_OCTETS            = 0x0101, /* the value was complete, the input was not */
  DMLS_E_TLS_CODEC_LENGTH_ENCODING            = 0x0102, /* a vector length is not minimal, or uses the reserved prefix */
  DMLS_E_TLS_CODEC_INVALID_VALUE              = 0x0103, /* a discriminant or flag outside its closed set */
  DMLS_E_CRYPTO_UNKNOWN_SUITE                 = 0x0200, /* no such cipher suite, or not in this build */
  DMLS_E_CRYPTO_INVALID_PUBLIC_KEY            = 0x0201, /* wrong size, not on the curve, or of low order */
  DMLS_E_CRYPTO_INVALID_PRIVATE_KEY           = 0x0202, /* wrong size or out of range */
  DMLS_E_CRYPTO_BAD_SIGNATURE                 = 0x0203, /* the signature does not verify */
  DMLS_E_CRYPTO_OPEN_FAILED                   = 0x0204, /* the AEAD tag does not verify, or the ciphertext is too short */
  DMLS_E_CRYPTO_BAD_TAG                       = 0x0205, /* a MAC does not verify */
  DMLS_E_CRYPTO_SEQUENCE_EXHAUSTED            = 0x0206, /* an HPKE context has no nonce left */
  DMLS_E_TREEKEM_INVALID_EXTENSION            = 0x0300, /* a type twice in one list, or a known extension that is malformed */
  DMLS_E_TREEKEM_INVALID_CREDENTIAL           = 0x0301, /* a credential that cannot be right, or that its validator refused */
  DMLS_E_TREEKEM_UNSUPPORTED_CAPABILITY       = 0x0302, /* something in use that a member does not list as supported */
  DMLS_E_TREEKEM_LIFETIME                     = 0x0303, /* not yet or no longer valid, or valid for too long */
  DMLS_E_TREEKEM_INVALID_LEAF                 = 0x0304, /* a leaf of the wrong source, or that keeps the key it must replace */
  DMLS_E_TREEKEM_INVALID_KEY_PACKAGE          = 0x0305, /* wrong version or suite, or one key in two roles */
  DMLS_E_TREEKEM_DUPLICATE_KEY                = 0x0320, /* an encryption or signature key that is in the tree already */
  DMLS_E_TREEKEM_INVALID_TREE                 = 0x0321, /* the shape or the content of a ratchet tree breaks a rule */
  DMLS_E_TREEKEM_PARENT_HASH                  = 0x0322, /* a parent hash chain does not hold */
  DMLS_E_TREEKEM_BAD_PATH                     = 0x0323, /* an UpdatePath does not fit the tree, or its secrets do not fit it */
  DMLS_E_TREEKEM_TREE_FULL                    = 0x0324, /* more leaves than a tree can have */
  DMLS_E_TREEKEM_NO_SUCH_LEAF                 = 0x0325, /* a leaf index that is out of range or blank */
  DMLS_E_KEYSCHEDULE_WRONG_LENGTH             = 0x0400, /* a secret or key has another number of octets than the suite asks for */
  DMLS_E_KEYSCHEDULE_EXPORT_LENGTH            = 0x0401, /* MLS-Exporter cannot give that many octets */
  DMLS_E_KEYSCHEDULE_TOO_MANY_PSKS            = 0x0402, /* more PSKs than the count field of a PSKLabel can say */
  DMLS_E_KEYSCHEDULE_DUPLICATE_PSK            = 0x0403, /* one PreSharedKeyID twice */
  DMLS_E_KEYSCHEDULE_NO_SUCH_LEAF             = 0x0404, /* the leaf index lies outside the tree */
  DMLS_E_KEYSCHEDULE_GENERATION_SPENT         = 0x0405, /* the key was used before, or its window has passed: it is gone */
  DMLS_E_KEYSCHEDULE_GENERATION_TOO_FAR_AHEAD = 0x0406, /* beyond the look-ahead bound */
  DMLS_E_KEYSCHEDULE_RATCHET_EXHAUSTED        = 0x0407, /* all 2^32 generations of a ratchet are used */
  DMLS_E_KEYSCHEDULE_INVALID_STATE            = 0x0408, /* saved state that cannot be the state of a secret tree */
  DMLS_E_PPRF_SECRET_LENGTH                   = 0x0500, /* the secret does not have Nh octets */
  DMLS_E_PPRF_INPUT_LENGTH                    = 0x0501, /* the input does not have as many bits as the tree is deep */
  DMLS_E_PPRF_PUNCTURED                       = 0x0502, /* this input was spent */
  DMLS_E_PPRF_NOT_KEPT                        = 0x0503, /* the node above this input was given up: bounded copath, intersect */
  DMLS_E_PPRF_STALE                           = 0x0504, /* the evaluation belongs to another PPRF object */
  DMLS_E_PPRF_MALFORMED                       = 0x0505, /* an exported state, record or delta that this library would not write */
  DMLS_E_PPRF_MISMATCH                        = 0x0506, /* suites or parameters differ */
  DMLS_E_PPRF_CONFLICT                        = 0x0507, /* two states hold different secrets for one node */
  DMLS_E_PPRF_PARAMETERS                      = 0x0508, /* a depth that no tree can have */
  DMLS_E_GROUP_WRONG_GROUP                    = 0x0600, /* the message belongs to another group */
  DMLS_E_GROUP_WRONG_EPOCH                    = 0x0601, /* the message belongs to an epoch that this client cannot read */
  DMLS_E_GROUP_INVALID_SENDER                 = 0x0602, /* blank leaf, unknown external sender, or a sender type not allowed here */
  DMLS_E_GROUP_INVALID_MESSAGE                = 0x0603, /* framing rules of RFC 9420 §6 (padding, content type, wire format) */
  DMLS_E_GROUP_INVALID_PROPOSAL               = 0x0604, /* one proposal is invalid, RFC 9420 §12.1 */
  DMLS_E_GROUP_INVALID_PROPOSAL_LIST          = 0x0605, /* the proposals do not go together, RFC 9420 §12.2 */
  DMLS_E_GROUP_INVALID_COMMIT                 = 0x0606, /* RFC 9420 §12.4 */
  DMLS_E_GROUP_UNKNOWN_PROPOSAL               = 0x0607, /* a commit names a proposal that this client has not seen */
  DMLS_E_GROUP_UNKNOWN_PSK                    = 0x0608, /* a pre-shared key that this client does not hold */
  DMLS_E_GROUP_CONFIRMATION_MISMATCH          = 0x0609, /* the confirmation tag does not verify: the states differ */
  DMLS_E_GROUP_INVALID_WELCOME                = 0x060a, /* RFC 9420 §12.4.3.1 */
  DMLS_E_GROUP_NOT_FOR_US                     = 0x060b, /* a Welcome that names none of this client's key packages */
  DMLS_E_GROUP_INVALID_GROUP_INFO             = 0x060c, /* RFC 9420 §12.4.3 */
  DMLS_E_GROUP_REFUSED_BY_POLICY              = 0x060d, /* the application's policy or credential validation said no */
  DMLS_E_GROUP_STALE                          = 0x060e, /* a transition that does not start at the present epoch, or happened already */
  DMLS_E_GROUP_REMOVED                        = 0x060f, /* this client is no longer a member and cannot send */
  DMLS_E_GROUP_CLOSED                         = 0x0610, /* the group was re-initialised and takes no more messages */
  DMLS_E_GROUP_OWN_MESSAGE                    = 0x0611, /* a message of this client's own */
  DMLS_E_GROUP_KNOWN_GROUP                    = 0x0612, /* a Welcome to a group that this client is in already */
  DMLS_E_GROUP_NOT_A_MEMBER                   = 0x0613, /* no member has the identity that was looked for */
  DMLS_E_GROUP_COMMIT_FIRST                   = 0x0614, /* proposals wait that have to be committed before that */
  DMLS_E_FORK_NOT_DEMLS                       = 0x0700, /* the group does not say that it is a DeMLS group, or not in words we know */
  DMLS_E_FORK_INVALID_WRAPPER                 = 0x0701, /* a DMLSMessage that wraps what it must not, or a dmls_epoch of another length */
  DMLS_E_FORK_WRONG_EPOCH                     = 0x0702, /* the dmls_epoch in the message is not that of the epoch it was used in */
  DMLS_E_FORK_UNKNOWN_EPOCH                   = 0x0703, /* no epoch of that name is held */
  DMLS_E_FORK_DELETED_EPOCH                   = 0x0704, /* the epoch was held, and its secrets have been deleted */
  DMLS_E_FORK_NOT_BOUND                       = 0x0705, /* a message from outside the group whose signature names no fork */
  DMLS_E_FORK_SIGNALLING_CHANGED              = 0x0706, /* a commit or proposal would change the signalling extension */
  DMLS_E_FORK_EXTERNAL_COMMITS                = 0x0707, /* an external commit, in a group that allows none */
  DMLS_E_FORK_FOREIGN_RESUMPTION              = 0x0708, /* a resumption PSK of another group: its epoch number names no fork */
  DMLS_E_FORK_UNKNOWN_COMMIT                  = 0x0709, /* no own commit of that name waits */
  DMLS_E_FORK_KNOWN_BAD                       = 0x070a, /* a message that was refused before, after its key was spent */
  DMLS_E_FORK_BUFFER_FULL                     = 0x070b, /* the bounded buffer for messages that wait refused one */
  DMLS_E_SENDGROUP_INVALID_PSK_ID             = 0x0800, /* the octets name no epoch of a Send Group */
  DMLS_E_SENDGROUP_INVALID_EXPORT_LENGTH      = 0x0801, /* not between 32 and 255 * KDF.Nh octets */
  DMLS_E_SENDGROUP_NO_UNIVERSE                = 0x0802, /* there is no universe yet: nobody was announced */
  DMLS_E_SENDGROUP_NOT_OWNER                  = 0x0803, /* somebody else than the owner spoke in a Send Group */
  DMLS_E_SENDGROUP_WRONG_OWNER                = 0x0804, /* leaf 0 is not whom the group id belongs to */
  DMLS_E_SENDGROUP_FORBIDDEN_PROPOSAL         = 0x0805, /* a proposal that Send Groups do not have */
  DMLS_E_SENDGROUP_INVALID_IMPORT             = 0x0806, /* a PSK that may not be imported in this commit */
  DMLS_E_SENDGROUP_STALE_IMPORT               = 0x0807, /* a PSK of an epoch not newer than one that was imported before */
  DMLS_E_SENDGROUP_UNKNOWN_GROUP              = 0x0808, /* a group id that belongs to nobody */
  DMLS_E_SENDGROUP_INVALID_ANNOUNCEMENT       = 0x0809, /* an announcement that contradicts what is known */
  DMLS_E_SENDGROUP_SUITE_NOT_ALLOWED          = 0x080a, /* a cipher suite outside those of the universe */
  DMLS_E_SENDGROUP_MISSING_KEY_PACKAGE        = 0x080b, /* somebody has to be added, and there is no key package */
  DMLS_E_SENDGROUP_NOTHING_TO_COMMIT          = 0x080c, /* nothing to import, add or remove */
  DMLS_E_SENDGROUP_NEEDS_RESYNC               = 0x080d, /* the group cannot be followed any more, see Session::lost() */
  DMLS_E_SENDGROUP_UNKNOWN_PARTICIPANT        = 0x080e, /* nobody of that identity takes part */
  DMLS_E_SENDGROUP_INVALID_CONTENT            = 0x080f, /* application data that is not a session's */
  DMLS_E_STORAGE_WRITE_FAILED                 = 0x0900, /* nothing was written; the reason is outside (full disk, I/O error) */
  DMLS_E_STORAGE_READ_FAILED                  = 0x0901, /* the store cannot be read */
  DMLS_E_STORAGE_BROKEN                       = 0x0902, /* an earlier failure left it unclear what is stored: open it again */
  DMLS_E_STORAGE_IN_USE                       = 0x0903, /* somebody else has the store open */
  DMLS_E_STORAGE_UNKNOWN_FORMAT               = 0x0904, /* not a store of ours, or of a later version */
  DMLS_E_STORAGE_NOT_FORGETFUL                = 0x0905, /* the medium does not promise that what is erased is gone */
  DMLS_E_STORAGE_NOT_AUTHENTIC                = 0x0906, /* a sealed record was changed, moved, or sealed with another key */
  DMLS_E_STORAGE_MALFORMED_KEY                = 0x0907, /* a key that is no sequence of components */
  DMLS_E_STORAGE_MALFORMED_RECORD             = 0x0908  /* what was read back is not what was written */
};
/* clang-format on */
/* [/errors] */

typedef struct dmls_octets dmls_octets;                 /* octets that the library made */
typedef struct dmls_octets_list dmls_octets_list;       /* several of them */
typedef struct dmls_config dmls_config;                 /* who a client is, and what it relies on */
typedef struct dmls_client dmls_client;                 /* MLS: makes and joins groups */
typedef struct dmls_group dmls_group;                   /* MLS: a group with one history */
typedef struct dmls_transition dmls_transition;         /* a step that has not happened yet */
typedef struct dmls_transitions dmls_transitions;       /* several of them */
typedef struct dmls_commit_request dmls_commit_request; /* what a commit shall do */
typedef struct dmls_changes dmls_changes;               /* what a commit does; always lent */
typedef struct dmls_public_epoch dmls_public_epoch;     /* what everybody in an epoch knows; always lent */
typedef struct dmls_members dmls_members;               /* members, or changes of members */
typedef struct dmls_events dmls_events;                 /* what came of a message */
typedef struct dmls_fork_client dmls_fork_client;       /* DeMLS: makes and joins groups */
typedef struct dmls_fork_session dmls_fork_session;     /* DeMLS: a group whose history may fork */
typedef struct dmls_sendgroup dmls_sendgroup;           /* DiMLS: a group for each sender */
typedef struct dmls_batch dmls_batch;                   /* changes to a store; always lent */
typedef struct dmls_sink dmls_sink;                     /* takes records from a store; always lent */

/* ---- the library ---- */

DMLS_API uint32_t dmls_abi_version(void) DMLS_NOTHROW; /* DMLS_ABI_VERSION of the library that is running */
DMLS_API const char* dmls_version(void) DMLS_NOTHROW;  /* of the library that is running: "0.1.0"; static */
/* 1 if this build has the cipher suite (RFC 9420 §17.1), else 0. */
DMLS_API int dmls_suite_supported(uint16_t suite) DMLS_NOTHROW;
/* KDF.Nh, the octets of authenticators and epoch names; 0 for an unknown suite. */
DMLS_API size_t dmls_suite_hash_size(uint16_t suite) DMLS_NOTHROW;
/* Octets of a signature private key; 0 for an unknown suite. */
DMLS_API size_t dmls_suite_signature_key_size(uint16_t suite) DMLS_NOTHROW;
/* A fresh signature private key (big-endian scalar, or the seed of RFC 8032), to be kept by the application. `size`:
 * dmls_suite_signature_key_size(). */
DMLS_API dmls_error dmls_signature_key_generate(uint16_t suite, uint8_t* key, size_t size) DMLS_NOTHROW;

/* ---- octets ---- */

DMLS_API size_t dmls_octets_size(const dmls_octets* octets) DMLS_NOTHROW;         /* how many; 0 for NULL */
DMLS_API const uint8_t* dmls_octets_data(const dmls_octets* octets) DMLS_NOTHROW; /* lent; may be NULL if none */
/* Copies them; DMLS_E_LIMIT if `size` is too small. */
DMLS_API dmls_error dmls_octets_copy(const dmls_octets* octets, uint8_t* buffer, size_t size) DMLS_NOTHROW;
DMLS_API void dmls_octets_free(dmls_octets* octets) DMLS_NOTHROW; /* not those that are lent */
/* How many strings of octets; 0 for NULL. */
DMLS_API size_t dmls_octets_list_size(const dmls_octets_list* list) DMLS_NOTHROW;
/* One of them, from 0 on; lent. NULL beyond the end. */
DMLS_API const dmls_octets* dmls_octets_list_get(const dmls_octets_list* list, size_t index) DMLS_NOTHROW;
/* With all that is in it; not those that are lent. */
DMLS_API void dmls_octets_list_free(dmls_octets_list* list) DMLS_NOTHROW;

/* ---- members and changes ---- */

/* How many entries; 0 for NULL. */
DMLS_API size_t dmls_members_size(const dmls_members* members) DMLS_NOTHROW;
/* The leaf index; DMLS_NO_LEAF beyond the end. */
DMLS_API uint32_t dmls_members_leaf(const dmls_members* members, size_t index) DMLS_NOTHROW;
/* The leaf of whoever proposed the change; DMLS_NO_LEAF for somebody outside, and in lists that are no changes. */
DMLS_API uint32_t dmls_members_proposer(const dmls_members* members, size_t index) DMLS_NOTHROW;
/* The encoded Credential, RFC 9420 §5.3. Lent; NULL beyond the end, here and below. */
DMLS_API const dmls_octets* dmls_members_credential(const dmls_members* members, size_t index) DMLS_NOTHROW;
/* The identity of a basic credential; empty for others. Lent. */
DMLS_API const dmls_octets* dmls_members_identity(const dmls_members* members, size_t index) DMLS_NOTHROW;
/* SignaturePublicKey octets, without a length. Lent. */
DMLS_API const dmls_octets* dmls_members_signature_key(const dmls_members* members, size_t index) DMLS_NOTHROW;
DMLS_API void dmls_members_free(dmls_members* members) DMLS_NOTHROW; /* not those that are lent */

/* Who commits. RFC 9420 §12.4.3.2 */
typedef enum dmls_origin {
  DMLS_ORIGIN_MEMBER,  /* of the epoch that ends */
  DMLS_ORIGIN_JOINER,  /* somebody from outside, who joins by it */
  DMLS_ORIGIN_REJOINER /* the same, in the place of an own old leaf */
} dmls_origin;
DMLS_API const dmls_octets* dmls_changes_group_id(const dmls_changes* changes) DMLS_NOTHROW; /* lent */
DMLS_API uint64_t dmls_changes_epoch(const dmls_changes* changes) DMLS_NOTHROW;              /* the one that begins */
DMLS_API dmls_origin dmls_changes_origin(const dmls_changes* changes) DMLS_NOTHROW;          /* MEMBER for NULL */
DMLS_API int dmls_changes_has_path(const dmls_changes* changes) DMLS_NOTHROW;   /* 1 if it brings fresh keys */
DMLS_API int dmls_changes_ends_group(const dmls_changes* changes) DMLS_NOTHROW; /* 1 for a ReInit */
/* 1 if the extensions of the GroupContext become others. */
DMLS_API int dmls_changes_replaces_extensions(const dmls_changes* changes) DMLS_NOTHROW;
/* How many pre-shared keys go in. */
DMLS_API size_t dmls_changes_psk_count(const dmls_changes* changes) DMLS_NOTHROW;
/* Whoever commits, as it stands in the epoch that begins: one entry. Lent, as all lists below. */
DMLS_API const dmls_members* dmls_changes_committer(const dmls_changes* changes) DMLS_NOTHROW;
/* The same as it stood before, on the leaf that a rejoiner gives up: one entry, or none for a joiner. */
DMLS_API const dmls_members* dmls_changes_committer_before(const dmls_changes* changes) DMLS_NOTHROW;
/* Who joins by an Add. */
DMLS_API const dmls_members* dmls_changes_added(const dmls_changes* changes) DMLS_NOTHROW;
/* Who goes, as they stood before; without the old leaf of a rejoiner. */
DMLS_API const dmls_members* dmls_changes_removed(const dmls_changes* changes) DMLS_NOTHROW;
/* Whose Updates are committed, as they stand afterwards; without the committer. */
DMLS_API const dmls_members* dmls_changes_updated(const dmls_changes* changes) DMLS_NOTHROW;
/* The same as they stood before, in the same order. */
DMLS_API const dmls_members* dmls_changes_updated_before(const dmls_changes* changes) DMLS_NOTHROW;

/* For the callback accept() of a policy alone, else NULL: the epoch that the commit would end; of a Welcome, the one it
 * leads to, so its members are there already. */
DMLS_API const dmls_public_epoch* dmls_changes_before(const dmls_changes* changes) DMLS_NOTHROW;
DMLS_API const dmls_octets* dmls_public_epoch_group_id(const dmls_public_epoch* epoch) DMLS_NOTHROW; /* lent */
DMLS_API uint64_t dmls_public_epoch_number(const dmls_public_epoch* epoch) DMLS_NOTHROW;             /* 0 for NULL */
/* The data of the GroupContext extension of that type (RFC 9420 §17.3), possibly empty; NULL if the group has none. */
DMLS_API const dmls_octets* dmls_public_epoch_extension(const dmls_public_epoch* epoch, uint16_t type) DMLS_NOTHROW;
/* From left to right. Made when first asked for, at a cost that grows with the group. */
DMLS_API const dmls_members* dmls_public_epoch_members(const dmls_public_epoch* epoch) DMLS_NOTHROW;

/* ---- configuration ---- */

/* What the application decides. In this and the other callback tables, `size` is sizeof of the table; `release` (may be
 * NULL) is called with `context` when nobody uses the table any more. An error's rule must be a static string; NULL is
 * replaced. */
typedef struct dmls_policy {
  size_t size;                    /* sizeof(dmls_policy) */
  void* context;                  /* the first argument of every callback */
  void (*release)(void* context); /* may be NULL */
  /* Does the encoded Credential belong to that SignaturePublicKey, and is it acceptable? RFC 9420 §5.3.1. Required. */
  dmls_error (*validate)(void* context, const uint8_t* credential, size_t credential_size, const uint8_t* signature_key,
                         size_t signature_key_size);
  /* May a member go on with another credential? NULL: only with an equal one. */
  dmls_error (*valid_successor)(void* context, const uint8_t* before, size_t before_size, const uint8_t* after,
                                size_t after_size);
  /* May this commit, own or received, or this Welcome, happen? `changes` is lent for the call, and with it the epoch
   * before: dmls_changes_before(). Required. */
  dmls_error (*accept)(void* context, const dmls_changes* changes);
} dmls_policy;

/* A source of random octets. What fails with an error makes the function fail that needed them. */
typedef struct dmls_random {
  size_t size;                                                  /* sizeof(dmls_random) */
  void* context;                                                /* the first argument of every callback */
  void (*release)(void* context);                               /* may be NULL */
  dmls_error (*fill)(void* context, uint8_t* out, size_t size); /* all of it, never empty. Required */
} dmls_random;

/* What time it is, for lifetimes and ages. */
typedef struct dmls_clock {
  size_t size;                    /* sizeof(dmls_clock) */
  void* context;                  /* the first argument of every callback */
  void (*release)(void* context); /* may be NULL */
  uint64_t (*now)(void* context); /* seconds since 1970. Required */
} dmls_clock;

/* A store; see <dmls/storage/store.h>. Forward secrecy rests on it: what was erased or replaced must be gone. */
typedef struct dmls_store {
  size_t size;                    /* sizeof(dmls_store) */
  void* context;                  /* the first argument of every callback */
  void (*release)(void* context); /* may be NULL */
  /* All of the batch or nothing, durably. Required, as all three. */
  dmls_error (*write)(void* context, const dmls_batch* batch);
  /* Gives the record of that key to the sink, if there is one; else does nothing, and that is no error. */
  dmls_error (*read)(void* context, const uint8_t* key, size_t key_size, dmls_sink* sink);
  /* Gives every record whose key begins with `prefix` to the sink; stops at the first error of the sink. */
  dmls_error (*for_each)(void* context, const uint8_t* prefix, size_t prefix_size, dmls_sink* sink);
} dmls_store;

/* One change to a store; later ones of a batch win. */
typedef enum dmls_op {
  DMLS_OP_PUT,      /* the record of that key becomes `value` */
  DMLS_OP_ERASE,    /* the record of that key goes, if there is one */
  DMLS_OP_ERASE_ALL /* every record goes whose key begins with that key */
} dmls_op;
/* How many operations, to be done in their order. */
DMLS_API size_t dmls_batch_size(const dmls_batch* batch) DMLS_NOTHROW;
/* One operation; key and value (of a put) are lent for the call of write(). */
DMLS_API dmls_error dmls_batch_get(const dmls_batch* batch, size_t index, dmls_op* op, const uint8_t** key,
                                   size_t* key_size, const uint8_t** value, size_t* value_size) DMLS_NOTHROW;
/* Called by read() and for_each() of a store with what they have found, which is borrowed for the call. They answer
 * with its error, if there is one. */
DMLS_API dmls_error dmls_sink_put(dmls_sink* sink, const uint8_t* key, size_t key_size, const uint8_t* value,
                                  size_t value_size) DMLS_NOTHROW;

/* A configuration without identity and policy; both have to be given before a client is made. One configuration may
 * make several clients, but a store belongs to one. DMLS_E_CRYPTO_UNKNOWN_SUITE. */
DMLS_API dmls_error dmls_config_new(uint16_t suite, dmls_config** out) DMLS_NOTHROW;
DMLS_API void dmls_config_free(dmls_config* config) DMLS_NOTHROW; /* clients that were made with it go on */
/* A basic credential. `key`: a signature private key, or (NULL, 0) for a fresh one, which only the client will know.
 * DMLS_E_CRYPTO_INVALID_PRIVATE_KEY. */
DMLS_API dmls_error dmls_config_basic_identity(dmls_config* config, const uint8_t* identity, size_t identity_size,
                                               const uint8_t* key, size_t key_size) DMLS_NOTHROW;
/* A chain of DER certificates, the end entity's first, and its private key. DMLS_E_CRYPTO_INVALID_PRIVATE_KEY. */
DMLS_API dmls_error dmls_config_x509_identity(dmls_config* config, const uint8_t* const* certificates,
                                              const size_t* sizes, size_t count, const uint8_t* key,
                                              size_t key_size) DMLS_NOTHROW;
/* Who is believed, and what may happen to groups; the table is copied. */
DMLS_API dmls_error dmls_config_policy(dmls_config* config, const dmls_policy* policy) DMLS_NOTHROW;
/* Authenticates nobody and allows everything: for tests and first steps. */
DMLS_API dmls_error dmls_config_accept_everything(dmls_config* config) DMLS_NOTHROW;
/* What tells participants apart (RFC 9420 §12.2; it also names them in DiMLS). */
typedef enum dmls_client_ids {
  DMLS_CLIENT_BY_KEY,       /* their signature key; the default */
  DMLS_CLIENT_BY_CREDENTIAL /* the content of their credential */
} dmls_client_ids;
/* Which of these; DMLS_CLIENT_BY_KEY unless set. */
DMLS_API dmls_error dmls_config_client_ids(dmls_config* config, dmls_client_ids ids) DMLS_NOTHROW;
DMLS_API dmls_error dmls_config_random(dmls_config* config,
                                       const dmls_random* random) DMLS_NOTHROW; /* else the system's */
DMLS_API dmls_error dmls_config_clock(dmls_config* config,
                                      const dmls_clock* clock) DMLS_NOTHROW; /* else the system's */
/* Where the client survives; without one it lives in memory. The table is copied. */
DMLS_API dmls_error dmls_config_store(dmls_config* config, const dmls_store* store) DMLS_NOTHROW;
/* A store in memory, for tests: it outlives a client, not the process. */
DMLS_API dmls_error dmls_config_memory_store(dmls_config* config) DMLS_NOTHROW;
/* `path`: UTF-8; made if it does not exist, locked as long as the configuration or a client of it lives.
 * DMLS_E_STORAGE_IN_USE, DMLS_E_STORAGE_UNKNOWN_FORMAT, DMLS_E_STORAGE_NOT_FORGETFUL; DMLS_E_UNSUPPORTED if the build
 * lacks SQLite. */
DMLS_API dmls_error dmls_config_sqlite_store(dmls_config* config, const char* path) DMLS_NOTHROW;
/* A further private key, of the suite's signature scheme: of an identity that stored groups went on with
 * (dmls_commit_request_identity). */
DMLS_API dmls_error dmls_config_other_key(dmls_config* config, const uint8_t* key, size_t size) DMLS_NOTHROW;
/* DiMLS: the session of that name, up to 255 octets, is what a store is asked for; "" unless set. One store may hold
 * several. */
DMLS_API dmls_error dmls_config_session_name(dmls_config* config, const uint8_t* name, size_t size) DMLS_NOTHROW;
/* What kind of code point an application supports beyond this library. RFC 9420 §7.2 */
typedef enum dmls_capability {
  DMLS_CAPABILITY_EXTENSION, /* RFC 9420 §17.3 */
  DMLS_CAPABILITY_PROPOSAL,  /* §17.4; without rules of its own such a proposal changes nothing and needs no path */
  DMLS_CAPABILITY_CREDENTIAL /* §17.5 */
} dmls_capability;
/* Lists a registered or private code point in key packages and leaves; a second time changes nothing. DMLS_E_MISUSE for
 * default types, which are never listed. */
DMLS_API dmls_error dmls_config_capability(dmls_config* config, dmls_capability kind, uint16_t type) DMLS_NOTHROW;
/* For how many seconds key packages are valid from when they are made (and for the hour before); 90 days unless set.
 * RFC 9420 §7.2 */
DMLS_API dmls_error dmls_config_key_package_lifetime(dmls_config* config, uint64_t seconds) DMLS_NOTHROW;
/* Whether key packages and leaves carry random values that others must ignore, RFC 9420 §13.5: 1, unless set to 0 for
 * the sake of implementations that refuse them. */
DMLS_API dmls_error dmls_config_grease(dmls_config* config, int grease) DMLS_NOTHROW;
/* How many left epochs are still read, and how much is kept of epochs to come; 2, 1000 and 1 MiB unless set. */
DMLS_API dmls_error dmls_config_window(dmls_config* config, size_t past_epochs, size_t ahead_messages,
                                       size_t ahead_octets) DMLS_NOTHROW;
/* Ratchets: how far ahead a generation may be, and how many skipped keys are kept; 1000 and 1000 unless set. */
DMLS_API dmls_error dmls_config_ratchets(dmls_config* config, uint32_t max_ahead, uint32_t max_kept) DMLS_NOTHROW;
/* How application messages hide their length. RFC 9420 §15.1 */
typedef enum dmls_padding {
  DMLS_PADDING_NONE,       /* not at all; the default */
  DMLS_PADDING_MULTIPLE,   /* up to the next multiple of `block` octets */
  DMLS_PADDING_LOGARITHMIC /* up to a length whose last bits are zero: an eighth is added at most */
} dmls_padding;
/* `block`: of DMLS_PADDING_MULTIPLE; 0 and 1 do not pad. */
DMLS_API dmls_error dmls_config_padding(dmls_config* config, dmls_padding padding, size_t block) DMLS_NOTHROW;
/* DeMLS: which of several commits of one epoch wins. */
typedef enum dmls_fork_choice {
  DMLS_CHOICE_HIGHEST_TAG, /* the one with the higher confirmation tag; the default */
  DMLS_CHOICE_TICKET       /* members' removals, then other commits of members, then those from outside; else by lot */
} dmls_fork_choice;
/* DeMLS: when an old epoch is no longer needed. */
typedef enum dmls_retention {
  DMLS_RETAIN_UNTIL_ALL_COMMITTED, /* once no member is left that could still commit on it; the default */
  DMLS_RETAIN_NOT,                 /* as soon as a commit leaves it, but see dmls_fork_set_retain() */
  DMLS_RETAIN_ALWAYS               /* never: the caps alone */
} dmls_retention;
/* DeMLS: the same for all members, or they do not converge. */
DMLS_API dmls_error dmls_config_fork_choice(dmls_config* config, dmls_fork_choice choice) DMLS_NOTHROW;
/* DeMLS: how long old epochs are kept. `keep_losing_forks`: 0 deletes epochs from which the head does not descend at
 * once. Caps: `max_epochs` that are held, the head included; `max_age` in seconds since an epoch was left. Unless set:
 * DMLS_RETAIN_UNTIL_ALL_COMMITTED, 1, 64, 30 days. */
DMLS_API dmls_error dmls_config_fork_retention(dmls_config* config, dmls_retention rule, int keep_losing_forks,
                                               size_t max_epochs, uint64_t max_age) DMLS_NOTHROW;
/* DiMLS: when updates of others are imported. */
typedef enum dmls_incorporate {
  DMLS_INCORPORATE_ALWAYS,  /* before every message; the default */
  DMLS_INCORPORATE_BATCHED, /* before a message, once `batch` of them wait */
  DMLS_INCORPORATE_NEVER    /* only by dmls_sendgroup_commit() */
} dmls_incorporate;
/* DiMLS: a self-update is due when the last fresh keys are `self_update_seconds` old, or after `self_update_messages`
 * own messages (0: never). Unless set: DMLS_INCORPORATE_ALWAYS, 8, a day, 0. */
DMLS_API dmls_error dmls_config_updates(dmls_config* config, dmls_incorporate incorporate, size_t batch,
                                        uint64_t self_update_seconds, uint64_t self_update_messages) DMLS_NOTHROW;

/* ---- events: one vocabulary for groups, DeMLS and DiMLS sessions ---- */

/* What an event is, and what can be asked about it. */
typedef enum dmls_event {
  DMLS_EVENT_NONE = 0,            /* there is no event at that index */
  DMLS_EVENT_APPLICATION_MESSAGE, /* data, authenticated data, epoch or node or group id, sender */
  DMLS_EVENT_PROPOSED,            /* waits for a commit; error: why own commits leave it out */
  DMLS_EVENT_TRANSITION,          /* group: a commit; dmls_events_take_transition(), then merge or discard it */
  DMLS_EVENT_WAITING,             /* for something missing. Group: dmls_group_resume() once it is there */
  DMLS_EVENT_SKIPPED,             /* changes nothing, and is no error; dmls_events_skipped() */
  DMLS_EVENT_ADVANCED,            /* sessions: an epoch began; node, parent, changes; or group id and epoch */
  DMLS_EVENT_REJECTED,            /* sessions: not genuine, not allowed, not stored; error */
  DMLS_EVENT_REMOVED,             /* sessions: this client was removed, on that branch or from that Send Group */
  /* ---- DeMLS */
  DMLS_EVENT_FORKED,            /* as ADVANCED, beside another epoch */
  DMLS_EVENT_INVITED,           /* Welcomes may go out: messages */
  DMLS_EVENT_ROLLED_BACK,       /* another branch is preferred; parent: the head until now, node: the head */
  DMLS_EVENT_ORPHANED,          /* members joined on a branch that is not preferred */
  DMLS_EVENT_MUST_COMMIT_AGAIN, /* members' fresh keys are lost; dmls_events_self() */
  DMLS_EVENT_CANNOT_FOLLOW,     /* a commit that others may follow; error */
  DMLS_EVENT_SUPERSEDED,        /* an own commit will not happen; node: its commit hash */
  DMLS_EVENT_DELETED,           /* the secrets of an epoch are gone */
  /* ---- DiMLS */
  DMLS_EVENT_JOINED,       /* a Welcome led into a Send Group */
  DMLS_EVENT_ANNOUNCED,    /* the universe is known: open a Send Group */
  DMLS_EVENT_EQUIVOCATION, /* its owner signed two commits for one epoch: messages */
  DMLS_EVENT_NEEDS_RESYNC  /* a Send Group cannot be followed any more: ask its owner (sender) to readmit us; parent */
} dmls_event;
/* Why a message changes nothing. */
typedef enum dmls_skipped {
  DMLS_SKIPPED_NONE = 0,    /* it is another event */
  DMLS_SKIPPED_OWN_MESSAGE, /* sent by this client; it took effect when it was made */
  DMLS_SKIPPED_DUPLICATE,   /* seen before, or so late that its key is gone */
  DMLS_SKIPPED_TOO_OLD,     /* of an epoch that was left, and is not read any more */
  DMLS_SKIPPED_KEPT,        /* group: of an epoch to come; dmls_group_take_due() gives it back */
  DMLS_SKIPPED_DROPPED,     /* of an epoch to come, and there is no room: get it again later */
  DMLS_SKIPPED_NOT_FOR_US   /* of another group, or (DiMLS) a Welcome for others */
} dmls_skipped;
/* How many events; 0 for NULL. */
DMLS_API size_t dmls_events_size(const dmls_events* events) DMLS_NOTHROW;
/* DMLS_EVENT_NONE beyond the end. */
DMLS_API dmls_event dmls_events_kind(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Of SKIPPED, else DMLS_SKIPPED_NONE. */
DMLS_API dmls_skipped dmls_events_skipped(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* The epoch's number (group; DiMLS: of the Send Group that dmls_events_node() names); that of the epoch which ADVANCED,
 * FORKED or REMOVED is about (DeMLS); else 0. */
DMLS_API uint64_t dmls_events_epoch(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* The sender's leaf (group, DeMLS), else DMLS_NO_LEAF. */
DMLS_API uint32_t dmls_events_leaf(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* The dmls_epoch (DeMLS), or the group id (DiMLS), of what the event is about. Lent, as all below; empty if it does not
 * apply; NULL beyond the end. */
DMLS_API const dmls_octets* dmls_events_node(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* DeMLS: the epoch before, see dmls_event. NEEDS_RESYNC: the epoch whose PSK is gone, of whatever Send Group: 8 octets
 * in network order and the group id. */
DMLS_API const dmls_octets* dmls_events_parent(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* The identity of a basic credential (group), or the client id (DiMLS), of whoever the event is about. */
DMLS_API const dmls_octets* dmls_events_sender(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Of an application message: what was protected. */
DMLS_API const dmls_octets* dmls_events_data(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* What was sent along with an application message or a proposal, signed but not encrypted. */
DMLS_API const dmls_octets* dmls_events_authenticated_data(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* INVITED: Welcomes to send. EQUIVOCATION: the two commits. */
DMLS_API const dmls_octets_list* dmls_events_messages(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Of an application message (group): its sender. Of ORPHANED and MUST_COMMIT_AGAIN: who they are. Else empty. */
DMLS_API const dmls_members* dmls_events_members(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Of TRANSITION, and of DeMLS' ADVANCED, FORKED and REMOVED; else NULL. */
DMLS_API const dmls_changes* dmls_events_changes(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* 1 if this client is among the members of MUST_COMMIT_AGAIN. */
DMLS_API int dmls_events_self(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Of PROPOSED, REJECTED and CANNOT_FOLLOW; else success. */
DMLS_API dmls_error dmls_events_error(const dmls_events* events, size_t index) DMLS_NOTHROW;
/* Once for each TRANSITION; the handle is the caller's. DMLS_E_MISUSE the second time, and for other events. */
DMLS_API dmls_error dmls_events_take_transition(dmls_events* events, size_t index, dmls_transition** out) DMLS_NOTHROW;
/* With all that it lent; transitions that were not taken, as by dmls_transition_free(). */
DMLS_API void dmls_events_free(dmls_events* events) DMLS_NOTHROW;

/* ---- what a commit shall do ---- */

/* An empty request: fresh keys, and what waits. It may serve several commits. */
DMLS_API dmls_error dmls_commit_request_new(dmls_commit_request** out) DMLS_NOTHROW;
/* Commits that were made with it go on. */
DMLS_API void dmls_commit_request_free(dmls_commit_request* request) DMLS_NOTHROW;
/* Somebody joins: an encoded KeyPackage, or MLSMessage with one. What is wrong with it is said by the commit. */
DMLS_API dmls_error dmls_commit_request_add(dmls_commit_request* request, const uint8_t* key_package,
                                            size_t size) DMLS_NOTHROW;
/* The member at that leaf goes. DMLS_E_MISUSE for an index that no leaf has (2^31 and more). */
DMLS_API dmls_error dmls_commit_request_remove(dmls_commit_request* request, uint32_t leaf) DMLS_NOTHROW;
/* A pre-shared key that all members hold. RFC 9420 §8.4 */
DMLS_API dmls_error dmls_commit_request_external_psk(dmls_commit_request* request, const uint8_t* psk_id,
                                                     size_t size) DMLS_NOTHROW;
/* The resumption PSK of an epoch of a group that all members were in. RFC 9420 §8.6 */
DMLS_API dmls_error dmls_commit_request_resumption_psk(dmls_commit_request* request, const uint8_t* group_id,
                                                       size_t size, uint64_t epoch) DMLS_NOTHROW;
/* All extensions of the GroupContext are replaced by those given here, in this order. RFC 9420 §12.1.7 */
DMLS_API dmls_error dmls_commit_request_extension(dmls_commit_request* request, uint16_t type, const uint8_t* data,
                                                  size_t size) DMLS_NOTHROW;
/* A proposal of a type that RFC 9420 does not define; all members list it, see dmls_config_capability(). */
DMLS_API dmls_error dmls_commit_request_custom(dmls_commit_request* request, uint16_t type, const uint8_t* payload,
                                               size_t size) DMLS_NOTHROW;
/* The group ends; the next has this id and suite. */
DMLS_API dmls_error dmls_commit_request_reinit(dmls_commit_request* request, const uint8_t* group_id, size_t size,
                                               uint16_t suite) DMLS_NOTHROW;
/* The committer goes on as the identity of `config`. */
DMLS_API dmls_error dmls_commit_request_identity(dmls_commit_request* request, const dmls_config* config) DMLS_NOTHROW;
/* How a commit differs from what is usual. */
typedef enum dmls_commit_option {
  DMLS_COMMIT_LEAVE_PENDING,    /* proposals that wait are left out */
  DMLS_COMMIT_PATH_IF_REQUIRED, /* no fresh keys if the proposals do not need them */
  DMLS_COMMIT_TREE_ASIDE,       /* the ratchet tree is not in Welcomes */
  DMLS_COMMIT_WELCOME_FOR_EACH, /* a Welcome for each who is added */
  DMLS_COMMIT_PUBLIC            /* as a PublicMessage */
} dmls_commit_option;
/* One option; several go together. */
DMLS_API dmls_error dmls_commit_request_option(dmls_commit_request* request, dmls_commit_option option) DMLS_NOTHROW;
/* Octets that travel with the commit, signed but not encrypted. */
DMLS_API dmls_error dmls_commit_request_authenticated_data(dmls_commit_request* request, const uint8_t* data,
                                                           size_t size) DMLS_NOTHROW;

/* ---- transitions ---- */

/* Where a transition leads, and so what may be done with it. */
typedef enum dmls_transition_kind {
  DMLS_TRANSITION_NONE = 0, /* of NULL */
  DMLS_TRANSITION_ADVANCE,  /* dmls_group_merge() or dmls_group_discard() */
  DMLS_TRANSITION_ENTRY,    /* dmls_client_enter() or dmls_client_discard() */
  DMLS_TRANSITION_REMOVAL   /* as ADVANCE; it takes this client out of the group */
} dmls_transition_kind;
/* DMLS_TRANSITION_NONE for NULL. */
DMLS_API dmls_transition_kind dmls_transition_kind_of(const dmls_transition* transition) DMLS_NOTHROW;
/* 1 if this client made it: its message and Welcomes are to be sent. */
DMLS_API int dmls_transition_is_own(const dmls_transition* transition) DMLS_NOTHROW;
DMLS_API const dmls_changes* dmls_transition_changes(const dmls_transition* transition) DMLS_NOTHROW; /* lent */
/* The commit to send; empty if it was received, or if there is nobody to send it to. */
DMLS_API dmls_error dmls_transition_message(const dmls_transition* transition, dmls_octets** out) DMLS_NOTHROW;
/* For those who are added, to be sent once the commit was accepted. RFC 9420 §14 */
DMLS_API dmls_error dmls_transition_welcomes(const dmls_transition* transition, dmls_octets_list** out) DMLS_NOTHROW;
/* Whom the Welcome of that index is for: their leaves, up to `capacity`; `count`: how many there are. */
DMLS_API dmls_error dmls_transition_recipients(const dmls_transition* transition, size_t welcome, uint32_t* leaves,
                                               size_t capacity, size_t* count) DMLS_NOTHROW;
/* What the committer sent along; empty for a Welcome. */
DMLS_API dmls_error dmls_transition_authenticated_data(const dmls_transition* transition,
                                                       dmls_octets** out) DMLS_NOTHROW;
/* The encoded ratchet tree of the epoch that begins; empty for a removal. RFC 9420 §12.4.3.3 */
DMLS_API dmls_error dmls_transition_ratchet_tree(const dmls_transition* transition, dmls_octets** out) DMLS_NOTHROW;
/* A signed GroupInfo of the epoch that begins; as dmls_group_group_info(). */
DMLS_API dmls_error dmls_transition_group_info(const dmls_transition* transition, int tree_inside, int external_joins,
                                               dmls_octets** out) DMLS_NOTHROW;
/* Of the epoch that begins: KDF.Nh octets, RFC 9420 §8.7. DMLS_E_GROUP_REMOVED for a removal. */
DMLS_API dmls_error dmls_transition_epoch_authenticator(const dmls_transition* transition, uint8_t* out,
                                                        size_t size) DMLS_NOTHROW;
/* Forgets the handle and nothing else: what a store holds of it comes back from the pending functions. */
DMLS_API void dmls_transition_free(dmls_transition* transition) DMLS_NOTHROW;
/* How many, those that were taken included; 0 for NULL. */
DMLS_API size_t dmls_transitions_size(const dmls_transitions* transitions) DMLS_NOTHROW;
/* Each once, and its handle is the caller's then; DMLS_E_MISUSE the second time, and beyond the end. */
DMLS_API dmls_error dmls_transitions_take(dmls_transitions* transitions, size_t index,
                                          dmls_transition** out) DMLS_NOTHROW;
/* With those that were not taken, as by dmls_transition_free(). */
DMLS_API void dmls_transitions_free(dmls_transitions* transitions) DMLS_NOTHROW;

/* ---- MLS: clients ---- */

/* DMLS_E_MISUSE without identity or policy. With a store that holds a client, this is that client again: its key
 * packages and PSKs are there, its groups wait for dmls_client_load_group(). Errors of the store. */
DMLS_API dmls_error dmls_client_new(const dmls_config* config, dmls_client** out) DMLS_NOTHROW;
/* A store keeps it; handles of its groups go on. */
DMLS_API void dmls_client_free(dmls_client* client) DMLS_NOTHROW;
/* A key package to publish; one of last resort stays usable. RFC 9420 §16.8 */
DMLS_API dmls_error dmls_client_key_package(dmls_client* client, int last_resort, dmls_octets** out) DMLS_NOTHROW;
/* Those that were published and not used. */
DMLS_API size_t dmls_client_key_package_count(const dmls_client* client) DMLS_NOTHROW;
/* An external pre-shared key, for all groups of this client; replaces an older one. RFC 9420 §8.4 */
DMLS_API dmls_error dmls_client_add_psk(dmls_client* client, const uint8_t* psk_id, size_t id_size, const uint8_t* psk,
                                        size_t psk_size) DMLS_NOTHROW;
/* Forgets it; no error if there is none. */
DMLS_API dmls_error dmls_client_remove_psk(dmls_client* client, const uint8_t* psk_id, size_t id_size) DMLS_NOTHROW;
/* A group with this client as its only member. `group_id` (NULL, 0): KDF.Nh random octets. RFC 9420 §11 */
DMLS_API dmls_error dmls_client_create_group(dmls_client* client, const uint8_t* group_id, size_t size,
                                             dmls_group** out) DMLS_NOTHROW;
/* 1 if the Welcome names one of this client's key packages. */
DMLS_API int dmls_client_is_invited(const dmls_client* client, const uint8_t* welcome, size_t size) DMLS_NOTHROW;
/* Opens a Welcome; nothing has happened until dmls_client_enter(). RFC 9420 §12.4.3.1. DMLS_E_GROUP_NOT_FOR_US if it
 * names none of this client's key packages.
 * `tree`: the encoded ratchet tree if it came aside, else (NULL, 0). `descends_from`: the group that the new one was
 * branched off or re-initialised from, else NULL. */
DMLS_API dmls_error dmls_client_join(dmls_client* client, const uint8_t* welcome, size_t size, const uint8_t* tree,
                                     size_t tree_size, const dmls_group* descends_from,
                                     dmls_transition** out) DMLS_NOTHROW;
/* Joins by an external commit. `resync`: in the place of an own old leaf. */
DMLS_API dmls_error dmls_client_join_by_commit(dmls_client* client, const uint8_t* group_info, size_t size,
                                               const uint8_t* tree, size_t tree_size, int resync,
                                               dmls_transition** out) DMLS_NOTHROW;
/* An Add of this client for members to commit, as a PublicMessage. RFC 9420 §12.1.8 */
DMLS_API dmls_error dmls_client_propose_to_join(dmls_client* client, const uint8_t* group_id, size_t size,
                                                uint64_t epoch, dmls_octets** out) DMLS_NOTHROW;
/* Starts a subgroup with the owners of these key packages, who are members of `group`. RFC 9420 §11.3. `group_id`
 * (NULL, 0): KDF.Nh random octets. */
DMLS_API dmls_error dmls_client_branch(dmls_client* client, const dmls_group* group, const uint8_t* group_id,
                                       size_t size, const uint8_t* const* key_packages, const size_t* sizes,
                                       size_t count, dmls_transition** out) DMLS_NOTHROW;
/* Starts the group that the ReInit of `closed` announced, with key packages of all its other members; on a client of
 * the cipher suite that it names. RFC 9420 §11.2 */
DMLS_API dmls_error dmls_client_reinitialize(dmls_client* client, const dmls_group* closed,
                                             const uint8_t* const* key_packages, const size_t* sizes, size_t count,
                                             dmls_transition** out) DMLS_NOTHROW;
/* The group of an entry: of a Welcome, an accepted external commit, a branch or re-initialisation. */
DMLS_API dmls_error dmls_client_enter(dmls_client* client, dmls_transition* consumed, dmls_group** out) DMLS_NOTHROW;
/* The entry will not happen; the key package of a Welcome is kept. */
DMLS_API dmls_error dmls_client_discard(dmls_client* client, dmls_transition* consumed) DMLS_NOTHROW;
/* The ids of the groups in the store; none without one. */
DMLS_API dmls_error dmls_client_stored_groups(const dmls_client* client, dmls_octets_list** out) DMLS_NOTHROW;
/* A group as it was after the last function that changed it. DMLS_E_MISUSE if it is not stored, or if its private key
 * is missing (dmls_config_other_key); DMLS_E_GROUP_KNOWN_GROUP if there is a handle of it. */
DMLS_API dmls_error dmls_client_load_group(dmls_client* client, const uint8_t* group_id, size_t size,
                                           dmls_group** out) DMLS_NOTHROW;
/* Erases it. A handle that is still there cannot write any more: DMLS_E_GROUP_STALE. */
DMLS_API dmls_error dmls_client_forget_group(dmls_client* client, const uint8_t* group_id, size_t size) DMLS_NOTHROW;
/* Own commits that lead into a group, neither entered nor discarded: after a restart, they are found here. */
DMLS_API dmls_error dmls_client_pending_entries(const dmls_client* client, dmls_transitions** out) DMLS_NOTHROW;

/* ---- MLS: groups ---- */

/* Whether a group goes on. */
typedef enum dmls_group_status {
  DMLS_GROUP_NONE = 0, /* of NULL */
  DMLS_GROUP_ACTIVE,   /* messages are sent and commits are merged */
  DMLS_GROUP_REMOVED,  /* this client was removed */
  DMLS_GROUP_CLOSED    /* a ReInit was committed */
} dmls_group_status;
DMLS_API void dmls_group_free(dmls_group* group) DMLS_NOTHROW; /* a store keeps it */
/* The same for as long as the group lives. */
DMLS_API dmls_error dmls_group_id(const dmls_group* group, dmls_octets** out) DMLS_NOTHROW;
DMLS_API uint64_t dmls_group_epoch(const dmls_group* group) DMLS_NOTHROW; /* the present one's number; 0 for NULL */
DMLS_API uint16_t dmls_group_suite(const dmls_group* group) DMLS_NOTHROW; /* RFC 9420 §17.1; 0 for NULL */
DMLS_API dmls_group_status dmls_group_status_of(const dmls_group* group) DMLS_NOTHROW; /* DMLS_GROUP_NONE for NULL */
/* Where this client is in the tree; DMLS_NO_LEAF for NULL. */
DMLS_API uint32_t dmls_group_own_leaf(const dmls_group* group) DMLS_NOTHROW;
/* From left to right, this client included. */
DMLS_API dmls_error dmls_group_members(const dmls_group* group, dmls_members** out) DMLS_NOTHROW;
/* KDF.Nh octets. RFC 9420 §8.7. DMLS_E_GROUP_REMOVED after a removal. */
DMLS_API dmls_error dmls_group_epoch_authenticator(const dmls_group* group, uint8_t* out, size_t size) DMLS_NOTHROW;
/* MLS-Exporter: `size` octets. RFC 9420 §8.5 */
DMLS_API dmls_error dmls_group_export(const dmls_group* group, const char* label, const uint8_t* context,
                                      size_t context_size, uint8_t* out, size_t size) DMLS_NOTHROW;
/* The encoded ratchet tree, for new members who get it aside. RFC 9420 §12.4.3.3 */
DMLS_API dmls_error dmls_group_ratchet_tree(const dmls_group* group, dmls_octets** out) DMLS_NOTHROW;
/* A signed GroupInfo: what external committers and observers start from. RFC 9420 §12.4.3 */
DMLS_API dmls_error dmls_group_group_info(const dmls_group* group, int tree_inside, int external_joins,
                                          dmls_octets** out) DMLS_NOTHROW;
/* An encrypted application message. RFC 9420 §6.3. `authenticated_data` is signed but not encrypted.
 * DMLS_E_GROUP_COMMIT_FIRST while proposals wait that a commit would take up (§12.4); DMLS_E_GROUP_REMOVED,
 * DMLS_E_GROUP_CLOSED. */
DMLS_API dmls_error dmls_group_protect(dmls_group* group, const uint8_t* data, size_t size,
                                       const uint8_t* authenticated_data, size_t authenticated_size,
                                       dmls_octets** out) DMLS_NOTHROW;
/* Proposes that the owner of an encoded KeyPackage, or MLSMessage with one, joins. RFC 9420 §12.1.1.
 * `public_message`: 1 for a PublicMessage, which is not encrypted; here and below. */
DMLS_API dmls_error dmls_group_propose_add(dmls_group* group, const uint8_t* key_package, size_t size,
                                           int public_message, dmls_octets** out) DMLS_NOTHROW;
/* Proposes that the member at that leaf goes. RFC 9420 §12.1.3 */
DMLS_API dmls_error dmls_group_propose_remove(dmls_group* group, uint32_t leaf, int public_message,
                                              dmls_octets** out) DMLS_NOTHROW;
/* Proposes fresh keys for the own leaf, once somebody else commits it. RFC 9420 §12.1.2 */
DMLS_API dmls_error dmls_group_propose_update(dmls_group* group, int public_message, dmls_octets** out) DMLS_NOTHROW;
/* Stages a commit; `request` may be NULL. Send its message, and merge it when it was accepted. */
DMLS_API dmls_error dmls_group_commit(dmls_group* group, const dmls_commit_request* request,
                                      dmls_transition** out) DMLS_NOTHROW;
/* Reads a message; gives one event. What is not genuine, not valid, or refused by the policy is an error and changes
 * nothing. */
DMLS_API dmls_error dmls_group_process(dmls_group* group, const uint8_t* message, size_t size,
                                       dmls_events** out) DMLS_NOTHROW;
/* Tries the waiting commit of that event again; it is spent by that, `out` may hold another. */
DMLS_API dmls_error dmls_group_resume(dmls_group* group, dmls_events* events, size_t index,
                                      dmls_events** out) DMLS_NOTHROW;
/* Enters the epoch that the commit leads to, or leaves the group. DMLS_E_GROUP_STALE, and nothing changed, if it
 * does not start at the present epoch. */
DMLS_API dmls_error dmls_group_merge(dmls_group* group, dmls_transition* consumed) DMLS_NOTHROW;
/* The commit will not happen; it is forgotten. */
DMLS_API dmls_error dmls_group_discard(dmls_group* group, dmls_transition* consumed) DMLS_NOTHROW;
/* Commits of the present epoch that have not happened, own and (with a store) received ones: after a restart, they
 * are found here. */
DMLS_API dmls_error dmls_group_pending(dmls_group* group, dmls_transitions** out) DMLS_NOTHROW;
/* Messages that were kept for this epoch: process each. Ask after every merge. */
DMLS_API dmls_error dmls_group_take_due(dmls_group* group, dmls_octets_list** out) DMLS_NOTHROW;

/* ---- DeMLS: draft-kohbrok-mls-dmls. A `node` is a dmls_epoch; (NULL, 0) is the head. ---- */

/* As dmls_client_new(), for a DeMLS client; sessions wait for dmls_fork_client_load_session(). */
DMLS_API dmls_error dmls_fork_client_new(const dmls_config* config, dmls_fork_client** out) DMLS_NOTHROW;
/* A store keeps it; handles of its sessions go on. */
DMLS_API void dmls_fork_client_free(dmls_fork_client* client) DMLS_NOTHROW;
/* A key package for DeMLS groups, to be published; used once. */
DMLS_API dmls_error dmls_fork_client_key_package(dmls_fork_client* client, dmls_octets** out) DMLS_NOTHROW;
/* Those that were published and not used. */
DMLS_API size_t dmls_fork_client_key_package_count(const dmls_fork_client* client) DMLS_NOTHROW;
/* A group with this client as its only member. `external_commits`: 1 if others may join by them, for good. */
DMLS_API dmls_error dmls_fork_client_create_group(dmls_fork_client* client, const uint8_t* group_id, size_t size,
                                                  int external_commits, dmls_fork_session** out) DMLS_NOTHROW;
/* Joins with a Welcome; `tree` as in dmls_client_join(). Other branches cannot be followed. */
DMLS_API dmls_error dmls_fork_client_join(dmls_fork_client* client, const uint8_t* welcome, size_t size,
                                          const uint8_t* tree, size_t tree_size, dmls_fork_session** out) DMLS_NOTHROW;
/* `message`: to be sent. Once it was accepted, dmls_fork_client_enter() the session, or replace an older one with it;
 * else free it. */
DMLS_API dmls_error dmls_fork_client_join_by_commit(dmls_fork_client* client, const uint8_t* group_info, size_t size,
                                                    const uint8_t* tree, size_t tree_size, int resync,
                                                    dmls_octets** message, dmls_fork_session** out) DMLS_NOTHROW;
/* The session of an external commit that was accepted, or of a Welcome to a group that was stored already: in a store
 * it takes the place of any other session of the group. Without a store it is given back as it is. */
DMLS_API dmls_error dmls_fork_client_enter(dmls_fork_client* client, dmls_fork_session* consumed,
                                           dmls_fork_session** out) DMLS_NOTHROW;
/* An Add of this client for members to commit, bound to the epoch that the GroupInfo names. */
DMLS_API dmls_error dmls_fork_client_propose_to_join(dmls_fork_client* client, const uint8_t* group_info, size_t size,
                                                     dmls_octets** out) DMLS_NOTHROW;
/* The ids of the groups whose sessions are in the store; none without one. */
DMLS_API dmls_error dmls_fork_client_stored_sessions(const dmls_fork_client* client,
                                                     dmls_octets_list** out) DMLS_NOTHROW;
/* A session as it was after the last function that changed it; call dmls_fork_tick() for what is due for deletion
 * since. DMLS_E_MISUSE if it is not stored, DMLS_E_GROUP_KNOWN_GROUP if there is a handle of it. */
DMLS_API dmls_error dmls_fork_client_load_session(dmls_fork_client* client, const uint8_t* group_id, size_t size,
                                                  dmls_fork_session** out) DMLS_NOTHROW;
/* Erases it. A handle that is still there does nothing any more: DMLS_E_GROUP_STALE. */
DMLS_API dmls_error dmls_fork_client_forget_session(dmls_fork_client* client, const uint8_t* group_id,
                                                    size_t size) DMLS_NOTHROW;

DMLS_API void dmls_fork_free(dmls_fork_session* session) DMLS_NOTHROW; /* a store keeps it */
/* The same on all branches. */
DMLS_API dmls_error dmls_fork_group_id(const dmls_fork_session* session, dmls_octets** out) DMLS_NOTHROW;
/* The dmls_epoch (KDF.Nh octets) of the end of the preferred branch: where messages are sent. */
DMLS_API dmls_error dmls_fork_head(const dmls_fork_session* session, dmls_octets** out) DMLS_NOTHROW;
/* The ends of all branches that are held. */
DMLS_API dmls_error dmls_fork_tips(const dmls_fork_session* session, dmls_octets_list** out) DMLS_NOTHROW;
/* 1 if the secrets of that epoch are here. */
DMLS_API int dmls_fork_holds(const dmls_fork_session* session, const uint8_t* node, size_t size) DMLS_NOTHROW;
/* 0 where a commit that removes this client, or re-initialises the group, has ended sending. */
DMLS_API int dmls_fork_may_send(const dmls_fork_session* session, const uint8_t* node, size_t size) DMLS_NOTHROW;
/* The epoch's number. Here and below, DMLS_E_FORK_UNKNOWN_EPOCH and DMLS_E_FORK_DELETED_EPOCH if the node is not
 * held. */
DMLS_API dmls_error dmls_fork_epoch(const dmls_fork_session* session, const uint8_t* node, size_t size,
                                    uint64_t* out) DMLS_NOTHROW;
/* Where this client is in the tree of that epoch. */
DMLS_API dmls_error dmls_fork_own_leaf(const dmls_fork_session* session, const uint8_t* node, size_t size,
                                       uint32_t* out) DMLS_NOTHROW;
/* From left to right, this client included. */
DMLS_API dmls_error dmls_fork_members(const dmls_fork_session* session, const uint8_t* node, size_t size,
                                      dmls_members** out) DMLS_NOTHROW;
/* KDF.Nh octets; equal for all members that agree on everything. RFC 9420 §8.7 */
DMLS_API dmls_error dmls_fork_epoch_authenticator(const dmls_fork_session* session, const uint8_t* node,
                                                  size_t node_size, uint8_t* out, size_t size) DMLS_NOTHROW;
/* MLS-Exporter: `size` octets. RFC 9420 §8.5 */
DMLS_API dmls_error dmls_fork_export(const dmls_fork_session* session, const uint8_t* node, size_t node_size,
                                     const char* label, const uint8_t* context, size_t context_size, uint8_t* out,
                                     size_t size) DMLS_NOTHROW;
/* A signed GroupInfo of the head, with its dmls_epoch. */
DMLS_API dmls_error dmls_fork_group_info(const dmls_fork_session* session, int tree_inside,
                                         dmls_octets** out) DMLS_NOTHROW;
/* Reads a DMLSMessage, and whatever waited for it. Events stand for what happened, in order; a message that is not
 * genuine is one, too (REJECTED), and no error. Received commits are entered at once: the fork choice decides which
 * one leads. */
DMLS_API dmls_error dmls_fork_process(dmls_fork_session* session, const uint8_t* message, size_t size,
                                      dmls_events** out) DMLS_NOTHROW;
/* An encrypted application message for that epoch; errors as in dmls_group_protect(). */
DMLS_API dmls_error dmls_fork_protect(dmls_fork_session* session, const uint8_t* node, size_t node_size,
                                      const uint8_t* data, size_t size, const uint8_t* authenticated_data,
                                      size_t authenticated_size, dmls_octets** out) DMLS_NOTHROW;
/* As dmls_group_propose_add(), for the head; the proposal is a DMLSMessage. */
DMLS_API dmls_error dmls_fork_propose_add(dmls_fork_session* session, const uint8_t* key_package, size_t size,
                                          int public_message, dmls_octets** out) DMLS_NOTHROW;
/* As dmls_group_propose_remove(), for the head. */
DMLS_API dmls_error dmls_fork_propose_remove(dmls_fork_session* session, uint32_t leaf, int public_message,
                                             dmls_octets** out) DMLS_NOTHROW;
/* As dmls_group_propose_update(), for the head. */
DMLS_API dmls_error dmls_fork_propose_update(dmls_fork_session* session, int public_message,
                                             dmls_octets** out) DMLS_NOTHROW;
/* `commit`: the name by which it is accepted or discarded; `message`: to be sent. `request` may be NULL. */
DMLS_API dmls_error dmls_fork_commit(dmls_fork_session* session, const uint8_t* node, size_t node_size,
                                     const dmls_commit_request* request, dmls_octets** commit,
                                     dmls_octets** message) DMLS_NOTHROW;
/* The own commit happens: enters its epoch; Welcomes are in the event INVITED. Reading the own message back does the
 * same. DMLS_E_FORK_UNKNOWN_COMMIT. */
DMLS_API dmls_error dmls_fork_accept(dmls_fork_session* session, const uint8_t* commit, size_t size,
                                     dmls_events** out) DMLS_NOTHROW;
/* The own commit will not happen; it is forgotten. DMLS_E_FORK_UNKNOWN_COMMIT. */
DMLS_API dmls_error dmls_fork_discard(dmls_fork_session* session, const uint8_t* commit, size_t size) DMLS_NOTHROW;
/* The names of own commits that wait. */
DMLS_API dmls_error dmls_fork_pending(const dmls_fork_session* session, dmls_octets_list** out) DMLS_NOTHROW;
/* Tries again commits that waited for a pre-shared key. */
DMLS_API dmls_error dmls_fork_retry(dmls_fork_session* session, dmls_events** out) DMLS_NOTHROW;
/* 1: the servers say that they have lost sight of each other, so epochs are kept meanwhile. Nobody vouches for that
 * hint. */
DMLS_API dmls_error dmls_fork_set_retain(dmls_fork_session* session, int retain, dmls_events** out) DMLS_NOTHROW;
/* Applies the age limit; call it now and then. */
DMLS_API dmls_error dmls_fork_tick(dmls_fork_session* session, dmls_events** out) DMLS_NOTHROW;
/* Deletes the secrets of one epoch; DMLS_E_MISUSE for the head. */
DMLS_API dmls_error dmls_fork_forget(dmls_fork_session* session, const uint8_t* node, size_t size,
                                     dmls_events** out) DMLS_NOTHROW;
/* Deletes an epoch and all below it; DMLS_E_MISUSE if the head is among them. */
DMLS_API dmls_error dmls_fork_forget_branch(dmls_fork_session* session, const uint8_t* node, size_t size,
                                            dmls_events** out) DMLS_NOTHROW;
/* About how many octets the secrets of an epoch take; of a deleted one, its resumption PSK as long as it is kept, else
 * 0. */
DMLS_API size_t dmls_fork_secret_octets(const dmls_fork_session* session, const uint8_t* node,
                                        size_t size) DMLS_NOTHROW;
/* What the branch that ends in `loser` changed and the head has not: members to add again; leaves of the head to
 * remove. */
DMLS_API dmls_error dmls_fork_lost_changes(const dmls_fork_session* session, const uint8_t* loser, size_t size,
                                           dmls_members** added, dmls_members** removed) DMLS_NOTHROW;
/* This session goes on as `consumed`, which entered the same group again. DMLS_E_MISUSE if both are one handle, which
 * is not consumed then. */
DMLS_API dmls_error dmls_fork_replace_with(dmls_fork_session* session, dmls_fork_session* consumed,
                                           dmls_events** out) DMLS_NOTHROW;

/* ---- DiMLS: draft-xue-distributed-mls. Participants are named by client id, epochs by 8 octets in network order and
 * the group id. Lists are messages to send, in this order. ---- */

/* One configuration for each cipher suite; the first is that of the own Send Group, and gives the update policy and the
 * name in the store. They share policy, clock, random source and store. DMLS_E_MISUSE if a session of this name is
 * stored. */
DMLS_API dmls_error dmls_sendgroup_new(const dmls_config* const* configs, size_t count,
                                       dmls_sendgroup** out) DMLS_NOTHROW;
DMLS_API void dmls_sendgroup_free(dmls_sendgroup* session) DMLS_NOTHROW; /* a store keeps it */
/* The session as it was after the last function that changed it. The same configurations are needed, their private keys
 * included (so no fresh ones). Older handles of it do nothing any more: DMLS_E_GROUP_STALE. DMLS_E_MISUSE if it is not
 * stored, or somebody else's. */
DMLS_API dmls_error dmls_sendgroup_load(const dmls_config* const* configs, size_t count,
                                        dmls_sendgroup** out) DMLS_NOTHROW;
/* The names of the sessions in the store of `config`, see dmls_config_session_name(); none without a store. */
DMLS_API dmls_error dmls_sendgroup_stored_sessions(const dmls_config* config, dmls_octets_list** out) DMLS_NOTHROW;
/* Erases the session that `config` names. A handle that is still there does nothing any more: DMLS_E_GROUP_STALE. */
DMLS_API dmls_error dmls_sendgroup_forget_session(const dmls_config* config) DMLS_NOTHROW;
/* A key package to publish; `config`: the index of the configuration it is for. */
DMLS_API dmls_error dmls_sendgroup_key_package(dmls_sendgroup* session, int last_resort, size_t config,
                                               dmls_octets** out) DMLS_NOTHROW;
/* How a member's leaf keys in the Send Groups of others are renewed. With detached leaves, all members list the
 * proposal types 0xfdf0 and 0xfdf1, see dmls_config_capability(). */
typedef enum dmls_leaf_keys {
  DMLS_LEAF_KEYS_PSK_ONLY,        /* not at all: imported PSKs heal */
  DMLS_LEAF_KEYS_UPDATE_PROPOSAL, /* by Updates that the owner commits */
  DMLS_LEAF_KEYS_DETACHED_LEAF    /* by leaves that come with each update and are imported with its PSK */
} dmls_leaf_keys;
/* How participants find the names of each other's Send Groups. */
typedef enum dmls_group_ids {
  DMLS_GROUP_IDS_DERIVED, /* from an epoch of the creator's: only the creator can invite */
  DMLS_GROUP_IDS_ASSIGNED /* from who they are: everybody can invite */
} dmls_group_ids;
/* Opens a universe, whose first Send Group is one's own, for the owners of these key packages.
 * DMLS_E_SENDGROUP_MISSING_KEY_PACKAGE. */
DMLS_API dmls_error dmls_sendgroup_open_universe(dmls_sendgroup* session, const uint8_t* const* key_packages,
                                                 const size_t* sizes, size_t count, dmls_leaf_keys leaf_keys,
                                                 dmls_group_ids group_ids, dmls_octets_list** out) DMLS_NOTHROW;
/* Joins an announced universe (event ANNOUNCED) with a Send Group of one's own. Key packages: of those whose did not
 * come with the announcement. DMLS_E_SENDGROUP_NO_UNIVERSE, DMLS_E_SENDGROUP_MISSING_KEY_PACKAGE. */
DMLS_API dmls_error dmls_sendgroup_open_send_group(dmls_sendgroup* session, const uint8_t* const* key_packages,
                                                   const size_t* sizes, size_t count,
                                                   dmls_octets_list** out) DMLS_NOTHROW;
/* What a DiMLS commit brings. draft-xue-distributed-mls, "PROTECT" */
typedef enum dmls_commit_kind {
  DMLS_COMMIT_EMPTY,   /* fresh keys alone */
  DMLS_COMMIT_PARTIAL, /* what of others waits: imports, additions, removals */
  DMLS_COMMIT_FULL     /* both */
} dmls_commit_kind;
/* DMLS_E_SENDGROUP_NOTHING_TO_COMMIT for DMLS_COMMIT_PARTIAL if nothing waits. DMLS_E_SENDGROUP_NO_UNIVERSE before the
 * own Send Group is open: here, and where messages are protected, renewed, or members are changed. */
DMLS_API dmls_error dmls_sendgroup_commit(dmls_sendgroup* session, dmls_commit_kind kind,
                                          dmls_octets_list** out) DMLS_NOTHROW;
/* Commits as the update policy demands, then the application message. */
DMLS_API dmls_error dmls_sendgroup_protect(dmls_sendgroup* session, const uint8_t* data, size_t size,
                                           const uint8_t* authenticated_data, size_t authenticated_size,
                                           dmls_octets_list** out) DMLS_NOTHROW;
/* A self-update if one is due, and what has to be said again; else nothing. Call it now and then. */
DMLS_API dmls_error dmls_sendgroup_maintain(dmls_sendgroup* session, dmls_octets_list** out) DMLS_NOTHROW;
/* Reads a message; the first event is about it, more follow if others waited for it. What is not genuine is an
 * error. */
DMLS_API dmls_error dmls_sendgroup_process(dmls_sendgroup* session, const uint8_t* message, size_t size,
                                           dmls_events** out) DMLS_NOTHROW;
/* Adds a participant to one's own Send Group; the other owners follow. */
DMLS_API dmls_error dmls_sendgroup_add(dmls_sendgroup* session, const uint8_t* key_package, size_t size,
                                       dmls_octets_list** out) DMLS_NOTHROW;
/* Removes a participant, by client id; the other owners follow. DMLS_E_SENDGROUP_UNKNOWN_PARTICIPANT. */
DMLS_API dmls_error dmls_sendgroup_remove(dmls_sendgroup* session, const uint8_t* client, size_t size,
                                          dmls_octets_list** out) DMLS_NOTHROW;
/* Puts somebody who lost track back, with a new key package of theirs. */
DMLS_API dmls_error dmls_sendgroup_readmit(dmls_sendgroup* session, const uint8_t* client, size_t size,
                                           const uint8_t* key_package, size_t key_package_size,
                                           dmls_octets_list** out) DMLS_NOTHROW;
/* Forgets how to follow a Send Group, and takes the next Welcome to it instead. */
DMLS_API dmls_error dmls_sendgroup_abandon(dmls_sendgroup* session, const uint8_t* group_id, size_t size) DMLS_NOTHROW;
/* The epochs that keep messages waiting, as far as they are known. */
DMLS_API dmls_error dmls_sendgroup_missing(const dmls_sendgroup* session, dmls_octets_list** out) DMLS_NOTHROW;
/* The newest epoch of every Send Group that is followed, the own included: send them to peers from time to time. */
DMLS_API dmls_error dmls_sendgroup_heads(const dmls_sendgroup* session, dmls_octets_list** out) DMLS_NOTHROW;
/* The epochs that a peer with these heads has and this session lacks. DMLS_E_SENDGROUP_INVALID_PSK_ID for a head that
 * is no epoch. */
DMLS_API dmls_error dmls_sendgroup_lacking(const dmls_sendgroup* session, const uint8_t* const* heads,
                                           const size_t* sizes, size_t count, dmls_octets_list** out) DMLS_NOTHROW;
/* The messages that a peer who misses that epoch needs; none if they are not (or no longer) here.
 * DMLS_E_SENDGROUP_INVALID_PSK_ID for octets that are no epoch. */
DMLS_API dmls_error dmls_sendgroup_serve(const dmls_sendgroup* session, const uint8_t* epoch, size_t size,
                                         dmls_octets_list** out) DMLS_NOTHROW;
/* The ids of Send Groups that cannot be followed any more: ask their owners to readmit this client. */
DMLS_API dmls_error dmls_sendgroup_lost(const dmls_sendgroup* session, dmls_octets_list** out) DMLS_NOTHROW;
/* How others name this participant, see dmls_config_client_ids(). */
DMLS_API dmls_error dmls_sendgroup_client_id(const dmls_sendgroup* session, dmls_octets** out) DMLS_NOTHROW;
/* Empty before the universe is known. */
DMLS_API dmls_error dmls_sendgroup_universe_id(const dmls_sendgroup* session, dmls_octets** out) DMLS_NOTHROW;
/* Of the own Send Group; empty before it is open. */
DMLS_API dmls_error dmls_sendgroup_group_id(const dmls_sendgroup* session, dmls_octets** out) DMLS_NOTHROW;
/* The present epoch's number, of the own group or one that is followed; else DMLS_E_SENDGROUP_UNKNOWN_GROUP. */
DMLS_API dmls_error dmls_sendgroup_epoch(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                         uint64_t* out) DMLS_NOTHROW;
/* Client ids, in the order of their octets; none if the group is neither the own one nor followed. */
DMLS_API dmls_error dmls_sendgroup_members(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                           dmls_octets_list** out) DMLS_NOTHROW;
/* KDF.Nh octets; equal for all who agree. RFC 9420 §8.7. DMLS_E_SENDGROUP_UNKNOWN_GROUP. */
DMLS_API dmls_error dmls_sendgroup_epoch_authenticator(const dmls_sendgroup* session, const uint8_t* group_id,
                                                       size_t id_size, uint8_t* out, size_t size) DMLS_NOTHROW;
/* Whose Send Group that is: a client id; empty if that is not known. */
DMLS_API dmls_error dmls_sendgroup_owner_of(const dmls_sendgroup* session, const uint8_t* group_id, size_t size,
                                            dmls_octets** out) DMLS_NOTHROW;
/* The group id of a participant's Send Group; empty if that is not known. */
DMLS_API dmls_error dmls_sendgroup_send_group_of(const dmls_sendgroup* session, const uint8_t* client, size_t size,
                                                 dmls_octets** out) DMLS_NOTHROW;
/* The newest epoch of the group that `owner` has imported; 0 if none. */
DMLS_API uint64_t dmls_sendgroup_imported(const dmls_sendgroup* session, const uint8_t* owner, size_t owner_size,
                                          const uint8_t* group_id, size_t id_size) DMLS_NOTHROW;
/* What waits for the next commit: epochs to import, clients to add, clients to remove. */
DMLS_API dmls_error dmls_sendgroup_pending(const dmls_sendgroup* session, dmls_octets_list** imports,
                                           dmls_octets_list** additions, dmls_octets_list** removals) DMLS_NOTHROW;
/* How long that client has not healed, as far as seen: the epoch that its newest update started, how many seconds ago
 * that arrived, and its newest epoch that we have imported. DMLS_E_SENDGROUP_UNKNOWN_PARTICIPANT. */
DMLS_API dmls_error dmls_sendgroup_staleness(const dmls_sendgroup* session, const uint8_t* client, size_t size,
                                             uint64_t* newest_update, uint64_t* seconds,
                                             uint64_t* imported) DMLS_NOTHROW;

#ifdef __cplusplus
}
#endif

#endif
