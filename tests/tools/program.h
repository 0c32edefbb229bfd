#pragma once
// Runs the `dmls` program.

#include <initializer_list>
#include <string>
#include <vector>

namespace dmls::tools::test {

struct Finished {
  int status;       // exit status; -1 if it was killed
  std::string out;  // standard output
  std::string err;  // standard error
  // The last line of `out`.
  [[nodiscard]] std::string last_line() const;
};

// Runs `dmls` with these arguments and this standard input, and waits for it. Neither output is a terminal.
Finished dmls(const std::vector<std::string>& arguments, const std::string& input = {});

}  // namespace dmls::tools::test
