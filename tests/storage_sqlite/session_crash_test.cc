// Death at every call by which a stored session of Send Groups changes its disk.
#include "crashing_machine.h"
#include "session_story.h"

namespace dmls::test {
namespace {

TEST(SessionCrash, AtEveryCallLeavesTheStateBeforeOrAfterAndNoDeadSecret) {
  expect_state_before_or_after<SessionStory>(90);
}

}  // namespace
}  // namespace dmls::test
