#pragma once
#include <dmls/fork/client.h>
#include <dmls/sim/federation.h>

#include <memory>
#include <optional>

#include "nonce_watch.h"
#include "server.h"
#include "topology.h"

namespace dmls::sim {

// What a client has sent and its server has not taken yet.
struct Outgoing {
  Entry entry;
  std::optional<fork::CommitHash> commit;  // an own commit that waits for a verdict
  std::optional<std::uint32_t> expels;     // the client that it removes
  bool joins = false;                      // an external commit
};

// A log entry on its way to a client.
struct Parcel {
  std::uint32_t due = 0;
  std::uint64_t id = 0;
  Bytes message;
};

struct Member {
  std::string name;
  std::uint32_t server = 0;
  bool online = true;
  group::ClientConfig config;
  fork::SessionOptions options;
  fork::Client client;
  std::optional<fork::Session> session = {};
  std::vector<Outgoing> outbox = {};
  std::vector<Parcel> inbox = {};
  std::optional<fork::ExternalJoin> rejoining = {};
  std::set<NodeId> deleted = {};           // epochs whose secrets it gave up
  std::set<Bytes, OctetOrder> texts = {};  // application messages read: each is unique
  std::vector<std::uint32_t> added = {};   // clients whose Welcome it holds back, by index
  std::uint32_t lost_for = 0;              // steps since it last held its server's head
};

class Federation {
 public:
  explicit Federation(const FederationOptions&);
  FederationResult run();

 private:
  // One step of everything.
  void step(bool quiet);
  void move_network();
  void restart(Member&);
  void gossip();
  void deliver();
  void submit();
  void act();
  void rejoin();
  void follow_heads();
  void judge(const Member&, const NodeId& head);
  void report_entry(const Member&, const NodeId& epoch);
  void check();

  void found();
  Member make_member(std::uint32_t server);
  void publish(std::uint32_t server, const Entry&);
  void receive(Member&, const Bytes& message);
  void handle(Member&, const fork::Event&);
  void invite(Member&, const fork::Invited&);
  void say(Member&);
  void commit(Member&, const group::CommitRequest&, std::optional<std::uint32_t> expels);
  bool decide(Member&, const Outgoing&);
  [[nodiscard]] std::uint32_t leader_of(std::uint32_t server) const;
  [[nodiscard]] bool retain(std::uint32_t server) const;
  [[nodiscard]] bool settled() const;
  [[nodiscard]] bool expelled(std::uint32_t client) const;
  std::size_t mark_of(const NodeId&, const NodeId* parent);
  void violation(std::string what);
  void finish();

  FederationOptions options_;
  Dice dice_;
  NonceWatch watch_;
  std::optional<crypto::CipherSuite> suite_;
  std::shared_ptr<Random> random_;
  std::shared_ptr<group::FixedClock> clock_ = std::make_shared<group::FixedClock>(1'800'000'000);
  Topology topology_;
  std::vector<Server> servers_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> split_at_;  // steps
  std::vector<std::uint32_t> heal_at_;
  std::map<std::uint32_t, std::uint32_t> server_back_;  // when an outage ends
  std::map<std::uint32_t, std::uint32_t> client_back_;
  std::map<NodeId, Bytes> authenticators_;
  std::map<NodeId, std::size_t> marks_;
  std::map<NodeId, std::uint32_t> committer_server_;
  std::map<std::uint64_t, std::uint32_t> expelled_by_;  // entry, client
  struct HeadSince {
    NodeId head;
    std::uint32_t step = 0;
  };
  std::vector<HeadSince> head_since_;  // by server
  std::vector<std::uint32_t> joined_;  // clients that were added in the run
  std::uint64_t next_id_ = 1;
  std::uint64_t next_text_ = 1;
  std::uint32_t now_ = 0;
  FederationResult result_;
};

}  // namespace dmls::sim
