// Devices of a real PulseAudio that the test starts and ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/media/audio/engine_pair.hpp"
#include "tests/media/device/private_pulse.hpp"
#include "tests/media/device/tone_player.hpp"

namespace sidetone {
namespace {

using namespace media::audio;
using testing::opus;
using testing::PrivatePulse;
using testing::TestEngine;
using testing::TonePlayer;
using testing::Wire;

LegConfig both_ways() { return {opus(), {opus()}, Milliseconds{20}}; }

EngineOptions on(const PrivatePulse& pulse) {
  EngineOptions options;
  options.server = pulse.server();
  return options;
}

const DeviceInfo* find(const std::vector<DeviceInfo>& devices, const std::string& id) {
  const auto found = std::ranges::find(devices, id, &DeviceInfo::id);
  return found == devices.end() ? nullptr : &*found;
}

class PulseDevices : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pulse_.start()) << "is the program pulseaudio installed?"; }

  /// Handle an engine's events until `done`.
  static bool wait(TestEngine& engine, const std::function<bool()>& done) {
    return Wire(engine, 0, engine, 0).carry_until(done);
  }
  PrivatePulse pulse_;
};

TEST_F(PulseDevices, AreListedWithoutMonitors) {
  TestEngine engine(on(pulse_));
  const auto devices = engine->devices();
  EXPECT_EQ(engine->devices_missing_reason(), "");
  ASSERT_EQ(devices.size(), 3U);
  ASSERT_NE(find(devices, "mic"), nullptr);
  EXPECT_EQ(find(devices, "mic")->kind, DeviceKind::kInput);
  EXPECT_EQ(find(devices, "mic")->label, "Microphone");
  EXPECT_TRUE(find(devices, "mic")->is_default);
  ASSERT_NE(find(devices, "spk"), nullptr);
  EXPECT_EQ(find(devices, "spk")->kind, DeviceKind::kOutput);
  EXPECT_EQ(std::ranges::count_if(devices, [](const DeviceInfo& d) { return d.kind == DeviceKind::kInput; }), 1);
}

TEST_F(PulseDevices, ComeAndGo) {
  TestEngine engine(on(pulse_));
  pulse_.control({"load-module", "module-null-sink", "sink_name=headset"});
  EXPECT_TRUE(wait(engine, [&] { return find(engine->devices(), "headset") != nullptr; }));
  engine->take_frames([](const OutgoingFrame&) {});
  EXPECT_GT(engine.changes, 0);
  pulse_.control({"unload-module", "module-null-sink"});
  EXPECT_TRUE(wait(engine, [&] { return find(engine->devices(), "headset") == nullptr; }));
}

// What is played into the microphone is heard from the loudspeaker, at its level.
TEST_F(PulseDevices, CarryATone) {
  TestEngine engine(on(pulse_));
  const LegId talker = *engine->add_leg(both_ways());
  const LegId listener = *engine->add_leg(both_ways());
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, "mic"}).ok());
  ASSERT_TRUE(engine->set_sink(talker, {false, "", 1}).ok());
  ASSERT_TRUE(engine->set_sink(listener, {true, "spk", 1}).ok());
  TonePlayer player(pulse_.server(), "micfeed", 440, 0.3);
  testing::ToneMeter meter(pulse_.server(), "spk.monitor", 440);
  Wire wire(engine, talker, engine, listener);
  EXPECT_TRUE(wire.carry_until([&] { return std::fabs(20 * std::log10(meter.amplitude() / 0.3)) < 1; }))
      << meter.amplitude();
  EXPECT_NEAR(engine->stats(talker).sent_level, 0.3 / std::sqrt(2), 0.03);
  EXPECT_NEAR(engine->stats(listener).received_level, 0.3 / std::sqrt(2), 0.03);
  // The volume is the sink's own affair.
  ASSERT_TRUE(engine->set_sink(listener, {true, "spk", 0.5}).ok());
  EXPECT_TRUE(wire.carry_until([&] { return std::fabs(20 * std::log10(meter.amplitude() / 0.15)) < 1; }))
      << meter.amplitude();
}

TEST_F(PulseDevices, ACallThatOnlySendsHasALevelToo) {
  TestEngine engine(on(pulse_));
  const LegId talker = *engine->add_leg({opus(), {}, Milliseconds{20}});
  const LegId listener = *engine->add_leg({std::nullopt, {opus()}, Milliseconds{20}});
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, "mic"}).ok());
  TonePlayer player(pulse_.server(), "micfeed", 440, 0.3);
  Wire wire(engine, talker, engine, listener);
  ASSERT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));
  const auto encoded = engine->stats(talker).frames_encoded;
  EXPECT_TRUE(wire.carry_until([&] { return engine->stats(talker).frames_encoded > encoded + 50; }));
}

