#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include "net/crypto.hpp"
#include "tests/service/support/rig.hpp"

/// Runs the dialogues of tests/scenarios: each line is one step, see the README there. A file is a test, named after
/// it.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

std::filesystem::path scenarios_folder() {
  return std::filesystem::path(__FILE__).parent_path().parent_path() / "scenarios";
}

std::optional<Availability> availability_of(const std::string& word) {
  if (word == "online") return Availability::kOnline;
  if (word == "offline") return Availability::kOffline;
  if (word == "away") return Availability::kAway;
  if (word == "do not disturb") return Availability::kDoNotDisturb;
  return std::nullopt;
}

class Stage {
 public:
  Stage() : rig_({}, true) { learn(); }

  /// @return false: no rule fits the line.
  bool play(const std::string& line) {
    for (const auto& [pattern, action] : rules_) {
      std::smatch words;
      if (!std::regex_match(line, words, pattern)) continue;
      action(words);
      return true;
    }
    return false;
  }

 private:
  using Words = std::smatch;
  void rule(const char* pattern, std::function<void(const Words&)> action) {
    rules_.emplace_back(std::regex(pattern), std::move(action));
  }
  Client& at(const std::string& device) { return rig_[device]; }

  // What each device has seen of its present call.
  std::map<std::string, std::string> call_;
  std::map<std::string, std::string> refused_;
  std::map<std::string, std::unique_ptr<HostClient>> hosts_;
  std::map<std::string, std::map<UserId, PresenceState>> seen_;

  /// Remember an error, or that there was none.
  void note(const std::string& device, const ToClient& answer) {
    const auto* failure = std::get_if<Failure>(&answer);
    refused_[device] = failure ? failure->code : "";
  }
  template <class M>
  void name_callee(M& message, const std::string& callee) {
    if (std::isdigit(static_cast<unsigned char>(callee[0])) != 0)
      message.number = callee;
    else
      message.to = rig_.user(callee);
  }
  void invite(const std::string& device, const std::string& callee, const std::string& host) {
    CallInvite message;
    message.call = net::random_token(rig_.random, 16);
    name_callee(message, callee);
    message.sdp = "offer";
    if (!host.empty()) message.host = host;
    const auto answer = at(device).ask(message);
    note(device, answer);
    if (refused_[device].empty()) call_[device] = message.call;
    ringing_back_[device] = std::holds_alternative<CallRinging>(answer);
    if (const auto* ended = std::get_if<CallEnded>(&answer)) ended_[device] = ended->reason;
  }
  std::map<std::string, bool> ringing_back_;
  std::map<std::string, EndReason> ended_;

  void expect_end(const std::string& device, const std::string& reason) {
    std::optional<EndReason> got;
    if (const auto known = ended_.find(device); known != ended_.end()) got = known->second;
    for (const auto& event : at(device).events<CallEnded>())
      if (event.call == call_[device]) got = event.reason;
    ASSERT_TRUE(got) << "the call has not ended";
    EXPECT_EQ(EnumNames<EndReason>::kNames[static_cast<std::size_t>(*got)], reason);
    ended_.erase(device);
  }

  HostClient& host_of(const std::string& person) { return *hosts_.at(person); }
  std::string user_part(const std::string& device) { return device.substr(0, device.find('/')); }

  void learn() {
    learn_sessions();
    learn_calls();
    learn_hosts();
    learn_chat();
    learn_presence();
  }

  void learn_sessions() {
    rule(R"((\S+) signs in)", [this](const Words& w) { at(w[1]); });
    rule(R"((\S+) signs out)", [this](const Words& w) {
      at(w[1]).ask_for<Ok>(SignOut{});
      at(w[1]).lose();
      at(w[1]).signed_in = {};
    });
    rule(R"((\S+) loses its connection)", [this](const Words& w) { at(w[1]).lose(); });
    rule(R"((\S+) comes back)", [this](const Words& w) { at(w[1]).resume(); });
    rule(R"((\S+) signs (\S+) out)",
         [this](const Words& w) { note(w[1], at(w[1]).ask(DeviceRevoke{at(w[2]).device()})); });
    rule(R"((\S+) is cut off)", [this](const Words& w) { EXPECT_TRUE(at(w[1]).closed_with(4001)); });
    rule(R"((\S+) is refused: (\S+))", [this](const Words& w) { EXPECT_EQ(refused_[w[1]], w[2]); });
    rule(R"((\S+) is not refused)", [this](const Words& w) { EXPECT_EQ(refused_[w[1]], ""); });
    rule(R"((\d+) seconds? pass(?:es)?)", [this](const Words& w) { rig_.advance(Seconds{std::stoi(w[1])}); });
    rule(R"(the service is killed and started again)", [this](const Words&) {
      rig_.kill_and_restart();
      for (auto& [person, host] : hosts_) host->wire.reset();
    });
  }

