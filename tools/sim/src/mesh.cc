#include <dmls/base/random.h>
#include <dmls/sendgroup/session.h>
#include <dmls/sim/mesh.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace dmls::sim {
namespace {

using sendgroup::CommitKind;
using sendgroup::EpochName;
using sendgroup::Events;
using sendgroup::Outgoing;
using sendgroup::Session;

// A source that can be exchanged: what happens after the theft is unknown to the thief.
class Source final : public Random {
 public:
  explicit Source(std::uint64_t seed) : stream_(seed) {}
  Result<void> fill(std::span<std::uint8_t> out) override { return stream_.fill(out); }
  void reseed(std::uint64_t seed) { stream_ = SeededRandom(seed); }

 private:
  SeededRandom stream_;
};

struct Node {
  std::shared_ptr<Source> random;
  Session session;
};

Node make_node(const MeshOptions& options, std::size_t index) {
  const auto suite = options.provider != nullptr ? *crypto::CipherSuite::find(options.suite, *options.provider)
                                                 : *crypto::CipherSuite::find(options.suite);
  auto random = std::make_shared<Source>(options.seed * 100'003 + index);
  auto pair = *crypto::generate_signature_key_pair(suite, *random);
  group::ClientConfig client{suite, treekem::BasicCredential{to_bytes(as_bytes("member " + std::to_string(index)))},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::AcceptEverything>()};
  client.random = random;
  client.clock = std::make_shared<group::FixedClock>(1'750'000'000);
  sendgroup::SessionConfig config;
  config.clients.push_back(std::make_shared<const group::ClientConfig>(std::move(client)));
  config.updates = {.incorporate = sendgroup::Incorporate::never, .self_update_seconds = 0};
  return {std::move(random), *Session::create(std::move(config))};
}

// Everybody with an open Send Group, all Welcomes delivered: the state that a thief may copy.
std::vector<Node> open_universe(const MeshOptions& options, MeshTraffic* traffic,
                                std::vector<std::string>& violations) {
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < options.members; ++i) nodes.push_back(make_node(options, i));
  const auto broadcast = [&](std::size_t from, const Result<Outgoing>& made) {
    if (!made) return violations.push_back(made.error().rule);
    for (const Bytes& message : made->messages()) {
      if (traffic != nullptr) {
        traffic->broadcasts += 1;
        traffic->octets_sent += message.size();
        traffic->deliveries += options.members - 1;
        traffic->octets_delivered += message.size() * (options.members - 1);
      }
      for (std::size_t to = 0; to < nodes.size(); ++to) {
        if (to == from) continue;
        const auto got = nodes[to].session.unprotect(message);
        if (!got) violations.push_back(got.error().rule);
      }
    }
  };
  std::vector<Bytes> packages;
  for (std::size_t i = 1; i < nodes.size(); ++i) packages.push_back(*nodes[i].session.new_key_package());
  broadcast(0, nodes[0].session.open_universe(packages));
  for (std::size_t i = 1; i < nodes.size(); ++i) broadcast(i, nodes[i].session.open_send_group());
  return nodes;
}

class Simulation {
 public:
  explicit Simulation(const MeshOptions& options)
      : dice_(options.seed), queues_(options.members, std::vector<std::deque<Letter>>(options.members)) {
    result_.options = options;
    if (result_.options.batch == 0) result_.options.batch = options.members - 1;
  }

  MeshResult run() {
    const auto& options = result_.options;
    const std::clock_t begin = std::clock();
    nodes_ = open_universe(options, &result_.opening, result_.violations);
    result_.seconds_opening = double(std::clock() - begin) / CLOCKS_PER_SEC;
    if (!result_.violations.empty()) return result_;
    if (options.attack) steal();
    for (std::size_t i = 0; i < nodes_.size(); ++i) note_epoch(i);

    const std::clock_t opened = std::clock();
    live();
    heal();
    result_.seconds_running = double(std::clock() - opened) / CLOCKS_PER_SEC;
    judge();
    return std::move(result_);
  }

 private:
  struct Letter {
    std::shared_ptr<const Bytes> message;
    bool handshake;
  };

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice_); }
  bool chance(double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(dice_) < p; }

  // The thief's copy is the same member in a second world from the same seed. (A theft at the beginning: the copy has
  // seen all that the member has.) From here on the worlds draw different randomness.
  void steal() {
    std::vector<std::string> ignored;
    auto twins = open_universe(result_.options, nullptr, ignored);
    thief_.emplace(std::move(twins[kVictim]));
    for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_[i].random->reseed(~(result_.options.seed * 7919 + i));
  }

  // ---- the run

