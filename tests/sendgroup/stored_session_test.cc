// Sessions that are kept in a store.

#include <dmls/group/error.h>
#include <dmls/storage/key.h>

#include <functional>
#include <random>

#include "store_support.h"
#include "support/vectors.h"

namespace dmls::sendgroup {
namespace {

constexpr std::size_t kMembers = 4;

constexpr LeafKeys kLeafKeys[] = {LeafKeys::psk_only, LeafKeys::update_proposal, LeafKeys::detached_leaf};

MemberOptions in(std::shared_ptr<storage::Store> store) {
  MemberOptions options;
  options.store = std::move(store);
  return options;
}

void reload(Member& member) {
  auto loaded = load_session(member.config);
  ASSERT_TRUE(loaded) << member.name << ": " << loaded.error().rule;
  member.session = *std::move(loaded);
}

// What can be seen of a session.
struct Sight {
  Bytes universe, group;
  std::vector<EpochName> heads;
  std::vector<Wanted> missing;
  std::vector<Bytes> lost;
  std::vector<Bytes> authenticators;
  std::vector<std::vector<Bytes>> members;
  std::vector<EpochName> imports;
  std::vector<Bytes> additions, removals;
  std::vector<std::uint64_t> acks;
  std::vector<std::vector<Bytes>> served;
  std::size_t ledger, postponed, octets, blocked;
  bool operator==(const Sight&) const = default;

  static Sight of(const Session& s) {
    const auto numbers = s.statistics();
    const auto pending = s.pending();
    Sight out{s.universe_id(),
              s.group_id(),
              s.heads(),
              s.missing(),
              s.lost(),
              {},
              {},
              pending.imports,
              pending.additions,
              pending.removals,
              {},
              {},
              numbers.ledger,
              numbers.postponed_messages,
              numbers.postponed_octets,
              numbers.blocked_commits};
    for (const EpochName& head : out.heads) {
      out.authenticators.push_back(to_bytes(s.epoch_authenticator(head.group_id)->expose()));
      out.members.push_back(s.members(head.group_id));
      for (const EpochName& other : out.heads)
        out.acks.push_back(s.imported(s.owner_of(head.group_id), other.group_id));
      for (std::uint64_t epoch = 0; epoch <= head.epoch + 1; ++epoch)
        out.served.push_back(s.serve({head.group_id, epoch}));
    }
    return out;
  }
};

// In what the first of these differences lies.
std::string difference(const Sight& a, const Sight& b) {
  if (a.universe != b.universe || a.group != b.group) return "names";
  if (a.heads != b.heads) return "heads";
  if (a.missing != b.missing) return "missing";
  if (a.lost != b.lost) return "lost";
  if (a.authenticators != b.authenticators) return "authenticators";
  if (a.members != b.members) return "members";
  if (a.imports != b.imports) return "imports";
  if (a.additions != b.additions || a.removals != b.removals) return "additions, removals";
  if (a.acks != b.acks) return "acknowledgements";
  if (a.served != b.served) return "served";
  if (a.ledger != b.ledger) return "ledger";
  if (a.postponed != b.postponed || a.octets != b.octets) return "postponed";
  return a.blocked == b.blocked ? "" : "blocked";
}

// Members who say and do things at random; each step is one call on one session.
class Play {
 public:
  Play(std::uint64_t seed, bool is_stored) : dice_(seed) {
    for (std::size_t i = 0; i < kMembers; ++i) {
      stores_.push_back(std::make_shared<UnreliableStore>());
      MemberOptions options = in(is_stored ? stores_.back() : nullptr);
      options.detached_leaves = true;
      members_.push_back(Member::create(Mesh::name_of(i), seed * 1000 + i, options));
    }
  }
  // Called around every step: (who, the step).
  using Around = std::function<void(Play&, std::size_t, const std::function<Result<void>()>&)>;

