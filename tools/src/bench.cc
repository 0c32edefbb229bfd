// dmls bench: the benchmark programs that stand beside this one.
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "commands.h"

extern char** environ;

namespace dmls::tools {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kEnding = "_bench";

// By the layer that they measure: fork_bench measures fork.
std::vector<fs::path> programs() {
  std::error_code none;
  const fs::path folder = fs::read_symlink("/proc/self/exe", none).parent_path();
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().filename().string().ends_with(kEnding)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string layer_of(const fs::path& program) {
  const std::string name = program.filename().string();
  return name.substr(0, name.size() - kEnding.size());
}

// Its exit status; -1 if it could not be started or was killed.
int run(const fs::path& program, const std::vector<std::string>& options) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  if (::posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) return -1;
  int status = 0;
  if (::waitpid(process, &status, 0) != process || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

int run_benches(const Console& console, const BenchOptions& options) {
  auto found = programs();
  if (found.empty()) {
    console.error(
        "no benchmark programs stand beside dmls: they are built with the source (./dev bench), not installed");
    return kUsage;
  }
  if (options.list) {
    if (console.json) {
      nlohmann::json layers = nlohmann::json::array();
      for (const auto& program : found) layers.push_back(layer_of(program));
      console.data({{"schema_version", kSchemaVersion}, {"layers", layers}});
    } else {
      for (const auto& program : found) console.data("{}", layer_of(program));
    }
    return kDone;
  }
  if (!options.layer.empty()) {
    std::erase_if(found, [&](const fs::path& program) { return layer_of(program) != options.layer; });
    if (found.empty()) {
      console.error("no benchmarks of a layer '{}'; see 'dmls bench --list'", options.layer);
      return kUsage;
    }
  }
  if (console.json && found.size() != 1) {
    console.error("--json needs one LAYER: each program prints a document of its own");
    return kUsage;
  }
  std::vector<std::string> arguments = options.further;
  if (console.json) arguments.emplace_back("--benchmark_format=json");
  int outcome = kDone;
  for (const auto& program : found) {
    console.note("{}", layer_of(program));
    if (const int status = run(program, arguments); status != 0) {
      console.error("{} failed ({})", program.filename().string(), status);
      outcome = kCheckFailed;
    }
  }
  return outcome;
}

}  // namespace dmls::tools
