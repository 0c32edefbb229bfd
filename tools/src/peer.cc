// `dmls peer`: a member that another program drives, one JSON object a line. docs/peer.md

#include <dmls/base/hex.h>
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "commands.h"
#include "nearest.h"
#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

std::vector<PeerOperation> all_operations() {
  std::vector<PeerOperation> all;
  for (const auto part : {client_operations(), outsider_operations(), group_operations(), commit_operations()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

const std::vector<PeerOperation>& operations() {
  static const std::vector<PeerOperation> all = all_operations();
  return all;
}

std::vector<std::string> argument_names(const char* arguments) {
  std::vector<std::string> names;
  std::istringstream words(arguments);
  for (std::string word; words >> word;) names.push_back(word.front() == '[' ? word.substr(1, word.size() - 2) : word);
  return names;
}

json hello() {
  json suites = json::array();
  for (const auto& row : crypto::registered_suites())
    if (crypto::CipherSuite::find(row.id)) suites.push_back(static_cast<std::uint16_t>(row.id));
  json names = json::array();
  for (const PeerOperation& operation : operations()) names.push_back(operation.name);
  return {{"protocol", "dmls-peer"},
          {"version", kPeerProtocolVersion},
          {"program", "dmls " DMLS_VERSION},
          {"suites", suites},
          {"operations", names}};
}

json failure(const char* kind, const std::string& what) { return {{"error", {{"kind", kind}, {"rule", what}}}}; }

json failure(const Error& error) {
  return {{"error",
           {{"kind", "refused"},
            {"code", fmt::format("{:#06x}", static_cast<std::uint16_t>(error.code))},
            {"rule", error.rule}}}};
}

json perform(PeerState& state, const Request& request) {
  const std::string name = request.text("op");
  if (name == "hello") return hello();
  std::vector<std::string> known;
  for (const PeerOperation& operation : operations()) {
    if (name != operation.name) {
      known.emplace_back(operation.name);
      continue;
    }
    request.allow_only(argument_names(operation.arguments));
    const Reply reply = operation.run(state, request);
    return reply ? *reply : failure(reply.error());
  }
  throw NotSupported{"no operation '" + name + "'; the nearest is '" + nearest(name, known) + "'"};
}

json answer(PeerState& state, const std::string& line) {
  json reply;
  const json request = json::parse(line, nullptr, /*allow_exceptions=*/false);
  try {
    if (request.is_discarded()) throw BadRequest{"not JSON"};
    reply = perform(state, Request(request));
  } catch (const BadRequest& why) {
    reply = failure("bad_request", why.what);
  } catch (const NotSupported& why) {
    reply = failure("unsupported", why.what);
  }
  reply["ok"] = !reply.contains("error");
  if (request.is_object() && request.contains("id")) reply["id"] = request["id"];
  return reply;
}

}  // namespace

std::string peer_help() {
  std::string text =
      "Reads one JSON object a line from standard input, and writes one a line to standard output, in order.\n"
      "Octets are hexadecimal, messages are MLSMessages. docs/peer.md describes the operations:\n\n";
  text.append(fmt::format("  {:<18}{}\n", "hello", "-> protocol version program suites operations"));
  for (const PeerOperation& operation : operations())
    text.append(fmt::format("  {:<18}{}{}{}\n", operation.name, operation.arguments,
                            *operation.reply == '\0' ? "" : "\n                    -> ", operation.reply));
  return text;
}

int run_peer(const Console&, const PeerOptions& options) {
  PeerState state;
  if (options.seed) state.random = std::make_shared<SeededRandom>(*options.seed);
  if (options.time) state.clock = std::make_shared<group::FixedClock>(*options.time);
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    fmt::print("{}\n", answer(state, line).dump(-1, ' ', false, json::error_handler_t::replace));
    if (std::fflush(stdout) != 0) return kPeer;
  }
  return kDone;
}

}  // namespace dmls::tools