  void live() {
    const auto& options = result_.options;
    std::vector<std::size_t> turns;  // who acts: updates, and a message after each
    for (std::size_t round = 0; round < options.updates; ++round)
      for (std::size_t i = 0; i < nodes_.size(); ++i) turns.push_back(i);
    std::shuffle(turns.begin(), turns.end(), dice_);
    std::vector<std::size_t> everybody(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) everybody[i] = i;
    std::shuffle(everybody.begin(), everybody.end(), dice_);
    const std::set<std::size_t> away(everybody.begin(),
                                     everybody.begin() + std::ptrdiff_t(std::min(options.offline, nodes_.size())));
    for (std::size_t turn = 0; turn < turns.size(); ++turn) {
      const bool split = turn >= turns.size() / 3 && turn < 2 * turns.size() / 3;
      offline_ = split ? away : std::set<std::size_t>{};
      const std::size_t who = turns[turn];
      send(who, nodes_[who].session.update());
      say(who);
      for (std::size_t i = 0; i < nodes_.size() * 2; ++i) deliver_some();
      commit_batches(options.batch);
    }
    offline_.clear();
  }

  // Everything is delivered or served again, imports are made, until nothing is left to do.
  void heal() {
    for (bool some = true; some;) {
      some = drain();
      some = repair() || some;
      if (!some) some = commit_batches(1);
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) say(i);
    while (drain() || repair()) continue;
  }

