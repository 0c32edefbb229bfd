#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"
#include "support/temporary_folder.h"
#include "support/vectors.h"

namespace dmls::tools::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kGood = R"([{"vlbytes_header": "3f", "length": 63}, {"vlbytes_header": "4040", "length": 64}])";
constexpr const char* kBad = R"([{"vlbytes_header": "3f", "length": 63}, {"vlbytes_header": "4041", "length": 64}])";

// A folder of its own for every test.
class VectorsCommand : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  std::string read(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  dmls::test::TemporaryFolder own_;
  fs::path folder_ = own_.path();
};

TEST_F(VectorsCommand, SumsUpInItsLastLine) {
  const Finished run = dmls({"vectors", "verify", write("deserialization.json", kGood)});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.last_line(), "2 passed, 0 failed");
}

TEST_F(VectorsCommand, FailsAndSaysWhereWhenAVectorDoesNotHold) {
  const Finished run = dmls({"vectors", "verify", write("deserialization.json", kBad)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.last_line(), "1 passed, 1 failed");
  EXPECT_NE(run.out.find("case 1 failed: field length: expected 64, computed 65"), std::string::npos) << run.out;
}

TEST_F(VectorsCommand, FailsOnAFileWithoutVectors) {
  const Finished run = dmls({"vectors", "verify", write("deserialization.json", "[]")});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.last_line(), "0 passed, 1 failed");
}

TEST_F(VectorsCommand, CannotUseWhatIsAbsentOrNotAListOfVectors) {
  EXPECT_EQ(dmls({"vectors", "verify", (folder_ / "deserialization.json").string()}).status, 2);
  for (const char* text : {"", "[", "{}", "7"}) {
    const Finished run = dmls({"vectors", "verify", write("deserialization.json", text)});
    EXPECT_EQ(run.status, 2) << text;
    EXPECT_NE(run.err.find("deserialization.json"), std::string::npos) << run.err;
  }
}

TEST_F(VectorsCommand, CannotUseAFileOfAnUnknownFamily) {
  const std::string file = write("astrology.json", kGood);
  const Finished run = dmls({"vectors", "verify", file});
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("'astrology'"), std::string::npos) << run.err;
  EXPECT_EQ(dmls({"vectors", "verify", "--type", "deserialization", file}).status, 0);
}

TEST_F(VectorsCommand, SkipsUnknownFamiliesInAFolderAndCountsThem) {
  write("deserialization.json", kGood);
  write("deserialization-more.json", kGood);
  write("astrology.json", kBad);
  write("notes.txt", "not a vector file");
  const Finished run = dmls({"vectors", "verify", folder_.string()});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("astrology.json: skipped, unknown family"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("0 cases skipped, 1 files skipped"), std::string::npos) << run.out;
  EXPECT_EQ(run.last_line(), "4 passed, 0 failed");
}

TEST_F(VectorsCommand, CannotUseAnEmptyFolder) { EXPECT_EQ(dmls({"vectors", "verify", folder_.string()}).status, 2); }

TEST_F(VectorsCommand, PrintsJsonWithTheSummaryAsAField) {
  write("deserialization.json", kBad);
  write("astrology.json", kBad);
  const Finished run = dmls({"vectors", "verify", "--json", folder_.string()});
  EXPECT_EQ(run.status, 1);
  const json report = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << run.out;
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["summary"], "1 passed, 1 failed");
  EXPECT_EQ(report["passed"], 1);
  EXPECT_EQ(report["failed"], 1);
  EXPECT_EQ(report["files_skipped"], 1);
  ASSERT_EQ(report["files"].size(), 1u);
  EXPECT_EQ(report["files"][0]["family"], "deserialization");
  EXPECT_EQ(report["files"][0]["cases"][0]["index"], 1);
  EXPECT_EQ(report["files"][0]["cases"][0]["status"], "failed");
  EXPECT_EQ(run.err, "1 passed, 1 failed\n");
}

TEST_F(VectorsCommand, StaysQuietWhenAsked) {
  const Finished run = dmls({"vectors", "verify", "--quiet", write("deserialization.json", kGood)});
  EXPECT_EQ(run.out, "2 passed, 0 failed\n");
  EXPECT_EQ(run.err, "");
}

