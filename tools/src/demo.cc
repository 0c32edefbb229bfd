// `dmls demo`: vectors first, then real conversations between processes.

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/vectors/file.h>
#include <stdlib.h>  // mkdtemp

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "demo_acts.h"

namespace dmls::tools {

namespace fs = std::filesystem;

void Narrator::act(std::string_view title) {
  if (!console_.json) console_.data("{}", title);
  last_ = Clock::now();
}

void Narrator::tell(std::string_view who, std::string_view what, std::size_t octets) {
  const auto now = Clock::now();
  const double ms = std::chrono::duration<double, std::milli>(now - last_).count();
  last_ = now;
  if (!console_.json)
    console_.data("  {:<6} {:<72} {:>13} {:>8.1f} ms", who, what, octets == 0 ? "" : fmt::format("{} octets", octets),
                  ms);
  steps_.push_back({{"who", who}, {"what", what}, {"octets", octets}, {"milliseconds", ms}});
}

bool Narrator::agree(std::string_view what, const std::vector<std::string>& authenticators) {
  const bool same = !authenticators.empty() && !authenticators.front().empty() &&
                    std::ranges::all_of(authenticators, [&](const auto& a) { return a == authenticators.front(); });
  const std::string shown = authenticators.empty() ? "" : authenticators.front().substr(0, 16);
  if (!console_.json)
    console_.data("  {}: {} authenticators {}  {}", what, authenticators.size(),
                  same ? "equal" : console_.red("DIFFERENT"), shown);
  agreements_.push_back({{"what", what}, {"agree", same}, {"authenticators", authenticators}});
  last_ = Clock::now();
  return same;
}

void Narrator::finish(bool done, const std::string& complaint) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (!complaint.empty()) console_.error("{}", complaint);
  if (console_.json)
    console_.data(nlohmann::json{{"schema_version", kSchemaVersion},
                                 {"command", "demo"},
                                 {"steps", steps_},
                                 {"agreements", agreements_},
                                 {"seconds", seconds},
                                 {"done", done}});
  else
    console_.data("{}",
                  done ? fmt::format("Done in {:.1f} seconds: every check holds.", seconds) : console_.red("Failed."));
}

std::shared_ptr<Random> random_of(const Stage& stage, std::string_view name, int start) {
  if (!stage.seed) return std::make_shared<SystemRandom>();
  std::uint64_t seed = *stage.seed;  // FNV-1a: no two processes share a stream, nor one with its former self
  const auto mix = [&seed](std::uint8_t octet) { seed = (seed ^ octet) * 0x100000001b3; };
  for (const char c : name) mix(static_cast<std::uint8_t>(c));
  mix(static_cast<std::uint8_t>(start));
  return std::make_shared<SeededRandom>(seed);
}

std::string hex_of(BytesView octets) { return to_hex(octets); }

Result<Bytes> octets_of(const nlohmann::json& question, const char* name) { return from_hex(question.value(name, "")); }

namespace {

// A folder that goes away again.
class Folder {
 public:
  Folder() {
    std::error_code ignored;
    std::string name = (fs::temp_directory_path(ignored) / "dmls-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Count {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

// The official vectors, file by file.
Count verify_official(Narrator& narrator, const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::ranges::sort(files);
  Count all;
  for (const auto& file : files) {
    const auto* family = vectors::family_of_stem(file.stem().string());
    if (family == nullptr) continue;
    const auto report = vectors::verify_file(*family, file, {});
    all.passed += report.passed;
    all.failed += report.failed + (report.unreadable.empty() ? 0 : 1);
    narrator.tell("", fmt::format("{}: {} passed, {} failed", family->name, report.passed, report.failed));
  }
  return all;
}

// Vectors of one's own: every family, one cipher suite.
Count verify_own(Narrator& narrator, crypto::CipherSuiteId suite, std::uint64_t seed) {
  Count all;
  for (const auto& family : vectors::families()) {
    if (family.generate == nullptr) continue;
    const auto cases = vectors::generate_cases(family, seed, std::span(&suite, 1));
    Count here{0, cases ? 0U : 1U};
    if (cases)
      for (const auto& one : *cases)
        (vectors::verify_case(family, one).status == vectors::Status::passed ? here.passed : here.failed) += 1;
    all.passed += here.passed;
    all.failed += here.failed;
    narrator.tell("", fmt::format("{}: {} passed, {} failed", family.name, here.passed, here.failed));
  }
  return all;
}

}  // namespace

int run_demo(const Console& console, const DemoOptions& options) {
  const auto suite = crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
  if (!suite) {
    console.error("{}", suite.error().rule);
    return kCheckFailed;
  }
  const Folder folder;
  if (folder.path().empty()) {
    console.error("no temporary folder can be made");
    return kStorage;
  }
  const Stage stage{*suite, options.seed, folder.path()};
  Narrator narrator(console);
  const char* official = std::getenv("MLS_VECTORS");
  const bool have_official = official != nullptr && *official != '\0';
  narrator.act(have_official ? "Test vectors of the MLS working group"
                             : "Test vectors of our own (MLS_VECTORS is not set)");
  const Count vectors =
      have_official ? verify_official(narrator, official) : verify_own(narrator, suite->id(), options.seed.value_or(7));
  bool done = vectors.failed == 0 && vectors.passed > 0;

  std::string complaint;
  narrator.act(fmt::format("\nA group of processes, {}", suite->name()));
  const auto group = play_group(narrator, stage, complaint);
  done = done && group && *group;
  if (group) {
    narrator.act("\nSend Groups: no server, and one participant cut off for a while");
    const auto universe = play_universe(narrator, stage, complaint);
    done = done && universe && *universe;
  }
  narrator.finish(done, complaint);
  if (done) return kDone;
  return complaint.empty() ? kCheckFailed : kPeer;
}

}  // namespace dmls::tools