  void run(std::size_t steps, const UniverseParameters& parameters, const Around& around) {
    around_ = &around;
    std::vector<Bytes> packages(kMembers - 1);
    for (std::size_t i = 1; i < kMembers; ++i)
      perform(i, [&]() -> Result<void> {
        DMLS_TRY(packages[i - 1], members_[i].session.new_key_package());
        return {};
      });
    send(0, [&] { return members_[0].session.open_universe(packages, parameters); });
    while (steps > 0 && !testing::Test::HasFailure()) {
      const std::size_t who = below(kMembers);
      Session& session = members_[who].session;
      if (session.group_id().empty() || below(3) != 0) {
        deliver(who);
        continue;
      }
      --steps;
      const std::size_t what = below(5);
      if (what == 0) send(who, [&] { return members_[who].session.update(); });
      if (what == 1) send(who, [&] { return members_[who].session.commit(CommitKind::full); });
      if (what == 2) send(who, [&] { return members_[who].session.commit(CommitKind::partial); });
      if (what >= 3)
        perform(who, [&]() -> Result<void> {
          DMLS_TRY(const auto messages, members_[who].session.protect(as_bytes("words")));
          post(who, messages);
          return {};
        });
    }
    for (std::size_t who = 0; !mail_.empty() && !testing::Test::HasFailure(); who = (who + 1) % kMembers) deliver(who);
  }
  Member& operator[](std::size_t i) { return members_[i]; }
  UnreliableStore& store(std::size_t i) { return *stores_[i]; }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice_); }
  void perform(std::size_t who, const std::function<Result<void>()>& step) { (*around_)(*this, who, step); }
  void post(std::size_t from, const std::vector<Bytes>& messages) {
    for (std::size_t to = 0; to < kMembers; ++to)
      if (to != from)
        for (const Bytes& message : messages) mail_.emplace_back(to, message);
  }
  void send(std::size_t who, const std::function<Result<Outgoing>()>& make) {
    perform(who, [&]() -> Result<void> {
      auto made = make();
      if (!made && made.error().code == errc::kNothingToCommit) return {};
      if (!made) return fail(made.error());
      post(who, made->messages());
      return {};
    });
  }
  // Any message that is on its way to `who`, in no order.
  void deliver(std::size_t who) {
    std::vector<std::size_t> due;
    for (std::size_t i = 0; i < mail_.size(); ++i)
      if (mail_[i].first == who) due.push_back(i);
    if (due.empty()) return;
    const std::size_t at = due[below(std::min<std::size_t>(due.size(), 3))];
    const Bytes message = mail_[at].second;
    mail_.erase(mail_.begin() + static_cast<std::ptrdiff_t>(at));
    perform(who, [&]() -> Result<void> {
      DMLS_TRY(auto events, members_[who].session.unprotect(message));
      for (auto& event : events) members_[who].events.push_back(std::move(event));
      return {};
    });
    if (members_[who].session.group_id().empty() && !members_[who].session.universe_id().empty())
      send(who, [&] { return members_[who].session.open_send_group(); });
  }

  std::mt19937_64 dice_;
  std::vector<std::shared_ptr<UnreliableStore>> stores_;
  std::vector<Member> members_;
  std::vector<std::pair<std::size_t, Bytes>> mail_;
  const Around* around_ = nullptr;
};

// Everything that was seen after each step.
std::vector<Sight> sights(std::uint64_t seed, bool is_stored, const UniverseParameters& parameters) {
  std::vector<Sight> out;
  Play play(seed, is_stored);
  play.run(20, parameters, [&](Play& p, std::size_t who, const auto& step) {
    const auto done = step();
    ASSERT_TRUE(done) << done.error().rule;
    if (is_stored) reload(p[who]);
    out.push_back(Sight::of(p[who].session));
  });
  return out;
}

