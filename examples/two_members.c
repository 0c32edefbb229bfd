/* Two members of a group, through the C interface. */
#include <dmls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(dmls_error error) {
  if (error.code == 0) return;
  fprintf(stderr, "error 0x%04x: %s\n", (unsigned)error.code, error.rule);
  exit(1);
}

/* [policy] */
/* Who may be whom: here, everybody with a name. A real application asks its directory. */
static dmls_error validate(void *context, const uint8_t *credential, size_t credential_size, const uint8_t *key,
                           size_t key_size) {
  static const dmls_error no_name = {DMLS_E_TREEKEM_INVALID_CREDENTIAL, "a member needs a name"};
  static const dmls_error fine = {DMLS_OK, NULL};
  (void)context, (void)credential, (void)key, (void)key_size;
  return credential_size > 3 ? fine : no_name;
}
/* Whether alice is at that leaf, in the epoch before. */
static int is_alice(const dmls_members *members, uint32_t leaf) {
  size_t i;
  for (i = 0; i < dmls_members_size(members); ++i) {
    const dmls_octets *who = dmls_members_identity(members, i);
    if (dmls_members_leaf(members, i) == leaf)
      return dmls_octets_size(who) == 5 && memcmp(dmls_octets_data(who), "alice", 5) == 0;
  }
  return 0;
}
/* What may be done: alice alone proposes removals, whoever commits them. */
static dmls_error accept(void *context, const dmls_changes *changes) {
  static const dmls_error refused = {DMLS_E_GROUP_REFUSED_BY_POLICY, "alice alone removes members"};
  static const dmls_error fine = {DMLS_OK, NULL};
  const dmls_members *removed = dmls_changes_removed(changes);
  const dmls_public_epoch *before = dmls_changes_before(changes);
  size_t i;
  (void)context;
  for (i = 0; i < dmls_members_size(removed); ++i)
    if (!is_alice(dmls_public_epoch_members(before), dmls_members_proposer(removed, i))) return refused;
  return fine;
}
/* [/policy] */

static dmls_client *client_named(const char *name) {
  dmls_policy policy = {0};
  dmls_config *config;
  dmls_client *client;
  policy.size = sizeof policy;
  policy.validate = validate;
  policy.accept = accept;
  must(dmls_config_new(1, &config));
  must(dmls_config_basic_identity(config, (const uint8_t *)name, strlen(name), NULL, 0));
  must(dmls_config_policy(config, &policy));
  must(dmls_client_new(config, &client));
  dmls_config_free(config);
  return client;
}

int main(void) {
  dmls_client *alice = client_named("alice"), *bob = client_named("bob");
  dmls_group *a, *b;
  dmls_octets *package, *message;
  dmls_octets_list *welcomes;
  dmls_commit_request *request;
  dmls_transition *commit, *entry;
  dmls_events *events;
  uint8_t of_alice[32], of_bob[32];
  int equal;

  /* [join] */
  must(dmls_client_create_group(alice, NULL, 0, &a));
  must(dmls_client_key_package(bob, 0, &package));

  must(dmls_commit_request_new(&request));
  must(dmls_commit_request_add(request, dmls_octets_data(package), dmls_octets_size(package)));
  must(dmls_group_commit(a, request, &commit));
  must(dmls_transition_welcomes(commit, &welcomes));
  must(dmls_group_merge(a, commit)); /* once the delivery service has accepted it */

  const dmls_octets *welcome = dmls_octets_list_get(welcomes, 0);
  must(dmls_client_join(bob, dmls_octets_data(welcome), dmls_octets_size(welcome), NULL, 0, NULL, &entry));
  must(dmls_client_enter(bob, entry, &b));
  /* [/join] */

  /* [talk] */
  must(dmls_group_protect(a, (const uint8_t *)"hello", 5, NULL, 0, &message));
  must(dmls_group_process(b, dmls_octets_data(message), dmls_octets_size(message), &events));
  if (dmls_events_kind(events, 0) == DMLS_EVENT_APPLICATION_MESSAGE) {
    const dmls_octets *who = dmls_events_sender(events, 0), *what = dmls_events_data(events, 0);
    printf("%.*s: %.*s\n", (int)dmls_octets_size(who), (const char *)dmls_octets_data(who),
           (int)dmls_octets_size(what), (const char *)dmls_octets_data(what));
  }
  /* [/talk] */

  must(dmls_group_epoch_authenticator(a, of_alice, sizeof of_alice));
  must(dmls_group_epoch_authenticator(b, of_bob, sizeof of_bob));
  equal = memcmp(of_alice, of_bob, sizeof of_alice) == 0;
  printf("dmls %s, epoch %u, authenticators %s\n", dmls_version(), (unsigned)dmls_group_epoch(b),
         equal ? "equal" : "DIFFERENT");

  dmls_events_free(events);
  dmls_octets_free(message);
  dmls_octets_free(package);
  dmls_octets_list_free(welcomes);
  dmls_commit_request_free(request);
  dmls_group_free(a);
  dmls_group_free(b);
  dmls_client_free(alice);
  dmls_client_free(bob);
  return equal ? 0 : 1;
}