  void learn_calls() {
    rule(R"((\S+) calls (\S+))", [this](const Words& w) { invite(w[1], w[2], ""); });
    rule(R"((\S+) calls (\S+) by native host)",
         [this](const Words& w) { invite(w[1], w[2], host_of(user_part(w[1])).host); });
    rule(R"((\S+) hears it ring)", [this](const Words& w) { EXPECT_TRUE(ringing_back_[w[1]]); });
    rule(R"((\S+) hears it ring at (\S+))", [this](const Words& w) {
      const auto ringing = at(w[1]).events<CallRinging>();
      ASSERT_FALSE(ringing.empty());
      EXPECT_EQ(ringing.back().user, rig_.user(w[2]));
    });
    rule(R"((\S+) rings for ([^\s,]+)(?:, forwarded by (\S+))?)", [this](const Words& w) {
      const auto incoming = at(w[1]).events<CallIncoming>();
      ASSERT_FALSE(incoming.empty()) << "it does not ring";
      EXPECT_EQ(incoming.back().from, rig_.user(w[2]));
      EXPECT_EQ(incoming.back().forwarded_by, w[3].matched ? std::optional(rig_.user(w[3])) : std::nullopt);
      call_[w[1]] = incoming.back().call;
    });
    rule(R"((\S+) does not ring)", [this](const Words& w) { EXPECT_TRUE(at(w[1]).events<CallIncoming>().empty()); });
    rule(R"((\S+) answers)", [this](const Words& w) {
      note(w[1], at(w[1]).ask(CallAnswer{call_[w[1]], "answer of " + w[1].str(), std::nullopt}));
    });
    rule(R"((\S+) answers by native host)", [this](const Words& w) {
      note(w[1], at(w[1]).ask(CallAnswer{call_[w[1]], "answer", host_of(user_part(w[1])).host}));
    });
    rule(R"((\S+) is connected)", [this](const Words& w) {
      const auto answered = at(w[1]).events<CallAnswered>();
      ASSERT_EQ(answered.size(), 1u);
      EXPECT_EQ(answered[0].call, call_[w[1]]);
    });
    rule(R"((\S+) declines)", [this](const Words& w) { note(w[1], at(w[1]).ask(CallDecline{call_[w[1]]})); });
    rule(R"((\S+) forwards to (\S+))", [this](const Words& w) {
      CallForward message;
      message.call = call_[w[1]];
      name_callee(message, w[2]);
      note(w[1], at(w[1]).ask(message));
    });
    rule(R"((\S+) hangs up)", [this](const Words& w) { note(w[1], at(w[1]).ask(CallHangUp{call_[w[1]]})); });
    rule(R"((\S+)'s call ends: (\S+))", [this](const Words& w) { expect_end(w[1], w[2]); });
    rule(R"((\S+) stops ringing: (\S+))", [this](const Words& w) { expect_end(w[1], w[2]); });
    rule(R"((\S+)'s call goes on)", [this](const Words& w) {
      EXPECT_TRUE(at(w[1]).events<CallEnded>().empty());
      EXPECT_EQ(at(w[1]).ask_for<Calls>(CallList{}).calls.size(), 1u);
    });
    rule(R"((\S+) has no call)",
         [this](const Words& w) { EXPECT_TRUE(at(w[1]).ask_for<Calls>(CallList{}).calls.empty()); });
    rule(R"((\S+) takes up the call)", [this](const Words& w) {
      const auto calls = at(w[1]).ask_for<Calls>(CallList{}).calls;
      ASSERT_EQ(calls.size(), 1u);
      call_[w[1]] = calls[0].call;
      note(w[1], at(w[1]).ask(CallTakeUp{calls[0].call, std::nullopt}));
    });
    rule(R"((\S+) sends candidate (\S+))", [this](const Words& w) {
      CallCandidate candidate;
      candidate.call = call_[w[1]];
      candidate.candidate = w[2];
      note(w[1], at(w[1]).ask(candidate));
    });
    rule(R"((\S+) gets candidates? (.+))", [this](const Words& w) {
      std::string got;
      for (const auto& candidate : at(w[1]).events<CallCandidate>())
        got += (got.empty() ? "" : " ") + candidate.candidate;
      EXPECT_EQ(got, w[2]);
    });
    rule(R"((\S+) gets no candidate)",
         [this](const Words& w) { EXPECT_TRUE(at(w[1]).events<CallCandidate>().empty()); });
    rule(R"((\S+) has in history: (.+))", [this](const Words& w) {
      std::string got;
      auto records = at(w[1]).ask_for<History>(HistorySync{0}).records;
      std::reverse(records.begin(), records.end());
      for (const auto& record : records) {
        got += (got.empty() ? "" : ", ") +
               std::string(EnumNames<RecordKind>::kNames[static_cast<std::size_t>(record.kind)]) + " " +
               login_of(record.other);
        if (record.duration_s > 0) got += " " + std::to_string(record.duration_s) + "s";
        got += " (" + std::string(EnumNames<EndReason>::kNames[static_cast<std::size_t>(*record.reason)]) + ")";
      }
      EXPECT_EQ(got.empty() ? "nothing" : got, w[2]);
    });
    rule(R"((\S+) hears of (\d+) new records?)", [this](const Words& w) {
      std::size_t records = 0;
      for (const auto& history : at(w[1]).events<History>()) records += history.records.size();
      EXPECT_EQ(records, std::stoul(w[2]));
    });
  }
  std::string login_of(UserId user) { return *rig_.service->directory().find(user)->address; }

