// Death at every call by which a stored session of Send Groups changes its disk.
#include "crashing_machine.h"
#include "send_group_story.h"

namespace dmls::test {
namespace {

TEST(SendGroupCrash, AtEveryCallLeavesTheStateBeforeOrAfterAndNoDeadSecret) {
  expect_a_state_between_batches<SendGroupStory>(90);
}

}  // namespace
}  // namespace dmls::test
