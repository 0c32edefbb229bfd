// `dmls peer`: docs/peer.md

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "program.h"

namespace dmls::tools::test {
namespace {

using nlohmann::json;

std::vector<json> replies(const std::string& text) {
  std::vector<json> list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    list.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return list;
}

// A conversation that grows by a request at a time. The program is started anew for each; seed and time make it say
// the same as before.
class Conversation {
 public:
  json ask(const json& request) {
    requests_.append(request.dump()).append("\n");
    ++count_;
    const Finished run = dmls({"peer", "--seed", "5", "--time", "1790000000"}, requests_);
    EXPECT_EQ(run.status, 0) << run.err;
    const auto all = replies(run.out);
    EXPECT_EQ(all.size(), count_);
    return all.empty() ? json() : all.back();
  }

 private:
  std::string requests_;
  std::size_t count_ = 0;
};

TEST(Peer, SaysWhichProtocolItSpeaks) {
  const json hello = Conversation().ask({{"op", "hello"}, {"id", 7}});
  EXPECT_EQ(hello["protocol"], "dmls-peer");
  EXPECT_EQ(hello["version"], 1);
  EXPECT_EQ(hello["id"], 7);
  EXPECT_GE(hello["suites"].size(), 5u);
}

TEST(Peer, LetsTwoMembersMeetAndTalk) {
  Conversation talk;
  talk.ask({{"op", "client"}, {"suite", 1}, {"identity", "61"}});
  talk.ask({{"op", "client"}, {"suite", 1}, {"identity", "62"}});
  talk.ask({{"op", "create"}, {"client", "c1"}, {"group_id", "00"}});
  const json package = talk.ask({{"op", "key_package"}, {"client", "c2"}});
  const json commit = talk.ask(
      {{"op", "commit"}, {"group", "g1"}, {"proposals", {{{"type", "add"}, {"key_package", package["key_package"]}}}}});
  EXPECT_EQ(commit["changes"]["added"][0]["identity"], "62");
  EXPECT_EQ(talk.ask({{"op", "merge"}, {"staged", commit["staged"]}})["epoch"], 1);
  const json entry = talk.ask({{"op", "join"}, {"client", "c2"}, {"welcome", commit["welcome"]}});
  const json entered = talk.ask({{"op", "merge"}, {"staged", entry["staged"]}});
  EXPECT_EQ(entered["epoch"], 1);
  const json sent = talk.ask({{"op", "send"}, {"group", "g1"}, {"data", "c0ffee"}, {"authenticated_data", "01"}});
  const json heard = talk.ask({{"op", "process"}, {"group", entered["group"]}, {"message", sent["message"]}});
  EXPECT_EQ(heard["event"], "application");
  EXPECT_EQ(heard["data"], "c0ffee");
  EXPECT_EQ(heard["authenticated_data"], "01");
  EXPECT_EQ(heard["sender"], 0);
}

TEST(Peer, SaysWhatIsWrongAndGoesOn) {
  const Finished run = dmls({"peer"},
                            "no JSON\n"
                            "[]\n"
                            R"({"op": "comit", "id": "x"})"
                            "\n"
                            R"({"op": "state", "group": "g1"})"
                            "\n"
                            R"({"op": "client", "suite": 1, "identity": "6"})"
                            "\n"
                            R"({"op": "client", "suite": 1, "identity": "61", "colour": 1})"
                            "\n"
                            R"({"op": "client", "suite": 999, "identity": "61"})"
                            "\n"
                            R"({"op": "client", "suite": 1, "identity": "61"})"
                            "\n"
                            R"({"op": "join", "client": "c1", "welcome": "00"})"
                            "\n");
  EXPECT_EQ(run.status, 0);
  const auto all = replies(run.out);
  ASSERT_EQ(all.size(), 9u);
  const std::vector<std::string> kinds = {"bad_request", "bad_request", "unsupported", "bad_request",
                                          "bad_request", "bad_request", "refused",     "",
                                          "refused"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]["ok"], kinds[i].empty()) << all[i];
    if (!kinds[i].empty()) {
      EXPECT_EQ(all[i]["error"]["kind"], kinds[i]) << all[i];
    }
  }
  EXPECT_NE(all[2]["error"]["rule"].get<std::string>().find("'commit'"), std::string::npos) << all[2];
  EXPECT_EQ(all[2]["id"], "x");
  EXPECT_TRUE(all[6]["error"].contains("code"));
}

TEST(Peer, DropsWhatWasStaged) {
  Conversation talk;
  talk.ask({{"op", "client"}, {"suite", 1}, {"identity", "61"}});
  talk.ask({{"op", "create"}, {"client", "c1"}, {"group_id", "00"}});
  talk.ask({{"op", "commit"}, {"group", "g1"}});
  talk.ask({{"op", "drop"}, {"staged", "s1"}});
  EXPECT_EQ(talk.ask({{"op", "merge"}, {"staged", "s1"}})["error"]["kind"], "bad_request");
  EXPECT_EQ(talk.ask({{"op", "state"}, {"group", "g1"}})["epoch"], 0);
}

}  // namespace
}  // namespace dmls::tools::test