TEST(StoredSession, ReloadedAfterEveryStepEqualsOneThatNeverWas) {
  for (int i = 0; i < test::property_runs(200, 6) && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    const UniverseParameters parameters{.leaf_keys = kLeafKeys[i % 3]};
    const auto seed = static_cast<std::uint64_t>(i) + 1;
    const auto plain = sights(seed, false, parameters);
    const auto stored = sights(seed, true, parameters);
    for (std::size_t step = 0; step < std::min(plain.size(), stored.size()); ++step)
      ASSERT_EQ(difference(plain[step], stored[step]), "") << "step " << step;
    ASSERT_EQ(plain.size(), stored.size());
    EXPECT_GT(plain.size(), 60u);
  }
}

TEST(StoredSession, AStepIsOneBatchAndIfTheStoreRefusesNothingHasHappened) {
  std::size_t refusals = 0;
  for (int i = 0; i < test::property_runs(100, 4) && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    Play play(static_cast<std::uint64_t>(i) + 500, true);
    play.run(20, {.leaf_keys = kLeafKeys[i % 3]}, [&](Play& p, std::size_t who, const auto& step) {
      const auto content = p.store(who).content();
      const auto before = Sight::of(p[who].session);
      const std::size_t writes = p.store(who).writes;
      p.store(who).fails = true;
      const auto refused = step();
      p.store(who).fails = false;
      ASSERT_EQ(p.store(who).content(), content);
      ASSERT_LE(p.store(who).writes, writes + 1);
      if (p.store(who).writes == writes) return;  // it has changed nothing, and is done
      ++refusals;
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, storage::errc::kWriteFailed);
      ASSERT_TRUE(Sight::of(p[who].session) == before);
      const auto done = step();
      ASSERT_TRUE(done) << done.error().rule;
      ASSERT_EQ(p.store(who).writes, writes + 2);
    });
    for (std::size_t a = 0; a < kMembers; ++a)
      for (std::size_t b = 0; b < kMembers; ++b)
        EXPECT_EQ(play[a].session.epoch(play[b].group()), play[b].session.epoch(play[b].group()));
  }
  EXPECT_GT(refusals, 100u);
}

TEST(StoredSession, WhatWasWipedIsInNoRecord) {
  const auto store = std::make_shared<UnreliableStore>();
  Mesh mesh;
  for (std::size_t i = 0; i < 3; ++i)
    mesh.members.push_back(Member::create(Mesh::name_of(i), 7000 + i, i == 0 ? in(store) : MemberOptions{}));
  mesh.open_all();
  mesh.broadcast(1, mesh[1].session.update());
  const EpochName updated{mesh[1].group(), *mesh[1].session.epoch(mesh[1].group())};
  // The PSK, from the exporter of a member; it stands in a record as long as somebody may import it.
  const auto records_before = store->content();
  std::size_t with_psk = 0;
  Bytes psk;
  for (const auto& [key, value] : records_before) {
    const auto parts = *storage::components(key);
    if (parts.size() < 3 || parts[2].size() != 1 || parts[2][0] != 'p') continue;
    ++with_psk;
    if (std::search(value.begin(), value.end(), updated.group_id.begin(), updated.group_id.end()) == value.end())
      continue;
    // version, group id, epoch, then the PSK with its length
    const std::size_t at = 2 + 1 + updated.group_id.size() + 8 + 1;
    psk.assign(value.begin() + static_cast<std::ptrdiff_t>(at), value.begin() + static_cast<std::ptrdiff_t>(at) + 32);
  }
  ASSERT_GT(with_psk, 0u);
  ASSERT_EQ(psk.size(), 32u);
  ASSERT_TRUE(store->holds(psk));
  // The authenticator stands for the secrets of an epoch; exporter and private keys lie beside it.
  mesh.broadcast(0, mesh[0].session.commit(CommitKind::full));
  mesh.broadcast(2, mesh[2].session.commit(CommitKind::full));
  EXPECT_FALSE(store->holds(psk));
  EXPECT_EQ(mesh[0].session.imported(mesh[0].id(), updated.group_id), updated.epoch);

  const Bytes own_epoch = to_bytes(mesh[0].session.epoch_authenticator(mesh[0].group())->expose());
  const Bytes followed = to_bytes(mesh[0].session.epoch_authenticator(mesh[2].group())->expose());
  ASSERT_TRUE(store->holds(own_epoch));
  ASSERT_TRUE(store->holds(followed));
  mesh.broadcast(0, mesh[0].session.update());
  EXPECT_FALSE(store->holds(own_epoch));
  mesh.broadcast(2, mesh[2].session.update());
  EXPECT_FALSE(store->holds(followed));
}

