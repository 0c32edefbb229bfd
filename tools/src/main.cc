// `dmls`: reads the command line and calls a command.

#include "commands.h"
#include "manual.h"
#include "nearest.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace dmls::tools {
namespace {

// The words that would have been valid where `app` met an unknown one.
std::vector<std::string> alternatives(const CLI::App& app, bool option) {
  std::vector<std::string> words;
  if (option) {
    for (const CLI::Option* known : app.get_options()) {
      for (const auto& name : known->get_lnames()) words.push_back("--" + name);
      for (const auto& name : known->get_snames()) words.push_back("-" + name);
    }
  } else {
    for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; }))
      words.push_back(known->get_name());
  }
  return words;
}

// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + " " + app.get_name();
}

int report_usage(const Console& console, const CLI::App& root, const CLI::ParseError& why) {
  const CLI::App& app = innermost(root);
  const auto unknown = root.remaining(/*recurse=*/true);
  const std::string hint = "see '" + full_name(app) + " --help'";
  if (unknown.empty()) {
    console.error("{}; {}", why.what(), hint);
    return kUsage;
  }
  const std::string& token = unknown.front();
  const bool option = token.starts_with("-");
  const std::string best = nearest(token.substr(0, token.find('=')), alternatives(app, option));
  const char* kind = option ? "option" : best.empty() ? "argument" : "command";
  console.error("unknown {} '{}'{}; {}", kind, token, best.empty() ? "" : "; the nearest is '" + best + "'", hint);
  return kUsage;
}

bool color_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(STDOUT_FILENO) == 1;
}

// What every command takes.
void common_options(CLI::App& app, Console& console) {
  app.add_flag("--json", console.json, "print JSON, with a schema version");
  app.add_flag("-q,--quiet", console.quiet, "print results only");
}

// Digits and nothing else: "-1" is no large number, and what is too large does not wrap around.
CLI::Validator digits() {
  const auto check = [](const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, number);
    return status == std::errc{} && stop == end ? std::string() : "'" + text + "' is not a number";
  };
  return CLI::Validator(check, "");
}

void suite_option(CLI::App& app, std::vector<std::uint16_t>& suites) {
  app.add_option("--suite", suites, "only this cipher suite; may be repeated")
      ->type_name("N")
      ->check(digits())
      ->allow_extra_args(false);
}

struct CommandLine {
  Console console;
  VerifyOptions verify;
  GenerateOptions generate;
  InspectOptions inspect;
  DemoOptions demo;
  PeerOptions peer;
  BenchOptions bench;
  FederationCommand federation;
  SimulateMeshOptions mesh;
  bool version = false;
};

void vectors_commands(CLI::App& root, CommandLine& line) {
  CLI::App& vectors = *root.add_subcommand("vectors", "verify and generate test vectors");
  vectors.require_subcommand(1);

  CLI::App& verify = *vectors.add_subcommand("verify", "recompute vectors and compare");
  verify.add_option("--type", line.verify.type, "family of every file (default: from its name)")->type_name("FAMILY");
  suite_option(verify, line.verify.suites);
  verify.add_option("FILE|DIR", line.verify.paths, "JSON files, or folders of them")->type_name("")->required();
  common_options(verify, line.console);

  CLI::App& generate = *vectors.add_subcommand("generate", "write DIR/FAMILY.json");
  generate.add_option("--type", line.generate.type, "the family to generate")->type_name("FAMILY")->required();
  suite_option(generate, line.generate.suites);
  generate.add_option("--seed", line.generate.seed, "the same seed gives the same octets")
      ->type_name("N")
      ->check(digits())
      ->required();
  generate.add_option("--out", line.generate.out, "the folder to write to")->type_name("DIR")->required();
  common_options(generate, line.console);

  CLI::App& list = *vectors.add_subcommand("list", "the families, and the section that defines each");
  common_options(list, line.console);
}

void simulate_commands(CLI::App& root, CommandLine& line) {
  CLI::App& simulate = *root.add_subcommand("simulate", "federations under netsplits, meshes without servers");
  simulate.require_subcommand(1);
  FederationCommand& options = line.federation;
  CLI::App& federation =
      *simulate.add_subcommand("federation", "servers that agree on commits, and clients behind them");
  const auto count = [&](const char* name, std::uint32_t& value, const char* purpose) {
    federation.add_option(name, value, purpose)->type_name("N")->check(digits())->capture_default_str();
  };
  count("--servers", options.servers, "servers");
  count("--clients", options.clients, "clients at the beginning");
  count("--netsplits", options.netsplits, "how often the federation splits; splits may nest");
  count("--steps", options.steps, "steps before everything is healed");
  federation.add_option("--loss", options.loss, "probability that an attempt to transport something is lost")
      ->type_name("P")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  federation.add_option("--seed", options.seed, "the same seed gives the same run")
      ->type_name("N")
      ->check(digits())
      ->capture_default_str();
  federation.add_option("--report", options.report, "write a page that draws the run")->type_name("FILE.html");
  common_options(federation, line.console);

  CLI::App& mesh = *simulate.add_subcommand("mesh", "Send Groups without any server");
  SimulateMeshOptions& way = line.mesh;
  mesh.add_option("--members", way.members, "how many take part")->type_name("N")->check(CLI::Range(2, 1000));
  mesh.add_option("--loss", way.loss, "probability that a delivery is lost")
      ->type_name("P")
      ->check(CLI::Range(0., 0.95));
  mesh.add_option("--reorder", way.reorder, "probability that a message overtakes others")
      ->type_name("P")
      ->check(CLI::Range(0., 1.));
  mesh.add_option("--offline", way.offline, "members that are unreachable for a third of the run")
      ->type_name("N")
      ->check(digits());
  mesh.add_option("--updates", way.updates, "updates of every member")->type_name("N")->check(CLI::Range(0, 1000));
  mesh.add_option("--seed", way.seed, "make the run reproducible")->type_name("N")->check(digits());
  mesh.add_option("--report", way.report, "write a page with the dependency graph")->type_name("FILE.html");
  common_options(mesh, line.console);
}

