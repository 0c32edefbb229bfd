#include <dmls/vectors/file.h>

#include <algorithm>
#include <fstream>

namespace dmls::vectors {
namespace {

bool left_out(const Json& vector, std::span<const std::uint16_t> suites) {
  if (suites.empty() || !vector.is_object()) return false;
  const auto suite = vector.find("cipher_suite");
  if (suite == vector.end() || !suite->is_number_unsigned()) return false;
  return std::ranges::find(suites, suite->get<std::uint64_t>()) == suites.end();
}

}  // namespace

FileReport verify_file(const Family& family, const std::filesystem::path& file, std::span<const std::uint16_t> suites) {
  FileReport report;
  std::ifstream in(file);
  if (!in) {
    report.unreadable = "cannot be read";
    return report;
  }
  const Json cases = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!cases.is_array()) {
    report.unreadable = cases.is_discarded() ? "is not JSON" : "is not a JSON array of vectors";
    return report;
  }
  if (cases.empty()) {
    report.failed = 1;
    report.cases.push_back({0, {Status::failed, "the file holds no vectors"}});
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (left_out(cases[i], suites)) continue;
    Outcome outcome = verify_case(family, cases[i]);
    if (outcome.status == Status::passed) {
      ++report.passed;
      continue;
    }
    ++(outcome.status == Status::failed ? report.failed : report.skipped);
    report.cases.push_back({i, std::move(outcome)});
  }
  return report;
}

}  // namespace dmls::vectors
