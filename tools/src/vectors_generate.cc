#include "commands.h"
#include "vectors_common.h"

#include <dmls/vectors/family.h>

#include <filesystem>
#include <fstream>

namespace dmls::tools {
namespace {

namespace fs = std::filesystem;

// Writes beside the file and renames, so that no half-written file carries the name.
bool write_whole(const fs::path& file, const std::string& text) {
  const fs::path unfinished = file.string() + ".part";
  {
    std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return false;
  }
  std::error_code error;
  fs::rename(unfinished, file, error);
  return !error;
}

}  // namespace

int generate_vectors(const Console& console, const GenerateOptions& options) {
  const vectors::Family* family = vectors::find_family(options.type);
  if (family == nullptr) {
    report_unknown_family(console, options.type, "");
    return kUsage;
  }
  if (!check_suites(console, options.suites)) return kUsage;
  std::vector<crypto::CipherSuiteId> suites;
  for (const std::uint16_t suite : options.suites) suites.push_back(static_cast<crypto::CipherSuiteId>(suite));
  const auto cases = vectors::generate_cases(*family, options.seed, suites);
  if (!cases) {
    console.error("family '{}' cannot be generated: {}", options.type, cases.error().rule);
    return kUsage;
  }

  const fs::path file = fs::path(options.out) / (options.type + ".json");
  std::error_code error;
  fs::create_directories(options.out, error);
  if (error || !write_whole(file, cases->dump(2) + "\n")) {
    console.error("'{}' cannot be written", file.string());
    return kStorage;
  }
  if (console.json) {
    console.data(nlohmann::json{{"schema_version", kSchemaVersion},
                                {"command", "vectors generate"},
                                {"family", options.type},
                                {"seed", options.seed},
                                {"cases", cases->size()},
                                {"file", file.string()}});
  } else {
    console.data("{}", file.string());
    console.note("{} cases of {}, seed {}", cases->size(), options.type, options.seed);
  }
  return kDone;
}

int list_vectors(const Console& console) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& family : vectors::families()) {
    if (console.json) {
      list.push_back({{"family", family.name}, {"section", family.section}, {"generates", family.generate != nullptr}});
    } else {
      console.data("{:<32}{}", family.name, family.section);
    }
  }
  if (console.json)
    console.data(
        nlohmann::json{{"schema_version", kSchemaVersion}, {"command", "vectors list"}, {"families", std::move(list)}});
  return kDone;
}

}  // namespace dmls::tools
