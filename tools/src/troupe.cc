#include "troupe.h"

#include <arpa/inet.h>
#include <dmls/base/error.h>
#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <utility>

namespace dmls::tools {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void be_prompt(int socket) {
  const int on = 1;
  const timeval patience{30, 0};
  (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

bool send_line(int socket, std::string line) {
  line += '\n';
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t n = ::send(socket, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

bool read_line(int socket, std::string& unread, std::string& line) {
  for (;;) {
    if (const auto end = unread.find('\n'); end != std::string::npos) {
      line = unread.substr(0, end);
      unread.erase(0, end + 1);
      return true;
    }
    char block[4096];
    const ssize_t n = ::recv(socket, block, sizeof block, 0);
    if (n <= 0) return false;
    unread.append(block, static_cast<std::size_t>(n));
  }
}

// The life of a process: it connects, says the word that its parent gave it, and answers until nobody asks.
[[noreturn]] void live(int port, const std::string& word, const MakeRole& make) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) _exit(4);
  be_prompt(socket);
  const timeval for_ever{0, 0};
  (void)setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof for_ever);
  if (!send_line(socket, word)) _exit(4);
  const auto role = make();
  std::string unread, line;
  while (read_line(socket, unread, line)) {
    const auto question = nlohmann::json::parse(line, nullptr, false);
    if (!question.is_object() || !send_line(socket, role->answer(question).dump())) break;
  }
  _exit(0);
}

}  // namespace

Result<Troupe> Troupe::create() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return fail(errc::kMisuse, "no socket can be had");
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const timeval patience{30, 0};
  (void)setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 8) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    ::close(listener);
    return fail(errc::kMisuse, "no loopback socket can be had");
  }
  return Troupe(listener, ntohs(address.sin_port));
}

Troupe::Troupe(Troupe&& other) noexcept
    : listener_(std::exchange(other.listener_, -1)),
      port_(other.port_),
      actors_(std::exchange(other.actors_, {})),
      complaint_(std::move(other.complaint_)) {}

Troupe::~Troupe() {
  for (auto& [name, actor] : actors_) end(actor);
  if (listener_ >= 0) ::close(listener_);
}

void Troupe::end(Actor& actor) {
  if (actor.socket >= 0) ::close(std::exchange(actor.socket, -1));
  if (actor.process <= 0) return;
  ::kill(actor.process, SIGKILL);
  ::waitpid(std::exchange(actor.process, -1), nullptr, 0);
}

Result<void> Troupe::start(const std::string& name, const MakeRole& make) {
  SystemRandom random;
  DMLS_TRY(const Bytes drawn, random.bytes(16));
  const std::string word = to_hex(drawn);
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process < 0) return fail(errc::kMisuse, "no process can be started");
  if (process == 0) {
    ::close(listener_);
    for (const auto& [other, actor] : actors_)
      if (actor.socket >= 0) ::close(actor.socket);
    live(port_, word, make);
  }
  Actor actor{process, -1, {}};
  // Who does not know the word is a stranger.
  for (int strangers = 0; strangers < 16; ++strangers) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) break;
    be_prompt(socket);
    std::string line;
    actor.unread.clear();
    if (read_line(socket, actor.unread, line) && line == word) {
      actor.socket = socket;
      break;
    }
    ::close(socket);
  }
  if (actor.socket < 0) {
    end(actor);
    return fail(errc::kMisuse, "a process did not call back");
  }
  actors_[name] = std::move(actor);
  return {};
}

Result<nlohmann::json> Troupe::ask(const std::string& name, const nlohmann::json& question) {
  Actor& actor = actors_.at(name);
  std::string line;
  if (actor.socket < 0 || !send_line(actor.socket, question.dump()) || !read_line(actor.socket, actor.unread, line)) {
    complaint_ = name + " does not answer";
    return fail(errc::kMisuse, "a process does not answer");
  }
  auto answer = nlohmann::json::parse(line, nullptr, false);
  if (!answer.is_object() || answer.contains("error")) {
    complaint_ = name + ", asked to " + question.value("do", "?") + ": " + answer.value("error", "no answer");
    return fail(errc::kMisuse, "a process could not do what it was asked to");
  }
  return answer;
}

Result<void> Troupe::kill(const std::string& name) {
  end(actors_.at(name));
  return {};
}

pid_t Troupe::process(const std::string& name) const { return actors_.at(name).process; }

}  // namespace dmls::tools
