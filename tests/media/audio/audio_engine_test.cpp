#include "media/audio/audio_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/media/audio/audio_thread_calls.hpp"
#include "tests/media/audio/engine_pair.hpp"

namespace sidetone {
namespace {

using namespace media::audio;
using testing::opus;
using testing::TestEngine;
using testing::Wire;

LegConfig both_ways(const CodecBinding& codec) { return {codec, {codec}, Milliseconds{20}}; }

EngineOptions without_devices() {
  EngineOptions options;
  options.use_devices = false;
  return options;
}

TEST(AudioEngine, SaysWhyThereAreNoDevices) {
  TestEngine off(without_devices());
  EXPECT_TRUE(off->devices().empty());
  EXPECT_NE(off->devices_missing_reason().find("switched off"), std::string::npos) << off->devices_missing_reason();

  EngineOptions options;
  options.server = "unix:/nonexistent/pulse.sock";
  TestEngine nobody(options);
  EXPECT_TRUE(nobody->devices().empty());
  EXPECT_NE(nobody->devices_missing_reason().find("no audio server"), std::string::npos)
      << nobody->devices_missing_reason();
}

TEST(AudioEngine, RefusesWhatItCannotDo) {
  TestEngine engine(without_devices());
  const auto unknown = engine->add_leg(both_ways({96, "speex", 16000, ""}));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, ErrorCode::kUnsupported);
  LegConfig noise = both_ways({13, "CN", 8000, ""});
  EXPECT_EQ(engine->add_leg(noise).error().code, ErrorCode::kUnsupported) << "noise alone is no voice";
  const LegId leg = *engine->add_leg(both_ways(opus()));
  EXPECT_EQ(engine->set_source(leg, {SourceKind::kDevice, ""}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(engine->set_sink(leg, {true, "nothing", 1}).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(engine->set_sink(leg, {true, "", 1}).ok());
  EXPECT_EQ(engine->set_source(leg + 1, {}).error().code, ErrorCode::kNotFound);
}

TEST(AudioEngine, DescribesItsCodecs) {
  const auto codecs = supported_codecs();
  ASSERT_EQ(codecs.size(), 8U);
  EXPECT_EQ(codecs[0].name, "opus");
  EXPECT_EQ(codecs[0].sdp_channels, 2);
  EXPECT_EQ(codecs[0].format_parameters, "minptime=10;useinbandfec=1;sidetone-dred=1000");
  EXPECT_EQ(codecs[1].name, "G722");
  EXPECT_EQ(codecs[2].format_parameters, "bitrate=32000");
  EXPECT_EQ(codecs[2].packet_times, (std::vector<std::uint16_t>{20, 40, 60})) << "frames of 20 ms";
  EXPECT_EQ(codecs[3].format_parameters, "bitrate=24000");
  EXPECT_EQ(codecs[4].static_payload_type, std::uint8_t{0});
  EXPECT_TRUE(codecs[4].pauses_by_comfort_noise);
  EXPECT_FALSE(codecs[4].comfort_noise);
  EXPECT_EQ(codecs[6].packet_times, (std::vector<std::uint16_t>{10, 20, 40, 60}));
  EXPECT_EQ(codecs[7].name, "CN");
  EXPECT_TRUE(codecs[7].comfort_noise);
}

class Voice : public ::testing::TestWithParam<CodecBinding> {};

TEST_P(Voice, OfTheMusicRobotArrives) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  const LegId from = *robot->add_leg(both_ways(GetParam()));
  const LegId to = *listener->add_leg(both_ways(GetParam()));
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  Wire wire(robot, from, listener, to);
  EXPECT_TRUE(wire.carry_until([&] {
    const LegStats sent = robot->stats(from);
    const LegStats heard = listener->stats(to);
    return wire.timestamps.size() > 100 && heard.received_level > 0.02 &&
           std::abs(20 * std::log10(heard.received_level / sent.sent_level)) < 3;
  }));
  EXPECT_TRUE(listener->stats(to).first_played.has_value());
  EXPECT_EQ(listener->stats(to).packets_discarded, 0U);
  const std::uint32_t step = GetParam().clock_rate_hz / 50;
  for (std::size_t i = 1; i < wire.timestamps.size(); ++i) {
    EXPECT_EQ(wire.timestamps[i] - wire.timestamps[i - 1], step);
    EXPECT_FALSE(wire.markers[i]);
  }
  EXPECT_TRUE(wire.markers[0]);
}

INSTANTIATE_TEST_SUITE_P(Codecs, Voice,
                         ::testing::Values(opus(), testing::g722(), testing::g7221(), testing::pcmu(), testing::g729()),
                         [](const auto& codec) { return codec.param.name; });

TEST(AudioEngine, MuteSendsSilenceAndKeepsTheClockRunning) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  const LegId from = *robot->add_leg(both_ways(opus()));
  const LegId to = *listener->add_leg(both_ways(opus()));
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  Wire wire(robot, from, listener, to);
  ASSERT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
  robot->set_muted(from, true);
  EXPECT_TRUE(wire.carry_until(
      [&] { return robot->stats(from).sent_level == 0 && listener->stats(to).received_level < 0.002; }));
  EXPECT_EQ(wire.levels.back(), 127);
  for (std::size_t i = 1; i < wire.timestamps.size(); ++i) EXPECT_EQ(wire.timestamps[i] - wire.timestamps[i - 1], 960U);
  robot->set_muted(from, false);
  EXPECT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
}

// RFC 3389: a pause is described under a payload type of its own, and what comes after it is marked.
TEST(AudioEngine, PausesAreComfortNoiseWhereTheFarEndTakesIt) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  LegConfig config = both_ways(testing::pcmu());
  config.receive.push_back({13, "CN", 8000, ""});
  config.send_comfort_noise = 13;
  const LegId from = *robot->add_leg(config);
  const LegId to = *listener->add_leg(config);
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  Wire wire(robot, from, listener, to);
  ASSERT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
  const std::uint64_t allocations = testing::audio_thread_allocations();
  robot->set_muted(from, true);
  const auto descriptions = [&] { return std::ranges::count(wire.payload_types, 13); };
  ASSERT_TRUE(wire.carry_until([&] { return descriptions() == 3; }));
  const std::size_t in_pause = wire.payload_types.size();
  EXPECT_EQ(wire.payload_types[in_pause - 2], 13);
  EXPECT_EQ(wire.payload_types[in_pause - 1], 13);
  EXPECT_EQ(wire.timestamps[in_pause - 1] - wire.timestamps[in_pause - 2], 3200U) << "the clock goes on";
  EXPECT_EQ(testing::audio_thread_allocations(), allocations);
  EXPECT_LT(listener->stats(to).received_level, 0.002);
  robot->set_muted(from, false);
  ASSERT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
  const auto back =
      std::find(wire.payload_types.begin() + static_cast<std::ptrdiff_t>(in_pause), wire.payload_types.end(), 0);
  ASSERT_NE(back, wire.payload_types.end());
  EXPECT_TRUE(wire.markers[static_cast<std::size_t>(back - wire.payload_types.begin())]);
  EXPECT_EQ(std::ranges::count(wire.markers, true), 2) << "nothing else is marked";
  EXPECT_EQ(listener->stats(to).packets_unknown, 0U);
  EXPECT_EQ(listener->stats(to).concealment_events, 0U);
}

// Over and over, so that what the audio thread does for a key is seen to take no memory either.
TEST(AudioEngine, KeysTakeThePlaceOfTheVoiceAndAreNoLoss) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  LegConfig config = both_ways(opus());
  config.send_events = EventBinding{110, 48000};
  config.receive_events = {{110, 48000}, {126, 8000}};
  const LegId from = *robot->add_leg(config);
  const LegId to = *listener->add_leg(config);
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  Wire wire(robot, from, listener, to);
  ASSERT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
  const auto press = [&](std::uint32_t number) {
    const std::size_t before = robot.keys_sent.size();
    EXPECT_TRUE(robot->insert_keys(from, {"15D", Milliseconds{90}, Milliseconds{60}, number}).ok());
    return wire.carry_until([&] {
      listener->take_frames([](const OutgoingFrame&) {});  // and with them what it has heard
      return robot.keys_sent.size() == before + 4 &&
             listener.keys_received.size() / 4 == robot.keys_sent.size() * 3 / 4;
    });
  };
  ASSERT_TRUE(press(1)) << robot.keys_sent << " " << listener.keys_received;
  const std::uint64_t allocations = testing::audio_thread_allocations();
  ASSERT_TRUE(press(2)) << robot.keys_sent << " " << listener.keys_received;
  EXPECT_EQ(testing::audio_thread_allocations(), allocations);
  EXPECT_EQ(robot.keys_sent, "15D.15D.");
  EXPECT_EQ(listener.keys_received, "190 590 D90 190 590 D90 ");
  ASSERT_TRUE(wire.carry_until([&] { return wire.payload_types.back() == 111; }));