TEST_F(VectorsCommand, ListsFamiliesWithTheirSections) {
  const Finished run = dmls({"vectors", "list"});
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.out.find("deserialization"), std::string::npos);
  EXPECT_NE(run.out.find("RFC 9420 §2.1.2"), std::string::npos);
  const json list = json::parse(dmls({"vectors", "list", "--json"}).out, nullptr, false);
  EXPECT_EQ(list["schema_version"], 1);
  EXPECT_GE(list["families"].size(), 2u);
}

TEST_F(VectorsCommand, GeneratesWhatItVerifies) {
  for (const char* family : {"crypto-basics", "deserialization"}) {
    const Finished made =
        dmls({"vectors", "generate", "--type", family, "--seed", "7", "--out", (folder_ / "new").string()});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_EQ(made.out, (folder_ / "new" / family).string() + ".json\n");
  }
  const Finished run = dmls({"vectors", "verify", (folder_ / "new").string()});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_EQ(run.last_line(), "22 passed, 0 failed");
}

TEST_F(VectorsCommand, GeneratesTheSameOctetsFromTheSameSeed) {
  const auto generate = [this](const char* seed) {
    EXPECT_EQ(
        dmls({"vectors", "generate", "--type", "crypto-basics", "--seed", seed, "--out", folder_.string()}).status, 0);
    return read("crypto-basics.json");
  };
  const std::string first = generate("7");
  EXPECT_EQ(first, generate("7"));
  EXPECT_NE(first, generate("8"));
}

TEST_F(VectorsCommand, GeneratesOneSuiteAsItDoesAmongAll) {
  const auto generate = [this](std::vector<std::string> more) {
    std::vector<std::string> arguments{"vectors", "generate", "--type", "crypto-basics",
                                       "--seed",  "7",        "--out",  folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(dmls(arguments).status, 0);
    return json::parse(read("crypto-basics.json"), nullptr, false);
  };
  const json all = generate({});
  const json one = generate({"--suite", "3"});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0], all[2]);
}

TEST_F(VectorsCommand, SaysWhenItCannotWrite) {
  const std::string blocked = write("file", "in the way");
  const Finished run =
      dmls({"vectors", "generate", "--type", "deserialization", "--seed", "1", "--out", blocked + "/below"});
  EXPECT_EQ(run.status, 3);
  EXPECT_NE(run.err.find("cannot be written"), std::string::npos) << run.err;
}

TEST_F(VectorsCommand, ChecksOnlyTheSuitesAskedFor) {
  ASSERT_EQ(dmls({"vectors", "generate", "--type", "crypto-basics", "--seed", "7", "--out", folder_.string()}).status,
            0);
  const std::string file = (folder_ / "crypto-basics.json").string();
  EXPECT_EQ(dmls({"vectors", "verify", "--suite", "1", "--suite", "3", file}).last_line(), "2 passed, 0 failed");
  EXPECT_EQ(dmls({"vectors", "verify", "--suite", "8", file}).status, 2);
}

// The official files, whole and with one digit changed.
TEST_F(VectorsCommand, PassesTheOfficialFilesAndFailsACopyWithAFlippedDigit) {
  DMLS_VECTORS_OR_SKIP(official, "MLS_VECTORS");
  EXPECT_EQ(dmls({"vectors", "verify", official.string()}).status, 0);
  for (const char* family : {"crypto-basics", "deserialization"}) {
    json cases = dmls::test::load_json(official / (std::string(family) + ".json"));
    auto& digits = family == std::string("deserialization")
                       ? cases.back()["vlbytes_header"].get_ref<std::string&>()
                       : cases.back()["encrypt_with_label"]["plaintext"].get_ref<std::string&>();
    digits.back() = digits.back() == '0' ? '1' : '0';
    const Finished run = dmls({"vectors", "verify", write(std::string(family) + ".json", cases.dump())});
    EXPECT_EQ(run.status, 1) << family;
    EXPECT_TRUE(run.last_line().ends_with(", 1 failed")) << run.out;
  }
}

}  // namespace
}  // namespace dmls::tools::test