TEST_F(PulseDevices, ALostMicrophoneSendsSilenceAndIsTakenUpAgain) {
  TestEngine engine(on(pulse_));
  const std::vector<std::string> microphone = {"load-module", "module-remap-source", "source_name=headset",
                                               "master=micfeed.monitor"};
  const std::string module = pulse_.control(microphone);
  ASSERT_TRUE(wait(engine, [&] { return find(engine->devices(), "headset") != nullptr; }));
  const LegId talker = *engine->add_leg(both_ways());
  const LegId listener = *engine->add_leg(both_ways());
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, "headset"}).ok());
  TonePlayer player(pulse_.server(), "micfeed", 440, 0.3);
  Wire wire(engine, talker, engine, listener);
  ASSERT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));

  pulse_.control({"unload-module", module.substr(0, module.find('\n'))});
  EXPECT_TRUE(wire.carry_until([&] { return !engine.lost.empty() && engine->stats(talker).sent_level == 0; }));
  ASSERT_EQ(engine.lost.size(), 1U);
  EXPECT_EQ(engine.lost[0].substr(0, 3), std::to_string(talker) + ": ");
  const std::size_t frames = wire.timestamps.size();
  EXPECT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > frames + 25; })) << "silence is sent";

  pulse_.control(microphone);
  EXPECT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));
  EXPECT_EQ(engine.lost.size(), 1U);
}

// It stays open and just calls no more, and no other device wakes the engine.
TEST_F(PulseDevices, AMicrophoneThatFallsSilentDoesNotStopTheFrames) {
  TestEngine engine(on(pulse_));
  const LegId talker = *engine->add_leg({opus(), {}, Milliseconds{20}});
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, "mic"}).ok());
  TonePlayer player(pulse_.server(), "micfeed", 440, 0.3);
  Wire wire(engine, talker, engine, talker);
  ASSERT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));
  pulse_.control({"suspend-source", "mic", "1"});
  ASSERT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level == 0; }));
  const std::size_t frames = wire.timestamps.size();
  EXPECT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > frames + 25; }));
  pulse_.control({"suspend-source", "mic", "0"});
  EXPECT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));
}

TEST_F(PulseDevices, ALostLoudspeakerGivesWayToTheDefault) {
  TestEngine engine(on(pulse_));
  const std::vector<std::string> headset = {"load-module", "module-null-sink", "sink_name=headset", "rate=48000"};
  const std::string module = pulse_.control(headset);
  pulse_.control({"set-default-sink", "spk"});
  ASSERT_TRUE(wait(engine, [&] {
    const auto devices = engine->devices();
    return find(devices, "headset") != nullptr && find(devices, "spk")->is_default;
  }));
  TestEngine robot([] {
    EngineOptions options;
    options.use_devices = false;
    return options;
  }());
  const LegId from = *robot->add_leg(both_ways());
  const LegId to = *engine->add_leg(both_ways());
  ASSERT_TRUE(robot->set_source(from, {SourceKind::kMusic, ""}).ok());
  ASSERT_TRUE(engine->set_sink(to, {true, "headset", 1}).ok());
  Wire wire(robot, from, engine, to);
  {
    testing::ToneMeter meter(pulse_.server(), "headset.monitor", 440);
    ASSERT_TRUE(wire.carry_until([&] { return meter.rms() > 0.02; }));
  }
  testing::ToneMeter fallback(pulse_.server(), "spk.monitor", 440);
  pulse_.control({"unload-module", module.substr(0, module.find('\n'))});
  EXPECT_TRUE(wire.carry_until([&] { return fallback.rms() > 0.02; }));
  pulse_.control(headset);
  testing::ToneMeter again(pulse_.server(), "headset.monitor", 440);
  EXPECT_TRUE(wire.carry_until([&] { return again.rms() > 0.02; }));
  EXPECT_LT(fallback.rms(), 0.001);
}

TEST_F(PulseDevices, AServerThatDiesAndComesBackIsFoundAgain) {
  TestEngine engine(on(pulse_));
  const LegId talker = *engine->add_leg(both_ways());
  const LegId listener = *engine->add_leg(both_ways());
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, ""}).ok());
  Wire wire(engine, talker, engine, listener);
  ASSERT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > 20; }));
  pulse_.kill();
  EXPECT_TRUE(wire.carry_until([&] { return engine->devices().empty() && engine.lost.size() == 1; }));
  EXPECT_NE(engine->devices_missing_reason(), "");
  const std::size_t frames = wire.timestamps.size();
  EXPECT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > frames + 25; }));
  EXPECT_GT(engine->stats(listener).samples_played, 0U);

  ASSERT_TRUE(pulse_.start());
  EXPECT_TRUE(wait(engine, [&] { return engine->devices().size() == 3; }));
  TonePlayer player(pulse_.server(), "micfeed", 440, 0.3);
  EXPECT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.15; }));
}

TEST_F(PulseDevices, AreOpenOnlyWhileALegUsesThem) {
  TestEngine engine(on(pulse_));
  const auto streams = [&] {
    return pulse_.control({"list", "short", "source-outputs"}) + pulse_.control({"list", "short", "sink-inputs"});
  };
  // The remapped microphone records from its master by itself.
  const std::string idle = streams();
  const LegId leg = *engine->add_leg(both_ways());
  ASSERT_TRUE(engine->set_source(leg, {SourceKind::kDevice, "mic"}).ok());
  EXPECT_TRUE(wait(engine, [&] {
    const std::string now = streams();
    return std::ranges::count(now, '\n') == std::ranges::count(idle, '\n') + 2;
  }));
  engine->remove_leg(leg);
  EXPECT_TRUE(wait(engine, [&] { return std::ranges::count(streams(), '\n') == std::ranges::count(idle, '\n'); }));
}

}  // namespace
}  // namespace sidetone