TEST(StoredSession, AStepWritesWhatItChanges) {
  // The octets of a message sent, a message read, and an import, with few and with many members.
  const auto octets = [](std::size_t count) {
    const auto store = std::make_shared<UnreliableStore>();
    Mesh mesh;
    for (std::size_t i = 0; i < count; ++i)
      mesh.members.push_back(Member::create(Mesh::name_of(i), 9000 + i, i == 0 ? in(store) : MemberOptions{}));
    mesh.open_all();
    std::vector<std::size_t> out;
    const auto words = *mesh[0].session.protect(as_bytes("words"));
    out.push_back(store->last_octets);
    const auto heard = *mesh[1].session.protect(as_bytes("words"));
    mesh[0].take(heard[0]);
    out.push_back(store->last_octets);
    const auto update = *mesh[1].session.update();
    mesh[0].take(update.commit);
    out.push_back(store->last_octets - update.commit.size());
    const auto import = *mesh[0].session.commit(CommitKind::partial);
    out.push_back(store->last_octets - import.commit.size());
    return out;
  };
  const auto few = octets(4);
  const auto many = octets(32);
  for (std::size_t i = 0; i < few.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_LT(many[i], 2 * few[i] + 1500) << few[i];  // eight times as many: three levels more
    RecordProperty("few_" + std::to_string(i), std::to_string(few[i]));
    RecordProperty("many_" + std::to_string(i), std::to_string(many[i]));
  }
}

TEST(StoredSession, SessionsAreNamedListedAndForgotten) {
  const auto store = std::make_shared<UnreliableStore>();
  Member member = Member::create("somebody", 11, in(store));
  SessionConfig other = member.config;
  other.name = text("another");
  auto second = Session::create(other);
  ASSERT_TRUE(second) << second.error().rule;
  EXPECT_EQ(stored_sessions(*store)->size(), 2u);
  EXPECT_EQ(Session::create(other).error().code, dmls::errc::kMisuse);
  other.name = text("unknown");
  EXPECT_EQ(load_session(other).error().code, dmls::errc::kMisuse);

  // A second object of one session takes over; the first one does nothing any more.
  auto again = load_session(member.config);
  ASSERT_TRUE(again);
  EXPECT_EQ(member.session.new_key_package().error().code, group::errc::kStale);
  EXPECT_EQ(member.session.new_key_package().error().code, group::errc::kStale);
  ASSERT_TRUE(again->new_key_package());
  ASSERT_TRUE(forget_session(*member.clients[0]));
  EXPECT_EQ(again->new_key_package().error().code, group::errc::kStale);
  EXPECT_EQ(*stored_sessions(*store), std::vector<Bytes>{text("another")});
  ASSERT_TRUE(forget_session(*member.clients[0], text("another")));
  EXPECT_EQ(store->memory.size(), 0u);
}

TEST(StoredSession, ARecordOfAnotherVersionIsRefused) {
  const auto store = std::make_shared<UnreliableStore>();
  Member member = Member::create("somebody", 12, in(store));
  ASSERT_TRUE(member.session.new_key_package());
  for (const auto& [key, value] : store->content()) {
    Bytes changed = value;
    changed[1] = 2;
    storage::Batch batch;
    batch.put(key, SecretBytes(BytesView(changed)));
    ASSERT_TRUE(store->write(batch));
    EXPECT_EQ(load_session(member.config).error().code, storage::errc::kUnknownFormat);
    storage::Batch back;
    back.put(key, SecretBytes(BytesView(value)));
    ASSERT_TRUE(store->write(back));
  }
  EXPECT_TRUE(load_session(member.config));
}

}  // namespace
}  // namespace dmls::sendgroup
