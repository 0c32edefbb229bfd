#include "manual.h"

#include <fmt/format.h>

namespace dmls::tools {
namespace {

std::vector<const CLI::App*> commands(const CLI::App& app) {
  auto all = app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
  return {all.begin(), all.end()};
}

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + " " + app.get_name();
}

// Text that roff takes as it is.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string names_of(const CLI::Option& option) {
  std::string out =
      option.get_positional() && option.get_lnames().empty() ? option.get_name(true) : option.get_name(false, true);
  std::string type = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  if (const auto colon = type.find(':'); colon != std::string::npos) type.erase(colon);
  if (!type.empty()) out += " " + type;
  return out;
}

void describe(const CLI::App& app, std::string& out) {
  const auto below = commands(app);
  if (app.get_parent() != nullptr && below.empty()) {
    out += fmt::format(".SS \"{}\"\n{}.\n", roff(full_name(app)), roff(app.get_description()));
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group().empty()) continue;
      out += fmt::format(".TP\n.B {}\n{}", roff(names_of(*option)), roff(option->get_description()));
      const std::string standard = option->get_default_str();
      out += standard.empty() ? "\n" : fmt::format(" [{}]\n", roff(standard));
    }
    const std::string footer = app.get_footer();
    if (!footer.empty()) out += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(footer));
  }
  for (const CLI::App* one : below) describe(*one, out);
}

void complete(const CLI::App& app, std::string& out) {
  std::string words;
  const auto below = commands(app);
  for (const CLI::App* one : below) words += one->get_name() + " ";
  for (const CLI::Option* option : app.get_options())
    for (const auto& name : option->get_lnames()) words += "--" + name + " ";
  if (!words.empty()) words.pop_back();
  out += fmt::format("    '{}') words='{}' ;;\n", full_name(app), words);
  for (const CLI::App* one : below) complete(*one, out);
}

}  // namespace

std::string man_page(const CLI::App& root, const std::string& version) {
  std::string out = fmt::format(".TH DMLS 1 \"\" \"dmls {}\" \"User Commands\"\n", version);
  out += fmt::format(".SH NAME\ndmls \\- {}\n", roff(root.get_description()));
  out += ".SH SYNOPSIS\n.B dmls\n.I COMMAND\n.RI [ OPTION ]...\n.SH COMMANDS\n";
  describe(root, out);
  out +=
      ".SH EXIT STATUS\n"
      ".TP\n.B 0\ndone, and all checks hold\n"
      ".TP\n.B 1\na check failed: a vector mismatch, a malformed structure, a divergence\n"
      ".TP\n.B 2\nwrong usage, unreadable input, an unknown family\n"
      ".TP\n.B 3\nsomething could not be stored\n"
      ".TP\n.B 4\na peer or a transport failed\n"
      ".SH ENVIRONMENT\n"
      ".TP\n.B MLS_VECTORS\na folder with the test vectors of the MLS working group, which demo verifies\n"
      ".TP\n.B NO_COLOR\nif it is set to anything, nothing is coloured\n";
  return out;
}

std::string bash_completion(const CLI::App& root) {
  std::string table;
  complete(root, table);
  return "# Completion of dmls for bash.\n"
         "_dmls() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=dmls word words i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    [[ $word == -* ]] && break\n"
         "    command+=\" $word\"\n"
         "  done\n"
         "  COMPREPLY=()\n"
         "  if [[ $before == --type && $command == 'dmls vectors'* ]]; then\n"
         "    words=$(\"${COMP_WORDS[0]}\" vectors list 2>/dev/null | cut -d' ' -f1)\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "    return\n"
         "  fi\n"
         "  case $command in\n" +
         table +
         "    *) words='' ;;\n"
         "  esac\n"
         "  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  [[ $current == -* ]] || mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$current\")\n"
         "}\n"
         "complete -o filenames -F _dmls dmls\n";
}

}  // namespace dmls::tools
