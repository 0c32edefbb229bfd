// The structs that travel inside others or under encryption. The first octet chooses one.
#include <dmls/group/commit.h>
#include <dmls/group/framed_content.h>
#include <dmls/group/group_info.h>
#include <dmls/group/private_message.h>
#include <dmls/group/welcome.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/treekem/update_path.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dmls::group;  // NOLINT(google-build-using-namespace)
  using dmls::test::accepted_is_canonical;
  if (size == 0) return 0;
  const dmls::BytesView input(data + 1, size - 1);
  switch (data[0] % 12) {  // the order that seeds.cc knows
    case 0: accepted_is_canonical<Proposal>(input); break;
    case 1: accepted_is_canonical<Commit>(input); break;
    case 2: dmls::test::accepted_is_canonical_secret<GroupSecrets>(input); break;
    case 3: accepted_is_canonical<GroupInfo>(input); break;
    case 4: accepted_is_canonical<Welcome>(input); break;
    case 5: accepted_is_canonical<AuthenticatedContent>(input); break;
    case 6: accepted_is_canonical<dmls::treekem::UpdatePath>(input); break;
    case 7: accepted_is_canonical<dmls::keyschedule::GroupContext>(input); break;
    case 8: accepted_is_canonical<dmls::keyschedule::PreSharedKeyID>(input); break;
    case 9: accepted_is_canonical<SenderData>(input); break;
    case 10: accepted_is_canonical<dmls::treekem::ExtensionList>(input); break;
    case 11:  // PrivateMessageContent, whose type stands elsewhere: the second octet
      if (input.empty()) break;
      (void)parse_private_message_content(input.subspan(1), static_cast<ContentType>(input[0]));
      break;
    default: break;
  }
  return 0;
}
