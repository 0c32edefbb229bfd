// Which of several siblings is preferred, by each rule. docs/vectors.md: `fork-choice`

#include <dmls/base/hex.h>
#include <dmls/fork/fork_choice.h>

#include <algorithm>
#include <numeric>

#include "families.h"

namespace dmls::vectors {
namespace {

using fork::Candidate;

bool authorised_remove(const Candidate& candidate) { return !candidate.changes.removed.empty(); }

std::vector<std::size_t> order_of(const crypto::CipherSuite& suite, const fork::ForkChoice& choice,
                                  const fork::NodeId& parent, const std::vector<Candidate>& candidates) {
  std::vector<std::size_t> out(candidates.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  std::sort(out.begin(), out.end(),
            [&](std::size_t a, std::size_t b) { return choice.prefers(suite, parent, candidates[a], candidates[b]); });
  return out;
}

Candidate make(Bytes commit, Bytes tag, std::uint32_t committer, bool external, bool removes) {
  Candidate out{fork::CommitHash(std::move(commit)), std::move(tag), {}};
  out.changes.committer.leaf = tree_math::LeafIndex(committer);
  if (external) out.changes.origin = group::CommitOrigin::joiner;
  if (removes) out.changes.removed.emplace_back();
  return out;
}

Result<Candidate> read(const Value& each, const crypto::CipherSuite& suite) {
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes commit, each.octets("commit", nh));
  DMLS_TRY(const Bytes tag, each.octets("confirmation_tag", nh));
  DMLS_TRY(const auto committer, each.integer<std::uint32_t>("committer"));
  DMLS_TRY(const auto origin, each.text("origin"));
  DMLS_TRY(const Value removes, each.at("authorised_remove"));
  DMLS_CHECK(each.require(origin == "member" || origin == "external", "origin", "member or external"));
  DMLS_CHECK(each.require(removes.json().is_boolean(), "authorised_remove", "true or false"));
  DMLS_CHECK(each.require(committer < std::uint32_t{1} << 31, "committer", "a leaf index"));
  return make(commit, tag, committer, origin == "external", removes.json().get<bool>());
}

Result<void> expect_order(const Value& vector, std::string_view field, const std::vector<std::size_t>& computed) {
  DMLS_TRY(const auto list, vector.list(field));
  DMLS_CHECK(vector.require(list.size() == computed.size(), field, "every candidate is listed"));
  for (std::size_t i = 0; i < list.size(); ++i) DMLS_CHECK(list[i].expect(std::uint64_t{computed[i]}));
  return {};
}

}  // namespace

Result<void> verify_fork_choice(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Bytes parent, vector.octets("parent", suite.hash_length()));
  DMLS_TRY(const auto list, vector.list("candidates"));
  std::vector<Candidate> candidates;
  for (const Value& each : list) {
    DMLS_TRY(auto candidate, read(each, suite));
    DMLS_CHECK(
        each.expect("ticket", fork::Ticket::ticket(suite, fork::NodeId(parent), candidate.changes.committer.leaf)));
    candidates.push_back(std::move(candidate));
  }
  DMLS_CHECK(expect_order(vector, "highest_confirmation_tag",
                          order_of(suite, fork::HighestConfirmationTag(), fork::NodeId(parent), candidates)));
  return expect_order(vector, "ticket_order", order_of(suite, fork::Ticket(), fork::NodeId(parent), candidates));
}

// Every class, a committer that appears twice, and tags that differ late.
Result<Json> generate_fork_choice(const Generation& generation) {
  const auto& suite = *generation.suite;
  Random& random = generation.random;
  const std::size_t nh = suite.hash_length();
  DMLS_TRY(const Bytes parent, random.bytes(nh));
  DMLS_TRY(const Bytes tag, random.bytes(nh));
  std::vector<Candidate> candidates;
  for (std::uint32_t i = 0; i < 9; ++i) {
    DMLS_TRY(Bytes commit, random.bytes(nh));
    Bytes own_tag = tag;
    if (i < 4) own_tag[nh - 1] = static_cast<std::uint8_t>(own_tag[nh - 1] + i);  // differ in the last octet
    if (i >= 4) {
      DMLS_TRY(own_tag, random.bytes(nh));
    }
    candidates.push_back(make(std::move(commit), std::move(own_tag), i == 5 ? 4 : i, i >= 7, i == 2 || i == 3));
  }
  Json list = Json::array();
  for (const Candidate& each : candidates) {
    const bool external = each.changes.origin != group::CommitOrigin::member;
    list.push_back(
        {{"commit", to_hex(each.commit.octets())},
         {"confirmation_tag", to_hex(each.confirmation_tag)},
         {"committer", each.changes.committer.leaf.value()},
         {"origin", external ? "external" : "member"},
         {"authorised_remove", authorised_remove(each)},
         {"ticket", to_hex(fork::Ticket::ticket(suite, fork::NodeId(parent), each.changes.committer.leaf))}});
  }
  const fork::NodeId name(parent);
  return Json::array({{{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                       {"parent", to_hex(parent)},
                       {"candidates", std::move(list)},
                       {"highest_confirmation_tag", order_of(suite, fork::HighestConfirmationTag(), name, candidates)},
                       {"ticket_order", order_of(suite, fork::Ticket(), name, candidates)}}});
}

}  // namespace dmls::vectors
