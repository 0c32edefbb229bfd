// dmls bench, with programs that only say what they were asked.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "program.h"
#include "support/temporary_folder.h"

namespace dmls::tools::test {
namespace {

namespace fs = std::filesystem;

// A copy of the program in a folder of its own: it looks for benchmarks beside itself.
class BenchCommand : public testing::Test {
 protected:
  BenchCommand() { fs::copy_file(DMLS_PROGRAM, folder_ / "dmls"); }

  void benchmark(const std::string& layer, int status = 0) {
    const fs::path program = folder_ / (layer + "_bench");
    std::ofstream(program) << "#!/bin/sh\necho " << layer << " \"$@\"\nexit " << status << "\n";
    fs::permissions(program, fs::perms::owner_all);
  }
  int run(const std::string& arguments) {
    const std::string out = (folder_ / "out").string();
    const int status =
        std::system(((folder_ / "dmls").string() + " bench " + arguments + " >" + out + " 2>&1").c_str());
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    said_ = text.str();
    return WEXITSTATUS(status);
  }

  dmls::test::TemporaryFolder own_;
  fs::path folder_ = own_.path();
  std::string said_;
};

TEST_F(BenchCommand, RunsWhatStandsBesideItAndPassesOptionsOn) {
  benchmark("fork");
  benchmark("pprf");
  EXPECT_EQ(run("--list"), 0);
  EXPECT_EQ(said_, "fork\npprf\n");
  EXPECT_EQ(run("--quiet"), 0);
  EXPECT_EQ(said_, "fork\npprf\n");
  EXPECT_EQ(run("--quiet pprf --benchmark_filter=x"), 0);
  EXPECT_EQ(said_, "pprf --benchmark_filter=x\n");
  EXPECT_EQ(run("--quiet --json fork"), 0);
  EXPECT_EQ(said_, "fork --benchmark_format=json\n");
}

TEST_F(BenchCommand, SaysWhatIsMissing) {
  EXPECT_EQ(run(""), 2);
  EXPECT_NE(said_.find("no benchmark programs"), std::string::npos) << said_;
  benchmark("fork");
  EXPECT_EQ(run("forks"), 2);
  EXPECT_NE(said_.find("'forks'"), std::string::npos) << said_;
}

TEST_F(BenchCommand, FailsWhereOneFails) {
  benchmark("fork", 3);
  benchmark("pprf");
  EXPECT_EQ(run("--quiet"), 1);
  EXPECT_NE(said_.find("fork_bench failed (3)"), std::string::npos) << said_;
  EXPECT_NE(said_.find("pprf\n"), std::string::npos) << said_;
}

}  // namespace
}  // namespace dmls::tools::test
