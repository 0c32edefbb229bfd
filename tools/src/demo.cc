#include "commands.h"

namespace dmls::tools {

int run_demo(const Console& console, const DemoOptions&) {
  console.error("'demo' does not exist yet");
  return kUsage;
}

}  // namespace dmls::tools
