// The key schedule, with the lengths that its functions give.

#include <dmls/group/client.h>
#include <dmls/keyschedule/key_schedule.h>
#include <dmls/keyschedule/psk.h>

#include <string>
#include <utility>

#include "cast.h"
#include "pictures.h"
#include "svg.h"

namespace dmls::pictures {
namespace {

constexpr int kWide = 250;
constexpr int kHigh = 30;

// How long a secret lives.
enum class Life { step, epoch, successor };

Look look_of(Life life) {
  switch (life) {
    case Life::step: return {.fill = colour::kPaleRed, .stroke = colour::kRed};
    case Life::epoch: return {.fill = colour::kPaleBlue, .stroke = colour::kBlue};
    case Life::successor: return {.fill = colour::kPaleGreen, .stroke = colour::kGreen, .width = 2};
  }
  return {};
}

class Chart {
 public:
  explicit Chart(Picture& picture) : picture_(picture) {}

  void secret(Point corner, std::string_view name, std::size_t octets, Life life) {
    picture_.box(corner, kWide, kHigh, look_of(life));
    picture_.text({corner.x + 12, corner.y + 20}, name, {.size = 13, .bold = true});
    picture_.text({corner.x + kWide - 12, corner.y + 20}, std::to_string(octets),
                  {.size = 13, .anchor = Anchor::end, .mono = true});
  }
  void step(int x, int y, int height, std::string_view words) {
    picture_.arrow({x + kWide / 2, y}, {x + kWide / 2, y + height}, {.stroke = colour::kInk});
    if (!words.empty())
      picture_.text({x + kWide / 2 + 10, y + height / 2 + 5}, words, {.size = 11, .fill = colour::kFaint});
  }
  void note(Point where, std::string_view words) { picture_.text(where, words, {.size = 12}); }

