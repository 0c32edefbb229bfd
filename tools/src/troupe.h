#pragma once
// Processes that talk to this one over loopback sockets: a line of JSON is asked, a line of JSON is answered.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dmls::tools {

// What a process does: answers one question after the other. {"error": text} says that something failed.
class Role {
 public:
  virtual ~Role() = default;
  virtual nlohmann::json answer(const nlohmann::json& question) = 0;
};
using MakeRole = std::function<std::unique_ptr<Role>()>;

class Troupe {
 public:
  // kMisuse if no socket can be had.
  static Result<Troupe> create();
  Troupe(Troupe&&) noexcept;
  Troupe& operator=(Troupe&&) = delete;
  // Ends all processes, and waits for them.
  ~Troupe();

  // Starts a process that plays this role; it makes its role itself.
  Result<void> start(const std::string& name, const MakeRole&);
  // The answer, or an error; a process that takes longer than half a minute counts as lost.
  Result<nlohmann::json> ask(const std::string& name, const nlohmann::json& question);
  // kill -9: the process gets no say in it.
  Result<void> kill(const std::string& name);
  [[nodiscard]] pid_t process(const std::string& name) const;
  // What the last process that failed said.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  struct Actor {
    pid_t process = -1;
    int socket = -1;
    std::string unread;
  };
  Troupe(int listener, int port) : listener_(listener), port_(port) {}
  void end(Actor&);

  int listener_;
  int port_;
  std::map<std::string, Actor> actors_;
  std::string complaint_;
};

}  // namespace dmls::tools
