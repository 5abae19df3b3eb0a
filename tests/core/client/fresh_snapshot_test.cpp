#include <random>

#include "tests/core/client/bench.hpp"
#include "tests/core/client/fake_service.hpp"
#include "tests/core/client/shelf.hpp"

/// The property that holds the client together: an old snapshot plus the events since equals a fresh snapshot, whatever
/// happened in between and however often the connection, a part of what was on the wire, the service's memory, or the
/// client's but for what it keeps was lost.
namespace sidetone::client::test {
namespace {

/// A client and its connection to the fake service.
class Wired {
 public:
  Wired(protocol::test::FakeService& service, protocol::DeviceId device)
      : service_(service), device_(service.devices[device]) {
    device_.device = device;
    bench.start();
    carry(bench.happen(SignIn{"alice", "secret"}));
    run();
  }

  template <class E>
  void happen(E event) {
    carry(bench.happen(std::move(event)));
  }

  /// Deliver everything that is on the wire, in both directions, and let time pass for what waits.
  void run() {
    while (step()) {
    }
  }

  /// Somebody scrolls out of sight while the connection is away, and back.
  void watch_anew() {
    lose(0, 0);
    happen(Watch{{4}});
    happen(Watch{{2, 3, 4}});
  }

  /// The cable is pulled: `up` and `down` frames still arrive at the far end, the rest is lost.
  void lose(std::size_t up, std::size_t down) {
    for (; up > 0 && !to_service_.empty(); --up) send_up();
    for (; down > 0 && !device_.to_client.empty(); --down) take_down();
    to_service_.clear();
    device_.to_client.clear();
    device_.connected = false;
    happen(SocketClosed{bench.state.connection.socket, 1006, "cable"});
  }

  /// The program ends, and begins again with what it has kept.
  void start_again() {
    lose(0, 0);
    bench.state = State();
    bench.start(false, shelf_.persisted);
    const auto connecting = bench.commands;
    shelf_.give(bench);
    carry(connecting);
    happen(Watch{{2, 3, 4}});
  }

  void deliver(std::size_t up, std::size_t down) {
    for (; up > 0 && !to_service_.empty(); --up) send_up();
    for (; down > 0 && !device_.to_client.empty(); --down) take_down();
  }

  Bench bench;

 private:
  void send_up() {
    const auto frame = to_service_.front();
    to_service_.pop_front();
    service_.receive(device_, frame);
  }
  void take_down() {
    const auto frame = device_.to_client.front();
    device_.to_client.pop_front();
    happen(SocketText{bench.state.connection.socket, frame});
  }
  bool step() {
    if (!to_service_.empty()) return send_up(), true;
    if (!device_.to_client.empty()) return take_down(), true;
    if (bench.state.connection.phase == ConnectionPhase::kWaiting) return happen(TimerFired{"reconnect"}), true;
    return false;
  }
  void carry(std::vector<Command> commands) {
    shelf_.take(commands);
    for (auto& one : commands) {
      if (auto* frame = std::get_if<SendFrame>(&one)) to_service_.push_back(std::move(frame->text));
      if (std::holds_alternative<OpenSocket>(one)) {
        to_service_.clear();
        device_.to_client.clear();
        device_.connected = false;
        happen(SocketOpened{bench.state.connection.socket});
      }
    }
  }

  protocol::test::FakeService& service_;
  protocol::test::FakeService::Device& device_;
  std::deque<std::string> to_service_;
  Shelf shelf_;
};

/// What two clients of one user must agree on.
std::string what_is_known(const State& state) {
  View view = make_view(state);
  view.device = 0;
  view.counters = {};
  std::vector<model::Call> calls;
  for (auto& call : view.calls) {
    if (call.phase == model::CallPhase::kEnded) continue;  // shown for a while on the device that saw it end
    call.began = 0;
    calls.push_back(call);
  }
  std::sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.call < b.call; });
  view.calls = calls;
  std::sort(view.conversations.begin(), view.conversations.end(),
            [](const auto& a, const auto& b) { return a.with < b.with; });
  return protocol::encode_record(view);
}

class FreshSnapshot : public testing::TestWithParam<unsigned> {};