  void learn_hosts() {
    rule(R"((\S+) has a native host)", [this](const Words& w) {
      auto& host = hosts_[user_part(w[1])] = std::make_unique<HostClient>(rig_);
      host->pair_with(at(w[1]));
    });
    rule(R"((\S+)'s host carries the call of (\S+))",
         [this](const Words& w) { host_of(w[1]).send(HostLiveCalls{{call_[w[2]]}}); });
    rule(R"((\S+)'s host carries no call)", [this](const Words& w) { host_of(w[1]).send(HostLiveCalls{}); });
    rule(R"((\S+)'s host loses its connection)", [this](const Words& w) { host_of(w[1]).lose(); });
    rule(R"((\S+)'s host comes back with the call of (\S+))", [this](const Words& w) {
      host_of(w[1]).connect();
      host_of(w[1]).sign_in({call_[w[2]]});
    });
    rule(R"((\S+)'s host is told to let go)",
         [this](const Words& w) { EXPECT_EQ(host_of(w[1]).events<HostRelease>().size(), 1u); });
  }

  void learn_chat() {
    rule(R"((\S+) writes to (\S+): (.+))", [this](const Words& w) {
      const auto conversation = at(w[1]).ask_for<Conversation>(ConversationOpen{rig_.user(w[2])}).info.conversation;
      note(w[1], at(w[1]).ask(ChatSend{conversation, net::random_token(rig_.random, 9), w[3]}));
    });
    rule(R"((\S+) reads: (.+))", [this](const Words& w) {
      const auto messages = at(w[1]).events<ChatMessage>();
      ASSERT_FALSE(messages.empty()) << "there is no new message";
      std::string got;
      for (const auto& message : messages) got += (got.empty() ? "" : " | ") + message.text;
      EXPECT_EQ(got, w[2]);
    });
    rule(R"((\S+) has no new message)",
         [this](const Words& w) { EXPECT_TRUE(at(w[1]).events<ChatMessage>().empty()); });
    rule(R"((\S+) finds with (\S+): (.+))", [this](const Words& w) {
      const auto conversation = at(w[1]).ask_for<Conversation>(ConversationOpen{rig_.user(w[2])}).info.conversation;
      std::string got;
      for (const auto& message :
           at(w[1]).ask_for<ChatPage>(ChatHistory{conversation, std::nullopt, std::nullopt, 100}).messages)
        got += (got.empty() ? "" : " | ") + message.text;
      EXPECT_EQ(got, w[3]);
    });
  }

  void learn_presence() {
    rule(R"((\S+) watches (\S+))", [this](const Words& w) {
      at(w[1]).ask_for<Ok>(PresenceSubscribe{{rig_.user(w[2])}, {}});
    });
    rule(R"((\S+) sets (online|offline|away|do not disturb)(?:: (.+))?)", [this](const Words& w) {
      StatusSet status;
      status.availability = *availability_of(w[2]);
      if (w[3].matched) status.text = w[3];
      note(w[1], at(w[1]).ask(status));
    });
    rule(R"((\S+) sees (\S+) (online|offline|away|do not disturb)(?:: (.+))?)", [this](const Words& w) {
      const auto state = present(w[1], w[2]);
      EXPECT_EQ(state.availability, *availability_of(w[3]));
      EXPECT_EQ(state.text.value_or(""), w[4].str());
    });
    rule(R"((\S+) sees (\S+) (idle|ringing|in a call))", [this](const Words& w) {
      const auto lamp = w[3] == "ringing"     ? BusyLamp::kRinging
                        : w[3] == "in a call" ? BusyLamp::kInCall
                                              : BusyLamp::kIdle;
      EXPECT_EQ(present(w[1], w[2]).lamp.value_or(BusyLamp::kIdle), lamp);
    });
  }
  /// The last that a device was told.
  PresenceState present(const std::string& device, const std::string& person) {
    rig_.advance(Milliseconds{200});
    for (const auto& frame : at(device).events<Presence>())
      for (const auto& change : frame.changes) {
        auto& state = seen_[device][change.user];
        state = applied(state, change);
      }
    return seen_[device][rig_.user(person)];
  }

  Rig rig_;
  std::vector<std::pair<std::regex, std::function<void(const Words&)>>> rules_;
};

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, Plays) {
  std::ifstream in(scenarios_folder() / (GetParam() + ".txt"));
  ASSERT_TRUE(in);
  Stage stage;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(number) + ": " + line);
    ASSERT_TRUE(stage.play(line)) << "no rule fits this line";
    if (HasFailure()) return;
  }
}

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(scenarios_folder()))
    if (file.path().extension() == ".txt") names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioTest, ::testing::ValuesIn(scenarios()),
                         [](const auto& one) { return one.param; });

TEST(ScenarioFolderTest, HoldsScenarios) { EXPECT_GE(scenarios().size(), 10u); }

}  // namespace
}  // namespace sidetone::service::testing
