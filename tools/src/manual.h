#pragma once
// The man page and the completion, written from the command line's own description: they cannot say anything else.

#include <CLI/CLI.hpp>

#include <string>

namespace dmls::tools {

// A page for man(1), in roff.
std::string man_page(const CLI::App& root, const std::string& version);
// A script for bash.
std::string bash_completion(const CLI::App& root);

}  // namespace dmls::tools
