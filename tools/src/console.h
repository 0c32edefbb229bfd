#pragma once
// What every command shares: exit codes, and where output goes.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace dmls::tools {

// The exit status of every command.
enum Exit : int {
  kDone = 0,         // done, and all checks hold
  kCheckFailed = 1,  // a vector mismatch, a divergence, a broken invariant
  kUsage = 2,        // wrong usage, unreadable input, or an unknown family
  kStorage = 3,      // something could not be stored
  kPeer = 4,         // a peer or a transport failed
};

// Version of the objects that --json prints. It changes when a field changes its meaning or goes away.
inline constexpr int kSchemaVersion = 1;

// Console: data goes to standard output, everything else to standard error.
struct Console {
  bool json = false;
  bool quiet = false;
  bool color = false;  // standard output is a terminal, and NO_COLOR is not set

  // A line of data.
  template <class... Args>
  void data(fmt::format_string<Args...> format, Args&&... args) const {
    fmt::print("{}\n", fmt::format(format, std::forward<Args>(args)...));
  }
  // A JSON document, as data.
  void data(const nlohmann::json& document) const {
    fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  // Something to know; silent with --quiet.
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) const {
    if (!quiet) fmt::print(stderr, "{}\n", fmt::format(format, std::forward<Args>(args)...));
  }
  // What went wrong.
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    fmt::print(stderr, "dmls: {}\n", fmt::format(format, std::forward<Args>(args)...));
  }
  [[nodiscard]] std::string red(std::string_view text) const {
    return color ? fmt::format("\x1b[31m{}\x1b[0m", text) : std::string(text);
  }
};

}  // namespace dmls::tools
