// The man page and the completion say what the help says.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "program.h"
#include "support/temporary_folder.h"

namespace dmls::tools::test {
namespace {

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char block[512];
  while (const std::size_t n = fread(block, 1, sizeof block, pipe)) out.append(block, n);
  pclose(pipe);
  return out;
}

TEST(Manual, DescribesEveryCommandAndItsOptions) {
  const std::string page = dmls({"man-page"}).out;
  EXPECT_TRUE(page.starts_with(".TH DMLS 1"));
  for (const char* command : {"dmls vectors verify", "dmls vectors generate", "dmls vectors list", "dmls inspect",
                              "dmls demo", "dmls simulate federation", "dmls simulate mesh", "dmls peer"}) {
    std::string heading = ".SS \"" + std::string(command) + "\"";
    EXPECT_NE(page.find(heading), std::string::npos) << command;
  }
  for (const char* word : {"\\-\\-suite", "\\-\\-netsplits", "\\-\\-encoding", "EXIT STATUS", "KeyPackage"})
    EXPECT_NE(page.find(word), std::string::npos) << word;
}

TEST(Completion, OffersWhatFits) {
  // A folder of its own: file names that begin like a word would be offered too.
  const dmls::test::TemporaryFolder own;
  const std::string folder = own.path().string();
  const std::string script = folder + "/script";
  std::ofstream(script) << dmls({"bash-completion"}).out;
  const auto offered = [&](const std::string& words, int position) {
    return output_of("bash -c 'cd " + folder + "; source ./script; COMP_WORDS=(" + words +
                     "); COMP_CWORD=" + std::to_string(position) + "; _dmls; echo \"${COMPREPLY[@]}\"'");
  };
  EXPECT_EQ(offered("dmls insp", 1), "inspect\n");
  EXPECT_EQ(offered("dmls vectors ver", 2), "verify\n");
  EXPECT_EQ(offered("dmls inspect --enc", 2), "--encoding\n");
  EXPECT_EQ(offered(std::string(DMLS_PROGRAM) + " vectors generate --type tree-m", 4), "tree-math\n");
}

TEST(Help, TeachesAndNamesTheExitStatus) {
  const Finished run = dmls({"--help"});
  EXPECT_EQ(run.status, 0);
  for (const char* word : {"inspect", "vectors", "demo", "Exit status"})
    EXPECT_NE(run.out.find(word), std::string::npos) << word;
  EXPECT_EQ(run.out.find("man-page"), std::string::npos);
}

}  // namespace
}  // namespace dmls::tools::test
