#include "commands.h"
#include "nearest.h"
#include "vectors_common.h"

#include <dmls/vectors/file.h>

#include <algorithm>
#include <filesystem>

namespace dmls::tools {
namespace {

namespace fs = std::filesystem;
using vectors::Family;
using vectors::FileReport;
using vectors::Status;

// A file to verify. Without a family it is named and counted as skipped.
struct Job {
  fs::path file;
  const Family* family;
};

// Every *.json directly in `folder`, in order of their names.
std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".json" && entry.is_regular_file(ignored)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

// What to verify; false if an input is missing or of no known family (reported).
bool collect(const Console& console, const VerifyOptions& options, const Family* type, std::vector<Job>& jobs) {
  bool usable = true;
  for (const std::string& path : options.paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      const auto files = json_files(path);
      if (files.empty()) {
        console.error("'{}' holds no *.json file that can be read", path);
        usable = false;
      }
      for (const auto& file : files)
        jobs.push_back({file, type ? type : vectors::family_of_stem(file.stem().string())});
      continue;
    }
    if (!fs::exists(path, ignored)) {
      console.error("'{}' does not exist", path);
      usable = false;
      continue;
    }
    const std::string stem = fs::path(path).stem().string();
    const Family* family = type ? type : vectors::family_of_stem(stem);
    if (family == nullptr) {
      report_unknown_family(console, stem, " (from the name of '" + path + "'; --type overrides)");
      usable = false;
    }
    jobs.push_back({path, family});
  }
  return usable;
}

struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t files_skipped = 0;
  std::size_t unreadable = 0;
};

nlohmann::json describe(const Job& job, const FileReport& report) {
  nlohmann::json cases = nlohmann::json::array();
  for (const auto& one : report.cases)
    cases.push_back({{"index", one.index},
                     {"status", one.outcome.status == Status::failed ? "failed" : "skipped"},
                     {"reason", one.outcome.reason}});
  nlohmann::json entry = {{"file", job.file.string()}, {"family", job.family->name}, {"passed", report.passed},
                          {"failed", report.failed},   {"skipped", report.skipped},  {"cases", std::move(cases)}};
  if (!report.unreadable.empty()) entry["unreadable"] = report.unreadable;
  return entry;
}

void print(const Console& console, const Job& job, const FileReport& report) {
  if (!report.unreadable.empty()) return;
  std::string line = fmt::format("{}: {} passed, {} failed", job.file.string(), report.passed, report.failed);
  if (report.skipped > 0) line += fmt::format(", {} skipped", report.skipped);
  if (report.failed > 0) line = console.red(line);
  if (!console.quiet || report.failed > 0) console.data("{}", line);
  for (const auto& one : report.cases) {
    const bool failed = one.outcome.status == Status::failed;
    if (console.quiet && !failed) continue;
    console.data("  case {} {}: {}", one.index, failed ? "failed" : "skipped", one.outcome.reason);
  }
}

}  // namespace

int verify_vectors(const Console& console, const VerifyOptions& options) {
  const Family* type = nullptr;
  if (!options.type.empty()) {
    type = vectors::find_family(options.type);
    if (type == nullptr) {
      report_unknown_family(console, options.type, "");
      return kUsage;
    }
  }
  if (!check_suites(console, options.suites)) return kUsage;
  std::vector<Job> jobs;
  if (!collect(console, options, type, jobs)) return kUsage;

  Totals totals;
  nlohmann::json files = nlohmann::json::array();
  nlohmann::json skipped_files = nlohmann::json::array();
  for (const Job& job : jobs) {
    if (job.family == nullptr) {
      ++totals.files_skipped;
      if (!console.json && !console.quiet) console.data("{}: skipped, unknown family", job.file.string());
      skipped_files.push_back({{"file", job.file.string()}, {"reason", "unknown family"}});
      continue;
    }
    const FileReport report = vectors::verify_file(*job.family, job.file, options.suites);
    totals.passed += report.passed;
    totals.failed += report.failed;
    totals.skipped += report.skipped;
    if (!report.unreadable.empty()) {
      ++totals.unreadable;
      console.error("'{}' {}", job.file.string(), report.unreadable);
    }
    if (console.json) {
      files.push_back(describe(job, report));
    } else {
      print(console, job, report);
    }
  }

  const std::string summary = fmt::format("{} passed, {} failed", totals.passed, totals.failed);
  if (totals.passed + totals.failed == 0) console.note("dmls: nothing was verified");
  if (console.json) {
    console.data(nlohmann::json{{"schema_version", kSchemaVersion},
                                {"command", "vectors verify"},
                                {"passed", totals.passed},
                                {"failed", totals.failed},
                                {"skipped", totals.skipped},
                                {"files_skipped", totals.files_skipped},
                                {"summary", summary},
                                {"files", std::move(files)},
                                {"skipped_files", std::move(skipped_files)}});
    console.note("{}", summary);
  } else {
    if (!console.quiet && totals.skipped + totals.files_skipped > 0)
      console.data("{} cases skipped, {} files skipped", totals.skipped, totals.files_skipped);
    console.data("{}", summary);
  }
  if (totals.unreadable > 0) return kUsage;
  return totals.failed > 0 ? kCheckFailed : kDone;
}

}  // namespace dmls::tools