TEST_P(FreshSnapshot, EqualsAnOldOneWithTheEventsSince) {
  std::mt19937 dice(GetParam());
  const auto roll = [&](unsigned limit) { return static_cast<unsigned>(dice() % limit); };
  const auto person = [&] { return static_cast<UserId>(2 + roll(4)); };
  const auto number = [&] { return std::to_string(70 + roll(3)); };
  const auto name = [&] { return roll(3) == 0 ? std::nullopt : std::optional("named " + std::to_string(roll(5))); };
  // Of the three parts of a state any may change alone.
  const auto presence_change = [&](UserId user) {
    protocol::PresenceChange change;
    change.user = user;
    if (roll(2) == 0) change.availability = static_cast<protocol::Availability>(roll(4));
    if (roll(2) == 0) change.lamp = static_cast<protocol::BusyLamp>(roll(3));
    if (roll(3) != 0) return change;
    change.text = roll(2) == 0 ? "" : "text " + std::to_string(roll(100));
    if (!change.text->empty() && roll(2) == 0) change.until = 1000 + roll(1000);
    return change;
  };
  protocol::test::FakeService service;
  Wired old(service, 11);
  old.happen(Watch{{2, 3, 4}});
  for (UserId with = 2; with < 6; ++with) old.happen(OpenConversation{with});
  old.run();

  /// A call that rings as far as the client knows.
  const auto ringing = [&]() -> std::string {
    for (const auto& [id, entry] : old.bench.state.calls)
      if (entry.call.phase == model::CallPhase::kIncoming) return id;
    return {};
  };
  std::size_t written = 0;
  for (int step = 0; step < 120; ++step) {
    switch (roll(24)) {
      case 0:
        service.directory_changes(person(), "Name " + std::to_string(step));
        break;
      case 1:
        service.person_leaves(person());
        break;
      case 2:
      case 3:
        service.presence_changes(presence_change(person()));
        break;
      case 4: {
        const auto other = person();
        service.message_happens(other, other, "to me " + std::to_string(step), "");
        break;
      }
      case 5:
        service.message_happens(protocol::test::FakeService::kUser, person(), "from my phone",
                                "phone" + std::to_string(step));
        break;
      case 6:
        service.other_reads(person(), roll(10));
        break;
      case 7:
        service.call_recorded(person());
        break;
      case 8:
        service.call_rings("call-" + std::to_string(1000 + step), person(),
                           roll(3) == 0 ? std::optional(person()) : std::nullopt);
        break;
      case 9:
        service.call_stops("call-" + std::to_string(1000 + roll(static_cast<unsigned>(step) + 1)));
        break;
      case 20:
        if (const auto call = ringing(); !call.empty()) old.happen(ForwardCall{call, person(), std::nullopt});
        break;
      case 21:
        service.call_forwarded(ringing());
        break;
      case 10:
        service.host_changes("host" + std::to_string(roll(2)), roll(2) == 0);
        break;
      case 11:
        old.happen(SendChat{person(), "written " + std::to_string(written++)});
        break;
      case 12:
        old.happen(ReadChat{static_cast<ConversationId>(100 + person())});
        break;
      case 13:
        if (roll(3) == 0) old.watch_anew();
        if (roll(3) == 0) service.forget_sessions();
        old.lose(roll(4), roll(6));
        break;
      case 14:
        old.happen(SetFavourite{person(), roll(3) != 0});
        break;
      case 15:
        service.favourite_elsewhere(person(), roll(3) != 0);
        break;
      case 16:
        if (roll(2) == 0) old.happen(TimerFired{"keep"});
        if (roll(3) == 0) old.start_again();
        break;
      case 17:
        service.message_changes(person(), roll(8), static_cast<unsigned>(step) * 8 + roll(8));
        break;
      case 18:
        old.happen(EditMessage{static_cast<ConversationId>(100 + person()), roll(8), "edited " + std::to_string(step)});
        break;
      case 19:
        old.happen(
            ReactToMessage{static_cast<ConversationId>(100 + person()), roll(8), roll(2) == 0 ? "🎉" : std::string()});
        break;
      case 22:
        old.happen(SaveNumber{number(), name()});
        break;
      case 23:
        service.saved_number(number(), name(), 0);
        break;
    }
    old.deliver(roll(4), roll(8));
    if (roll(4) == 0) old.run();
  }
  old.run();
  for (UserId with = 2; with < 6; ++with) old.happen(OpenConversation{with});
  old.run();

  EXPECT_EQ(service.stored.size(), written) << "each message once, and every one";
  EXPECT_TRUE(old.bench.state.chat.outbox.empty());
  EXPECT_EQ(old.bench.view().counters.malformed_frames, 0U);

  Wired fresh(service, 12);
  fresh.happen(Watch{{2, 3, 4}});
  for (UserId with = 2; with < 6; ++with) fresh.happen(OpenConversation{with});
  fresh.run();
  old.run();
  EXPECT_EQ(what_is_known(old.bench.state), what_is_known(fresh.bench.state));
}

INSTANTIATE_TEST_SUITE_P(Seeds, FreshSnapshot, testing::Range(1U, 41U));

}  // namespace
}  // namespace sidetone::client::test
