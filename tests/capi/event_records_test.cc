// Events that cannot be provoked through dmls.h alone.
#include "../../capi/src/boundary.h"
#include "handles.h"

using namespace capi_test;

TEST(CapiEvents, NeedsResyncNamesTheLostGroupAndTheEpochThatIsGoneEachWithItsOwnNumber) {
  const dmls::Bytes lost{'l', 'o', 's', 't'}, owner{'z', 'o', 'e'}, other{'o', 't', 'h', 'e', 'r'};
  const dmls_events events =
      dmls::capi::events_of(dmls::sendgroup::Events{dmls::sendgroup::NeedsResync{lost, owner, {other, 7}}});
  EXPECT_EQ(dmls_events_kind(&events, 0), DMLS_EVENT_NEEDS_RESYNC);
  EXPECT_EQ(text(dmls_events_node(&events, 0)), "lost");
  EXPECT_EQ(dmls_events_epoch(&events, 0), 0u);
  EXPECT_EQ(text(dmls_events_sender(&events, 0)), "zoe");
  EXPECT_EQ(text(dmls_events_parent(&events, 0)), std::string("\0\0\0\0\0\0\0\7other", 13));
}
