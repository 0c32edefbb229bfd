#pragma once
// The demonstration is a play in acts; each has a troupe of processes of its own.

#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "commands.h"
#include "troupe.h"

namespace dmls::tools {

// Writes down what happens, for people and for programs.
class Narrator {
 public:
  explicit Narrator(const Console& console) : console_(console) {}
  void act(std::string_view title);
  // Something happened, and everybody has heard of it; `octets` 0: nothing was sent. The time since the last line is
  // told with it.
  void tell(std::string_view who, std::string_view what, std::size_t octets = 0);
  // Whether all hold the same; `what` is shared, e.g. "epoch 3".
  bool agree(std::string_view what, const std::vector<std::string>& authenticators);
  void finish(bool done, const std::string& complaint);

 private:
  using Clock = std::chrono::steady_clock;
  const Console& console_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  nlohmann::json steps_ = nlohmann::json::array();
  nlohmann::json agreements_ = nlohmann::json::array();
};

// What the roles of an act are made from.
struct Stage {
  crypto::CipherSuite suite;
  std::optional<std::uint64_t> seed;
  std::string folder;  // theirs, and empty at first
};

// Each returns whether every check held; an error says that the act broke off, and `complaint` why.
Result<bool> play_group(Narrator&, const Stage&, std::string& complaint);     // demo_group.cc
Result<bool> play_universe(Narrator&, const Stage&, std::string& complaint);  // demo_universe.cc

// A source for one process: from the seed, the name, and how often the process was started.
std::shared_ptr<Random> random_of(const Stage&, std::string_view name, int start);
std::string hex_of(BytesView octets);
Result<Bytes> octets_of(const nlohmann::json& question, const char* name);

}  // namespace dmls::tools