int run(int argc, char** argv) {
  CommandLine line;
  line.console.color = color_wanted();

  CLI::App root("MLS (RFC 9420) and its decentralized and distributed variants", "dmls");
  root.add_flag("--version", line.version, "print the version and the cryptographic libraries");
  root.require_subcommand(0, 1);
  vectors_commands(root, line);
  simulate_commands(root, line);
  CLI::App& inspect = *root.add_subcommand("inspect", "any structure, octet by octet: binary, hexadecimal or base64");
  inspect.add_option("--type", line.inspect.type, "what it should be (default: what it looks like)")->type_name("TYPE");
  inspect.add_option("--encoding", line.inspect.encoding, "binary, hex or base64 (default: what it looks like)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"binary", "hex", "base64"}));
  inspect.add_flag("--full", line.inspect.full, "show long fields whole");
  inspect.add_option("FILE|-", line.inspect.path, "a file, or - for standard input")->type_name("")->required();
  inspect.footer(inspect_help);
  common_options(inspect, line.console);
  CLI::App& demo = *root.add_subcommand("demo", "a short conversation between members of a group");
  demo.add_option("--seed", line.demo.seed, "make the run reproducible")->type_name("N")->check(digits());
  common_options(demo, line.console);
  CLI::App& peer = *root.add_subcommand("peer", "one member, driven by another program: JSON lines");
  peer.add_option("--seed", line.peer.seed, "make the run reproducible, as far as time stands still")
      ->type_name("N")
      ->check(digits());
  peer.add_option("--time", line.peer.time, "let the clock stand at N seconds since 1970")
      ->type_name("N")
      ->check(digits());
  peer.footer(peer_help);
  CLI::App& bench = *root.add_subcommand("bench", "run the benchmark programs that were built beside this one");
  bench.add_option("LAYER", line.bench.layer, "only this layer's (default: all, one after the other)")->type_name("");
  bench.add_flag("--list", line.bench.list, "the layers that have one");
  bench.allow_extras();
  bench.footer(
      "Any other option goes to the programs, as --benchmark_filter=PATTERN does: they are Google Benchmark's.\n"
      "Comparisons and plots: ./dev bench, in the source.");
  common_options(bench, line.console);

  root.footer(
      "Each command explains itself: dmls COMMAND --help.\n"
      "Data goes to standard output, everything else to standard error.\n"
      "Exit status: 0 done, 1 a check failed, 2 wrong usage or unreadable input, 3 storage, 4 a peer.\n"
      "First steps:\n"
      "  dmls demo                               see it work\n"
      "  dmls inspect FILE                       look into a message\n"
      "  dmls vectors verify DIR                 check test vectors");
  // What packages install; not for people, so no help names them.
  for (const char* name : {"man-page", "bash-completion"})
    root.add_subcommand(name, "written from this help")->group("");

  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return root.exit(help);
  } catch (const CLI::ParseError& why) {
    return report_usage(line.console, root, why);
  }

  if (line.version) return print_version(line.console);
  if (root.got_subcommand("man-page")) return line.console.data("{}", man_page(root, DMLS_VERSION)), kDone;
  if (root.got_subcommand("bash-completion")) return line.console.data("{}", bash_completion(root)), kDone;
  if (root.got_subcommand("vectors")) {
    const CLI::App& vectors = *root.get_subcommand("vectors");
    if (vectors.got_subcommand("verify")) return verify_vectors(line.console, line.verify);
    if (vectors.got_subcommand("generate")) return generate_vectors(line.console, line.generate);
    return list_vectors(line.console);
  }
  if (root.got_subcommand("simulate")) {
    if (root.get_subcommand("simulate")->got_subcommand("mesh")) return simulate_mesh(line.console, line.mesh);
    return simulate_federation(line.console, line.federation);
  }
  if (root.got_subcommand("inspect")) return inspect_octets(line.console, line.inspect);
  if (root.got_subcommand("demo")) return run_demo(line.console, line.demo);
  if (root.got_subcommand("bench")) {
    line.bench.further = root.get_subcommand("bench")->remaining();
    return run_benches(line.console, line.bench);
  }
  if (root.got_subcommand("peer")) return run_peer(line.console, line.peer);
  line.console.error("a command is needed; see 'dmls --help'");
  return kUsage;
}

}  // namespace
}  // namespace dmls::tools

int main(int argc, char** argv) {
  try {
    const int status = dmls::tools::run(argc, argv);
    if (std::fflush(stdout) == 0) return status;
    std::fputs("dmls: standard output cannot be written\n", stderr);
  } catch (const std::exception& why) {  // fmt reports a failed write this way
    std::fprintf(stderr, "dmls: %s\n", why.what());
  }
  return dmls::tools::kStorage;
}