 private:
  Picture& picture_;
};

}  // namespace

std::string key_schedule() {
  // Every length below is that of a secret which these calls have made.
  const auto suite = pictures::suite();
  SeededRandom random(1);
  group::Client alice = must(group::Client::create(person("Alice")));
  const group::Group group = must(alice.create_group());
  const Bytes& context = group.public_epoch()->encoded_context;

  keyschedule::InitSecret init(must(random.secret(suite.hash_length())));
  keyschedule::CommitSecret commit(must(random.secret(suite.hash_length())));
  const std::size_t init_length = init.size(), commit_length = commit.size();
  const auto joiner = must(keyschedule::joiner_secret(suite, std::move(init), std::move(commit), context));
  const auto psk = must(keyschedule::psk_secret(suite, {}));
  auto member = must(keyschedule::member_secret(suite, joiner, psk));
  const std::size_t member_length = member.size();
  const auto welcome = keyschedule::welcome_secret(suite, member);
  auto epoch = keyschedule::epoch_secret(suite, std::move(member), context);
  const std::size_t epoch_length = epoch.size();
  keyschedule::OrdinarySuccession succession;
  const auto secrets = must(keyschedule::derive_epoch(suite, std::move(epoch), succession));

  Picture picture(860, 812, "The key schedule of one epoch: what is derived from what, and how long it lives");
  Chart chart(picture);
  picture.text({30, 32}, "From epoch n-1 to epoch n: what a commit derives", {.size = 14, .bold = true});
  picture.text({30, 51}, std::string(suite.name()) + "; numbers are octets", {.size = 11, .fill = colour::kFaint});
  const int left = 30, right = 400;

  chart.secret({left, 66}, "init_secret [n-1]", init_length, Life::step);
  chart.secret({right, 66}, "commit_secret", commit_length, Life::step);
  chart.note({right + kWide + 12, 86}, "from the commit's path");
  picture.line({right + kWide / 2, 96}, {right + kWide / 2, 118}, {.stroke = colour::kInk});
  picture.arrow({right + kWide / 2, 118}, {left + kWide / 2 + 3, 118}, {.stroke = colour::kInk});
  picture.text({left + kWide / 2 + 20, 112}, "Extract", {.size = 11, .fill = colour::kFaint});
  chart.step(left, 96, 52, "");
  picture.text({left + kWide / 2 + 10, 138}, "\"joiner\", GroupContext [n]", {.size = 11, .fill = colour::kFaint});
  chart.secret({left, 148}, "joiner_secret", joiner.size(), Life::step);
  chart.note({right, 160}, "sealed in the Welcome, to the key package");
  chart.note({right, 176}, "of each member that is added");
  picture.arrow({left + kWide, 163}, {right - 8, 163}, {.stroke = colour::kLine, .kind = Stroke::dashed});

  chart.secret({right, 194}, "psk_secret", psk.size(), Life::step);
  chart.note({right + kWide + 12, 214}, "zero without PSKs");
  picture.arrow({right, 209}, {left + kWide / 2 + 3, 209}, {.stroke = colour::kInk});
  picture.text({left + kWide / 2 + 20, 203}, "Extract", {.size = 11, .fill = colour::kFaint});
  chart.step(left, 178, 68, "");
  chart.secret({left, 246}, "(member secret)", member_length, Life::step);
  picture.arrow({left + kWide, 261}, {right, 261}, {.stroke = colour::kInk});
  picture.text({left + kWide + 22, 256}, "\"welcome\"", {.size = 11, .fill = colour::kFaint});
  chart.secret({right, 246}, "welcome_secret", welcome.size(), Life::step);
  chart.note({right + kWide + 12, 266}, "encrypts the GroupInfo");
  chart.step(left, 276, 44, "\"epoch\", GroupContext [n]");
  chart.secret({left, 320}, "epoch_secret", epoch_length, Life::step);

  chart.note({left + kWide + 14, 340}, "below: DeriveSecret, each with a label of its own");

  struct Derived {
    std::string_view name;
    std::size_t octets;
    Life life;
    std::string_view use;
  };
  const Derived derived[] = {
      {"encryption_secret", secrets.encryption_secret.size(), Life::step, "root of the secret tree: message keys"},
      {"sender_data_secret", secrets.sender_data_secret.size(), Life::epoch, "hides who sent a PrivateMessage"},
      {"confirmation_key", secrets.confirmation_key.size(), Life::step, "the commit's confirmation tag"},
      {"membership_key", secrets.membership_key.size(), Life::epoch, "tags PublicMessages of members"},
      {"exporter_secret", secrets.exporter_secret.size(), Life::epoch, "keys for the application; DiMLS's PSKs"},
      {"external_secret", secrets.external_secret.size(), Life::epoch, "key pair for joining from outside"},
      {"resumption_psk", secrets.resumption_psk.size(), Life::epoch, "proves later who was here"},
      {"epoch_authenticator", secrets.epoch_authenticator.size(), Life::epoch, "to be compared by people"},
      {"init_secret [n]", succession.init_secret().size(), Life::successor, "the next commit starts from it"}};
  const int spine = left + kWide / 2;
  int y = 368;
  for (const Derived& one : derived) {
    picture.arrow({spine, y + 15}, {left + 180, y + 15}, {.stroke = colour::kInk});
    chart.secret({left + 180, y}, one.name, one.octets, one.life);
    chart.note({left + 180 + kWide + 14, y + 20}, one.use);
    y += 40;
  }
  picture.line({spine, 350}, {spine, y - 25}, {.stroke = colour::kInk});

  picture.key({left, y + 22}, look_of(Life::step),
              "dies in the step that uses it (init_secret [n-1]: when the commit is merged)");
  picture.key({left, y + 44}, look_of(Life::epoch),
              "lives as long as the epoch; resumption PSKs as long as the application asks for");
  picture.key({left, y + 66}, look_of(Life::successor),
              "handed to the next epoch; DeMLS has a PPRF in this place, and an epoch id beside it");
  return picture.finish();
}

}  // namespace dmls::pictures
