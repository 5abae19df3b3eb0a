#include <functional>

#include "native-host/daemon.hpp"
#include "net/crypto.hpp"
#include "net/system_clock.hpp"
#include "tests/native-host/fake_service.hpp"
#include "tests/native-host/temporary_folder.hpp"

namespace sidetone::host::test {
namespace {

using namespace protocol;

/// A whole host with the real media engine, and the client that works it by way of a fake service.
class VoiceHost {
 public:
  VoiceHost(Loop& loop, const std::string& name) : loop_(loop), service_(loop) {
    Options options;
    options.service = service_.url();
    options.credential_file = folder_.path() / "host.json";
    options.name = name;
    options.use_devices = false;
    EXPECT_TRUE(channel::save_credential(options.credential_file, {name, "secret", ""}));
    daemon_.emplace(
        loop.context, options,
        [this](std::function<void()> devices_changed) {
          media::peer::MediaEngineOptions engine;
          engine.audio.use_devices = false;
          return media::peer::make_media_engine(engine, clock_, random_, std::move(devices_changed));
        },
        clock_, random_, logger_, events_);
    EXPECT_TRUE(daemon_->start());
    service_.welcome();
    ask<Attached>(Attach{});
  }

  /// Look at what the host has said; events are remembered.
  void pump() {
    while (read_ < service_.line.frames.size()) {
      auto outer = decode<HostToService>(service_.line.frames[read_++]);
      auto* frame = std::get_if<Frame<HostToService>>(&outer);
      if (frame == nullptr) continue;
      if (const auto* calls = std::get_if<HostLiveCalls>(&frame->message)) live_calls = calls->calls;
      const auto* carried = std::get_if<HostControl>(&frame->message);
      if (carried == nullptr) continue;
      auto inner = decode<HostToClient>(carried->message);
      auto* message = std::get_if<Frame<HostToClient>>(&inner);
      ASSERT_NE(message, nullptr) << carried->message;
      if (message->envelope.request) answers_[*message->envelope.request] = message->message;
      if (auto* found = std::get_if<CandidateFound>(&message->message); found != nullptr && on_candidate)
        on_candidate(*found);
      if (auto* state = std::get_if<PeerState>(&message->message)) connection = state->connection;
      if (auto* opened = std::get_if<ChannelOpened>(&message->message)) channel = opened->channel;
      if (auto* text = std::get_if<ChannelMessage>(&message->message)) texts.push_back(text->data);
      if (auto* levels = std::get_if<Levels>(&message->message))
        loudest = std::max(loudest, levels->peers.at(0).received);
    }
  }
  template <class M>
  void tell(const M& message) {
    service_.say(HostControl{7, encode(message)});
  }
  template <class Expected, class M>
  Expected ask(const M& message) {
    const std::uint32_t request = ++last_request_;
    service_.say(HostControl{7, encode(message, {request, std::nullopt})});
    EXPECT_TRUE(loop_.run_until([&] { return pump(), answers_.contains(request); })) << M::kType;
    if (const auto* answer = std::get_if<Expected>(&answers_[request])) return *answer;
    if (const auto* failure = std::get_if<Failure>(&answers_[request]))
      ADD_FAILURE() << M::kType << ": " << failure->text;
    return {};
  }
  /// A peer connection that sends what `device` gives, as both sides of a call make it.
  void prepare(const std::string& device) {
    ask<Ok>(PeerCreate{"p", "call-1", {}, false});
    ask<Ok>(TrackCapture{"t", device});
    ask<Transceivers>(TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  }
  void client_gone() { service_.say(HostClientGone{7}); }
  void release() { service_.say(HostRelease{"call-1"}); }
  void stop() { daemon_->stop(); }

  std::function<void(const CandidateFound&)> on_candidate;
  protocol::ConnectionState connection = protocol::ConnectionState::kNew;
  std::vector<std::string> live_calls;
  std::string channel;
  std::vector<std::string> texts;
  double loudest = 0;

 private:
  Loop& loop_;
  FakeService service_;
  TemporaryFolder folder_;
  net::SystemClock clock_;
  net::SystemRandom random_;
  net::Logger logger_ = quiet_logger();
  EventWriter events_{true, std::fopen("/dev/null", "w")};
  std::size_t read_ = 0;
  std::uint32_t last_request_ = 0;
  std::map<std::uint32_t, control::HostMessage> answers_;
  std::optional<Daemon> daemon_;
};

// Two whole hosts, real ICE, DTLS, SRTP and codecs on this machine's network, no sound devices: one plays a melody, the
// other says back what it hears.
TEST(Voice, TwoHostsTalk) {
  Loop loop;
  VoiceHost alice(loop, "alice");
  VoiceHost bob(loop, "bob");
  const auto trickle = [](VoiceHost& to) {
    return [&to](const CandidateFound& found) {
      to.tell(CandidateAdd{"p", found.candidate, found.mid, found.line, found.ufrag});
    };
  };
  alice.prepare("music");
  bob.prepare("echo");
  alice.ask<Ok>(ChannelCreate{"p", "id", "sidetone.identity", "", false, {}, {}, {}});
  alice.on_candidate = trickle(bob);
  bob.on_candidate = trickle(alice);
  const auto offer = alice.ask<Description>(LocalSet{"p", std::nullopt, std::nullopt});
  ASSERT_EQ(offer.kind, SdpKind::kOffer);
  bob.ask<Transceivers>(RemoteSet{"p", SdpKind::kOffer, offer.sdp});
  const auto answer = bob.ask<Description>(LocalSet{"p", std::nullopt, std::nullopt});
  ASSERT_EQ(answer.kind, SdpKind::kAnswer);
  alice.ask<Transceivers>(RemoteSet{"p", SdpKind::kAnswer, answer.sdp});

  const auto both = [&](const std::function<bool(VoiceHost&)>& condition) {
    return loop.run_until([&] {
      alice.pump();
      bob.pump();
      return condition(alice) && condition(bob);
    });
  };
  ASSERT_TRUE(both([](VoiceHost& one) { return one.connection == protocol::ConnectionState::kConnected; }));
  EXPECT_TRUE(both([](VoiceHost& one) { return one.live_calls == std::vector<std::string>{"call-1"}; }));
  alice.ask<Ok>(LevelsWatch{50});
  bob.ask<Ok>(LevelsWatch{50});
  EXPECT_TRUE(both([](VoiceHost& one) { return one.loudest > 0.01; })) << alice.loudest << " " << bob.loudest;

  ASSERT_TRUE(both([](VoiceHost& one) { return !one.channel.empty(); }));
  alice.ask<Ok>(ChannelMessage{"p", "id", false, "hello"});
  EXPECT_TRUE(both([&](VoiceHost& one) { return &one == &alice || one.texts == std::vector<std::string>{"hello"}; }));

  // The client is gone: the voice goes on, and what arrives meanwhile waits for the next one.
  bob.client_gone();
  alice.ask<Ok>(ChannelMessage{"p", "id", false, "are you there"});
  alice.loudest = 0;
  EXPECT_TRUE(loop.run_until([&] { return alice.pump(), alice.loudest > 0.01; }));
  const auto found = bob.ask<Attached>(Attach{});
  ASSERT_EQ(found.peers.size(), 1u);
  EXPECT_EQ(found.peers[0].tag, "call-1");
  EXPECT_TRUE(both([&](VoiceHost& one) { return &one == &alice || one.texts.back() == "are you there"; }));

  bob.release();
  EXPECT_TRUE(loop.run_until([&] { return alice.pump(), alice.connection != protocol::ConnectionState::kConnected; }))
      << "the far end hears that it is over";
  EXPECT_TRUE(loop.run_until([&] { return bob.pump(), bob.live_calls.empty(); }));
}

}  // namespace
}  // namespace sidetone::host::test
