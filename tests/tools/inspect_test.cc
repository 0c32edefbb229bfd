// `dmls inspect` on one example of each structure: tests/inspect/golden/NAME.hex is the input, NAME.txt what is
// printed. DMLS_UPDATE_GOLDEN=1 writes what is printed now: read the difference before it is committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"

namespace dmls::tools::test {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(DMLS_TEST_FOLDER) / "inspect" / "golden";

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(InspectCommand, PrintsOneOfEachStructureAsRecorded) {
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    if (entry.path().extension() != ".hex") continue;
    ++seen;
    const Finished run = dmls({"inspect", entry.path().string()});
    EXPECT_EQ(run.status, 0) << entry.path() << run.err;
    fs::path golden = entry.path();
    golden.replace_extension(".txt");
    if (std::getenv("DMLS_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << run.out;
    EXPECT_EQ(run.out, read(golden)) << entry.path();
  }
  EXPECT_GE(seen, 16u);
}

TEST(InspectCommand, PrintsJsonWithOctetsAndSections) {
  const Finished run = dmls({"inspect", "--json", "--type", "Remove", "-"}, "00000005");
  EXPECT_EQ(run.status, 0) << run.err;
  const auto report = nlohmann::json::parse(run.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << run.out;
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["type"], "Remove");
  EXPECT_EQ(report["well_formed"], true);
  const auto& removed = report["root"]["fields"][0];
  EXPECT_EQ(removed["name"], "removed");
  EXPECT_EQ(removed["begin"], 0);
  EXPECT_EQ(removed["end"], 4);
  EXPECT_EQ(removed["value"], 5);
  EXPECT_EQ(removed["section"], "RFC 9420 §12.1.3");
}

TEST(InspectCommand, SaysWhichOctetBreaksWhichRule) {
  const Finished run = dmls({"inspect", "--type", "MLSMessage", "-"}, "00010007");
  EXPECT_EQ(run.status, 1);
  EXPECT_NE(run.err.find("octet 2: RFC 9420 §6: the wire format is unknown (in wire_format of a MLSMessage)"),
            std::string::npos)
      << run.err;
}

TEST(InspectCommand, NamesWhatItCannotUse) {
  EXPECT_EQ(dmls({"inspect", "/nonexistent"}).status, 2);
  EXPECT_EQ(dmls({"inspect", "-"}, "").status, 2);
  const Finished type = dmls({"inspect", "--type", "KeyPakage", "-"}, "00");
  EXPECT_EQ(type.status, 2);
  EXPECT_NE(type.err.find("unknown type 'KeyPakage'; the nearest is 'KeyPackage'"), std::string::npos) << type.err;
  const Finished digits = dmls({"inspect", "-"}, "000");
  EXPECT_EQ(digits.status, 2);
  EXPECT_NE(digits.err.find("3, is odd"), std::string::npos) << digits.err;
}

}  // namespace
}  // namespace dmls::tools::test