  bool commit_batches(std::size_t enough) {
    bool some = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (offline_.contains(i) || nodes_[i].session.pending().imports.size() < enough) continue;
      send(i, nodes_[i].session.commit(CommitKind::partial));
      some = true;
    }
    return some;
  }

  void send(std::size_t from, Result<Outgoing> made) {
    if (!made) return violated(made.error().rule);
    for (const Bytes& message : made->messages()) post(from, message, true);
    note_epoch(from);
  }
  void say(std::size_t from) {
    const auto sent = nodes_[from].session.protect(as_bytes("message " + std::to_string(said_.size())));
    if (!sent) return violated(sent.error().rule);
    said_.push_back(result_.steps);
    for (const Bytes& message : *sent) post(from, message, false);
  }
  void post(std::size_t from, const Bytes& octets, bool handshake) {
    MeshTraffic& traffic = handshake ? result_.handshake : result_.talk;
    traffic.broadcasts += 1;
    traffic.octets_sent += octets.size();
    const auto message = std::make_shared<const Bytes>(octets);
    for (std::size_t to = 0; to < nodes_.size(); ++to)
      if (to != from) queues_[from][to].push_back({message, handshake});
    ++result_.steps;
    if (thief_) overhear(octets);
  }

  // ---- the network

  void deliver_some() {
    const std::size_t from = below(nodes_.size());
    const std::size_t to = below(nodes_.size());
    if (offline_.contains(from) || offline_.contains(to)) return;
    deliver(from, to);
  }
  bool deliver(std::size_t from, std::size_t to) {
    auto& queue = queues_[from][to];
    if (queue.empty()) return false;
    const std::size_t at = queue.size() > 1 && chance(result_.options.reorder) ? 1 + below(queue.size() - 1) : 0;
    const Letter letter = queue[at];
    queue.erase(queue.begin() + std::ptrdiff_t(at));
    ++result_.steps;
    if (chance(result_.options.loss)) {
      ++result_.lost;
      return true;
    }
    receive(to, *letter.message, letter.handshake);
    return true;
  }
  bool drain() {
    bool some = false;
    for (std::size_t from = 0; from < nodes_.size(); ++from)
      for (std::size_t to = 0; to < nodes_.size(); ++to)
        while (deliver(from, to)) some = true;
    return some;
  }
  // Everybody compares heads with a few peers, and asks them for what it lacks.
  bool repair() {
    bool some = false;
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
      for (std::size_t from = 0; from < nodes_.size(); ++from) {
        if (from == to) continue;
        for (const auto& wanted : nodes_[to].session.lacking(nodes_[from].session.heads())) {
          for (const Bytes& message : nodes_[from].session.serve(wanted)) {
            ++result_.served;
            ++result_.steps;
            receive(to, message, true);
            some = true;
          }
        }
      }
    }
    return some;
  }

  void receive(std::size_t to, const Bytes& message, bool handshake) {
    MeshTraffic& traffic = handshake ? result_.handshake : result_.talk;
    traffic.deliveries += 1;
    traffic.octets_delivered += message.size();
    const auto got = nodes_[to].session.unprotect(message);
    if (!got) return violated(got.error().rule);
    for (const auto& event : *got) check(to, event);
    const auto statistics = nodes_[to].session.statistics();
    result_.most_postponed = std::max(result_.most_postponed, statistics.postponed_messages);
    result_.most_psks = std::max(result_.most_psks, statistics.ledger);
  }

  // ---- what has to hold

  void violated(const std::string& what) {
    if (result_.violations.size() < 100) result_.violations.push_back(what);
  }

  std::size_t owner_of(const Bytes& group_id) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].session.group_id() == group_id) return i;
    return nodes_.size();
  }

  // After every step: whoever enters an epoch holds its owner's authenticator.
  void check(std::size_t to, const sendgroup::Event& event) {
    if (const auto* advanced = std::get_if<sendgroup::Advanced>(&event)) {
      const auto recorded = authenticators_.find(advanced->epoch);
      const auto* held = nodes_[to].session.epoch_authenticator(advanced->epoch.group_id);
      const auto epoch = nodes_[to].session.epoch(advanced->epoch.group_id);
      if (recorded == authenticators_.end() || held == nullptr)
        return violated("an epoch that its owner never started");
      // One message may release several epochs: the latest is compared, the others were compared by their tags.
      if (epoch == advanced->epoch.epoch && to_bytes(held->expose()) != recorded->second)
        violated("a member holds another authenticator than the owner of the Send Group");
      learn_imports(advanced->epoch, advanced->imports);
    } else if (std::holds_alternative<sendgroup::Rejected>(event)) {
      violated(std::get<sendgroup::Rejected>(event).error.rule);
    } else if (std::holds_alternative<sendgroup::Equivocation>(event)) {
      violated("an equivocation that never was");
    } else if (std::holds_alternative<sendgroup::NeedsResync>(event)) {
      violated("a group cannot be followed any more");
    }
  }

  void note_epoch(std::size_t owner) {
    const auto& session = nodes_[owner].session;
    const EpochName name{session.group_id(), *session.epoch(session.group_id())};
    authenticators_[name] = to_bytes(session.epoch_authenticator(name.group_id)->expose());
    node_of_[name] = result_.epochs.size();
    result_.epochs.push_back({owner, name.epoch, false, {}});  // judge() and followers tell the rest
  }
  // The first follower tells what a commit did: its owner needs no event for that.
  void learn_imports(const EpochName& name, const std::vector<EpochName>& imports) {
    auto& epoch = result_.epochs[node_of_[name]];
    if (!epoch.imports.empty()) return;
    for (const auto& import : imports) epoch.imports.emplace_back(owner_of(import.group_id), import.epoch);
  }

  void judge() {
    for (const auto& owner : nodes_) {
      const Bytes id = owner.session.group_id();
      for (const auto& reader : nodes_) {
        const auto* held = reader.session.epoch_authenticator(id);
        if (held == nullptr || !(*held == *owner.session.epoch_authenticator(id)))
          violated("after everything was healed, two members disagree about a Send Group");
      }
      result_.deferrals += owner.session.statistics().deferrals;
      if (!owner.session.missing().empty()) violated("after everything was healed, something is missing");
      if (owner.session.statistics().ledger != 0 && result_.options.updates > 0)
        violated("after everybody has imported everything, exported PSKs are still held");
    }
    std::size_t waits = 0;
    for (auto& epoch : result_.epochs) {
      epoch.fresh = epoch.epoch == 1 || epoch.imports.empty();
      if (epoch.epoch != 1) (epoch.fresh ? result_.updates : result_.imports) += 1;
      result_.edges += epoch.imports.size();
      waits += epoch.imports.size() * (nodes_.size() - 1);
    }
    if (result_.deferrals > waits) violated("more deferrals than edges of the dependency graph");
    if (thief_ && read_at_) {
      result_.healed_after = *read_at_;
      for (const std::size_t step : said_) result_.unread_by_thief += step > *read_at_ ? 1 : 0;
    }
  }

  // ---- the thief

  // It hears every broadcast at once and in order: the best that it can hope for.
  void overhear(const Bytes& message) {
    const auto got = thief_->session.unprotect(message);
    if (!got) return;
    for (const auto& event : *got) {
      if (!std::holds_alternative<sendgroup::ApplicationMessage>(event)) continue;
      ++result_.read_by_thief;
      read_at_ = result_.steps;
    }
  }

  static constexpr std::size_t kVictim = 1;
  std::mt19937_64 dice_;
  MeshResult result_;
  std::vector<Node> nodes_;
  std::vector<std::vector<std::deque<Letter>>> queues_;  // from, to
  std::set<std::size_t> offline_;
  std::map<EpochName, Bytes> authenticators_;
  std::map<EpochName, std::size_t> node_of_;
  std::vector<std::size_t> said_;  // the step of every message
  std::optional<Node> thief_;
  std::optional<std::size_t> read_at_;
};

}  // namespace

MeshResult simulate_mesh(const MeshOptions& options) { return Simulation(options).run(); }

}  // namespace dmls::sim
