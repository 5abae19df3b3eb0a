#include <gtest/gtest.h>

#include <iostream>

#include "tests/media/support/peer_rig.hpp"

namespace sidetone::media::test {
namespace {

using peer::ConnectionState;
using peer::Direction;

struct Call {
  Rig rig;
  End* a = nullptr;
  End* b = nullptr;

  explicit Call(const peer::Configuration& answerer = {}) {
    a = &rig.add();
    b = &rig.add(answerer);
    rig.run([&] {
      ASSERT_TRUE(a->peer->add_transceiver(Direction::kSendRecv).ok());
      ASSERT_TRUE(b->peer->add_transceiver(Direction::kSendRecv).ok());
    });
  }

  /// Legs are numbered in the order of negotiation: the answerer's first.
  [[nodiscard]] audio::LegId leg_of_a() const { return 2; }
  [[nodiscard]] audio::LegId leg_of_b() const { return 1; }

  /// Frames from one leg until `count` of them have come at the other.
  [[nodiscard]] bool talk(audio::LegId from, audio::LegId to, std::uint64_t count) {
    std::uint64_t before = 0;
    rig.run([&] { before = rig.audio->legs.at(to).received; });
    std::uint32_t timestamp = 1000;
    return rig.wait_for([&] {
      const auto& send = rig.audio->legs.at(from).config.send;
      if (send)
        rig.audio->push({from, send->payload_type, timestamp += 960, {1, 2, 3, static_cast<std::uint8_t>(from)}});
      return rig.audio->legs.at(to).received >= before + count;
    });
  }
};

void run_call(const peer::Configuration& answerer) {
  Call call(answerer);
  const auto start = std::chrono::steady_clock::now();
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  const auto connected = std::chrono::steady_clock::now();
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 1));
  const auto heard = std::chrono::steady_clock::now();
  const auto ms = [&](auto time) { return std::chrono::duration<double, std::milli>(time - start).count(); };
  std::cout << "connected after " << ms(connected) << " ms, first frame after " << ms(heard) << " ms\n";
  ASSERT_TRUE(call.talk(call.leg_of_b(), call.leg_of_a(), 10));
}

TEST(Loopback, VoiceBothWaysWithTheAnswererAsDtlsClient) { run_call({}); }

TEST(Loopback, VoiceBothWaysWithTheAnswererAsDtlsServer) {
  peer::Configuration configuration;
  configuration.answer_passive = true;
  run_call(configuration);
}

TEST(Loopback, DataChannelCarriesMessagesBothWays) {
  Call call;
  peer::ChannelHandle handle = 0;
  call.rig.run([&] {
    auto made = call.a->peer->create_data_channel({"proof", "sidetone", true, {}, {}, {}});
    ASSERT_TRUE(made.ok());
    handle = made.value();
  });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->channels.size() == 1 && call.b->channels.size() == 1; }));
  call.rig.run([&] {
    EXPECT_EQ(call.a->channels[0].handle, handle);
    EXPECT_FALSE(call.a->channels[0].remote);
    EXPECT_TRUE(call.b->channels[0].remote);
    EXPECT_EQ(call.b->channels[0].options.label, "proof");
    EXPECT_EQ(call.b->channels[0].options.protocol, "sidetone");
    const std::string text = "gr\xC3\xBC\xC3\x9F dich";
    EXPECT_TRUE(
        call.a->peer->send(handle, false, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).ok());
    const std::vector<std::uint8_t> big(100'000, 0x5A);
    EXPECT_TRUE(call.b->peer->send(call.b->channels[0].handle, true, big).ok());
    EXPECT_TRUE(call.b->peer->send(call.b->channels[0].handle, true, {}).ok());
  });
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->messages.size() == 2 && call.b->messages.size() == 1; }));
  call.rig.run([&] {
    EXPECT_FALSE(call.b->messages[0].binary);
    EXPECT_EQ(call.b->messages[0].data, "gr\xC3\xBC\xC3\x9F dich");
    EXPECT_TRUE(call.a->messages[0].binary);
    EXPECT_EQ(call.a->messages[0].data, std::string(100'000, 'Z'));
    EXPECT_EQ(call.a->messages[1].data, "");
    call.a->peer->close_channel(handle);
  });
  ASSERT_TRUE(call.rig.wait_for([&] { return !call.a->channels[0].open && !call.b->channels[0].open; }));
}

}  // namespace
}  // namespace sidetone::media::test
