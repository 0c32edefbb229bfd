// Death at every call by which a stored DeMLS session changes its disk.
#include "crashing_machine.h"
#include "fork_session_story.h"

namespace dmls::test {
namespace {

TEST(ForkSessionCrash, AtEveryCallLeavesTheStateBeforeOrAfterABatchAndNoDeadSecret) {
  expect_a_state_between_batches<ForkStory>(60);
}

}  // namespace
}  // namespace dmls::test
