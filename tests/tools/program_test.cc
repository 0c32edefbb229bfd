#include "program.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace dmls::tools::test {
namespace {

std::string read_whole(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string quoted(const std::string& argument) {
  std::string out(1, '\'');
  for (const char c : argument) {
    if (c == '\'') out.append("'\\'");  // ends the quotation, escapes one, and begins again below
    out.push_back(c);
  }
  out.push_back('\'');
  return out;
}

}  // namespace

std::string Finished::last_line() const {
  const std::string text = out.substr(0, out.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

Finished dmls(const std::vector<std::string>& arguments, const std::string& input) {
  const std::string base = testing::TempDir() + "dmls-tools-test-" + std::to_string(getpid());
  std::string command = quoted(DMLS_PROGRAM);
  for (const auto& argument : arguments) command.append(" ").append(quoted(argument));
  std::ofstream(base + ".in") << input;
  command.append(" >").append(quoted(base + ".out")).append(" 2>").append(quoted(base + ".err"));
  command.append(" <").append(quoted(base + ".in"));
  const int status = std::system(command.c_str());
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_whole(base + ".out"), read_whole(base + ".err")};
  unlink((base + ".in").c_str());
  unlink((base + ".out").c_str());
  unlink((base + ".err").c_str());
  return finished;
}

namespace {

TEST(Program, NamesTheCryptographicLibrariesInItsVersion) {
  const Finished run = dmls({"--version"});
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.out.find("BoringSSL"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("libsodium"), std::string::npos) << run.out;
}

TEST(Program, ExplainsItself) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{}, {"vectors"}, {"vectors", "verify"}, {"vectors", "generate"}, {"vectors", "list"}}) {
    auto arguments = command;
    arguments.emplace_back("--help");
    const Finished run = dmls(arguments);
    EXPECT_EQ(run.status, 0);
    EXPECT_NE(run.out.find("Usage: dmls"), std::string::npos) << run.out;
  }
}

TEST(Program, WantsACommand) {
  EXPECT_EQ(dmls({}).status, 2);
  EXPECT_EQ(dmls({"vectors"}).status, 2);
}

TEST(Program, NamesTheWordItDoesNotKnowAndTheNearestOneItDoes) {
  struct Mistake {
    std::vector<std::string> arguments;
    std::string word;
    std::string nearest;
  };
  for (const auto& [arguments, word, nearest] : {
           Mistake{{"vektors"}, "'vektors'", "'vectors'"},
           Mistake{{"--versoin"}, "'--versoin'", "'--version'"},
           Mistake{{"vectors", "verfy", "x"}, "'verfy'", "'verify'"},
           Mistake{{"vectors", "verify", "--jsno", "x"}, "'--jsno'", "'--json'"},
           Mistake{{"vectors", "verify", "--sute=1", "x"}, "'--sute=1'", "'--suite'"},
           Mistake{{"vectors", "generate", "--sed", "1"}, "'--sed'", "'--seed'"},
           Mistake{{"vectors", "verify", "--type", "crypto-basic", "x"}, "'crypto-basic'", "'crypto-basics'"},
       }) {
    const Finished run = dmls(arguments);
    EXPECT_EQ(run.status, 2) << word;
    EXPECT_EQ(run.out, "") << word;
    EXPECT_NE(run.err.find(word), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("the nearest is " + nearest), std::string::npos) << run.err;
  }
}

TEST(Program, RefusesNumbersThatAreNone) {
  for (const char* number : {"-1", "x", "", "1x", "18446744073709551616"}) {
    const Finished run = dmls({"vectors", "generate", "--type", "deserialization", "--out", "/", "--seed", number});
    EXPECT_EQ(run.status, 2) << number;
  }
}

}  // namespace
}  // namespace dmls::tools::test