  // The clock of the voice has run on under them, and the sequence says that nothing is missing.
  std::uint32_t last_voice = wire.timestamps.front();
  for (std::size_t i = 1; i < wire.timestamps.size(); ++i) {
    if (wire.payload_types[i] != 111) continue;
    const bool resumes = wire.payload_types[i - 1] != 111;
    EXPECT_EQ((wire.timestamps[i] - last_voice) % 480, 0U);
    EXPECT_EQ(wire.markers[i], resumes);
    if (!resumes) {
      EXPECT_EQ(wire.timestamps[i] - last_voice, 960U);
    }
    last_voice = wire.timestamps[i];
  }
  const LegStats heard = listener->stats(to);
  EXPECT_EQ(heard.packets_unknown, 0U);
  EXPECT_EQ(heard.keys_refused, 0U);
}

TEST(AudioEngine, SaysThatTheFarEndTakesNoKeys) {
  TestEngine engine(without_devices());
  const LegId leg = *engine->add_leg(both_ways(opus()));
  EXPECT_EQ(engine->insert_keys(leg, {"1"}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(engine->insert_keys(leg + 1, {"1"}).error().code, ErrorCode::kNotFound);
}

TEST(AudioEngine, EchoComesBackASecondLater) {
  TestEngine speaker(without_devices());
  TestEngine robot(without_devices());
  const LegId mine = *speaker->add_leg(both_ways(testing::pcmu()));
  const LegId echo = *robot->add_leg(both_ways(testing::pcmu()));
  ASSERT_TRUE(robot->set_source(echo, {SourceKind::kEcho, ""}).ok());
  Wire there(speaker, mine, robot, echo);
  Wire back(robot, echo, speaker, mine);
  // Let both jitter buffers settle on silence, then speak and count the packets until it is heard in what comes back.
  ASSERT_TRUE(there.carry_until([&] {
    back.carry();
    return back.timestamps.size() > 100;
  }));
  const LegStats settled = robot->stats(echo);
  ASSERT_TRUE(speaker->set_source(mine, {SourceKind::kMusic, ""}).ok());
  const auto loud = [](const Wire& wire) {
    return std::find_if(wire.levels.begin(), wire.levels.end(), [](std::uint8_t level) { return level < 50; }) -
           wire.levels.begin();
  };
  ASSERT_TRUE(there.carry_until([&] {
    back.carry();
    return loud(back) < static_cast<std::ptrdiff_t>(back.levels.size());
  }));
  const double returned_ms = static_cast<double>(static_cast<std::ptrdiff_t>(there.levels.size()) - loud(there)) * 20;
  // On a busy machine the carrying is uneven, and the robot's jitter buffer as deep as that takes.
  const LegStats stats = robot->stats(echo);
  const double buffered_ms = 1000 * (stats.jitter_buffer_delay_s - settled.jitter_buffer_delay_s) /
                             static_cast<double>(stats.jitter_buffer_emitted - settled.jitter_buffer_emitted);
  EXPECT_NEAR(returned_ms - buffered_ms, 1020, 40) << "a packet's own time; buffered for " << buffered_ms << " ms";
}

TEST(AudioEngine, TakesNewCodecsInACall) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  const LegId from = *robot->add_leg(both_ways(opus()));
  const LegId to = *listener->add_leg({opus(), {opus(), testing::pcmu()}, Milliseconds{20}});
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  Wire wire(robot, from, listener, to);
  ASSERT_TRUE(wire.carry_until([&] { return listener->stats(to).received_level > 0.02; }));
  ASSERT_TRUE(robot->update_leg(from, both_ways(testing::pcmu())).ok());
  const std::size_t until_now = wire.timestamps.size();
  EXPECT_TRUE(wire.carry_until(
      [&] { return wire.timestamps.size() > until_now + 50 && listener->stats(to).received_level > 0.02; }));
  EXPECT_EQ(listener->stats(to).packets_unknown, 0U);
}

TEST(AudioEngine, CopiesStandInForPacketsThatAreLost) {
  /// Each fourth packet is lost. @return the share of what was played that was made up
  const auto concealed = [](bool with_copies) {
    TestEngine robot(without_devices());
    TestEngine listener(without_devices());
    const LegId from = *robot->add_leg(both_ways(opus()));
    const LegId to = *listener->add_leg(both_ways(opus()));
    EXPECT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
    robot->set_expected_loss(from, 0);  // no other redundancy
    std::uint16_t sequence = 65500;
    std::uint32_t last_timestamp = 0;
    std::vector<std::uint8_t> last;
    LegStats settled;
    while (sequence != 200) {
      pollfd waiting{robot->frames_ready_fd(), POLLIN, 0};
      poll(&waiting, 1, 100);
      robot->take_frames([&](const OutgoingFrame& frame) {
        const std::uint16_t number = sequence++;
        const auto now = listener.clock.now();
        if (number % 4 != 0) {
          listener->deliver(to, {1, number, frame.timestamp, frame.payload_type, frame.marker, now, frame.payload});
          if (with_copies && !last.empty())
            listener->deliver(to, {1, static_cast<std::uint16_t>(number - 1), last_timestamp, frame.payload_type, false,
                                   now, last, true});
        }
        last.assign(frame.payload.begin(), frame.payload.end());
        last_timestamp = frame.timestamp;
        if (sequence == 50) settled = listener->stats(to);
      });
    }
    const LegStats stats = listener->stats(to);
    return static_cast<double>(stats.samples_concealed - settled.samples_concealed) /
           static_cast<double>(stats.samples_played - settled.samples_played);
  };
  EXPECT_GT(concealed(false), 0.15);
  // In real time: what a machine that stands still for a moment makes late is made up as well.
  EXPECT_LT(concealed(true), 0.05) << "four of five that are lost are heard all the same";
}

TEST(AudioEngine, CountsWhatItCannotUse) {
  TestEngine engine(without_devices());
  const LegId leg = *engine->add_leg(both_ways(opus()));
  const std::vector<std::uint8_t> payload(20, 0xff);
  engine->deliver(leg, {1, 1, 1, 96, false, engine.clock.now(), payload});
  const std::vector<std::uint8_t> huge(5000);
  engine->deliver(leg, {1, 2, 1, 111, false, engine.clock.now(), huge});
  for (std::uint16_t i = 0; i < 1000; ++i) engine->deliver(leg, {1, i, 1, 96, false, engine.clock.now(), payload});
  Wire wire(engine, leg, engine, leg + 1);
  EXPECT_TRUE(wire.carry_until([&] {
    const LegStats stats = engine->stats(leg);
    return stats.packets_unknown + stats.packets_discarded == 1002 && stats.packets_unknown >= 2;
  }));
}

TEST(AudioEngine, EndsAtAnyMomentWithLegsAndCommandsUnderWay) {
  for (int round = 0; round < 20; ++round) {
    TestEngine engine(without_devices());
    std::vector<LegId> legs;
    for (int i = 0; i < 20; ++i) {
      legs.push_back(*engine->add_leg(both_ways(opus())));
      ASSERT_TRUE(engine->set_source(legs.back(), {SourceKind::kMusic, ""}).ok());
      if (i % 3 == 0) engine->remove_leg(legs.back());
    }
  }
}

TEST(AudioEngine, SleepsWhenThereIsNoLeg) {
  TestEngine engine(without_devices());
  const LegId leg = *engine->add_leg(both_ways(opus()));
  Wire wire(engine, leg, engine, leg);
  ASSERT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > 5; }));
  engine->remove_leg(leg);
  const auto quiet = [&] {  // no frame within a quarter of a second
    engine->take_frames([](const OutgoingFrame&) {});
    pollfd waiting{engine->frames_ready_fd(), POLLIN, 0};
    return poll(&waiting, 1, 250) == 0;
  };
  EXPECT_TRUE(quiet() || quiet());
}

// Rooms and robots: what the audio thread does again and again takes no memory from the heap, and no lock.
TEST(AudioEngine, NeitherAllocatesNorLocksInSteadyState) {
  TestEngine robot(without_devices());
  TestEngine listener(without_devices());
  const LegId from = *robot->add_leg(both_ways(opus()));
  const LegId to = *listener->add_leg(both_ways(opus()));
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  ASSERT_TRUE(listener->set_source(to, {SourceKind::kEcho, ""}).ok());
  Wire there(robot, from, listener, to);
  Wire back(listener, to, robot, from);
  const auto carry_more = [&](std::size_t packets) {
    const std::size_t until = there.timestamps.size() + packets;
    return there.carry_until([&] {
      back.carry();
      return there.timestamps.size() >= until;
    });
  };
  ASSERT_TRUE(carry_more(50));
  const std::uint64_t allocations = testing::audio_thread_allocations();
  const auto locks = testing::audio_thread_locks();
  ASSERT_TRUE(carry_more(100));
  EXPECT_EQ(testing::audio_thread_allocations(), allocations);
  EXPECT_EQ(testing::audio_thread_locks(), locks);
  EXPECT_GT(allocations, 0U) << "the count does not see the audio threads";
  EXPECT_NE(locks, 0U) << "each has taken one when it began";
}

}  // namespace
}  // namespace sidetone
