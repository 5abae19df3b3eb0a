// A loudspeaker that the microphone hears, by a real PulseAudio that the test starts and ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "tests/media/audio/engine_pair.hpp"
#include "tests/media/device/private_pulse.hpp"

namespace sidetone {
namespace {

using namespace media::audio;
using testing::opus;
using testing::PrivatePulse;
using testing::TestEngine;
using testing::Wire;

/// A far end plays music on a loudspeaker, which the sound server plays into the microphone.
class PulseEcho : public ::testing::Test {
 protected:
  /// @param loudspeaker  properties of the sink.
  void arrange(const std::string& loudspeaker) {
    ASSERT_TRUE(pulse_.start()) << "is the program pulseaudio installed?";
    pulse_.control({"load-module", "module-null-sink", "sink_name=room", "rate=48000", "channels=1",
                    "sink_properties=" + loudspeaker});
    pulse_.control({"load-module", "module-remap-source", "source_name=roommic", "master=micfeed.monitor",
                    "source_properties=device.class=sound"});
    pulse_.control({"load-module", "module-loopback", "source=room.monitor", "sink=micfeed", "latency_msec=30"});
  }

  /// Plays until a whole second of what is sent back is damped: its loudest 100 ms are weaker than a tenth of the
  /// loudest that goes from the same microphone and loudspeaker by a leg that wants no cancellation. How soon that
  /// comes is the bench's to measure (tests/bench/echo): a machine that stands still meanwhile cuts the music and moves
  /// the echo, and the canceller has to follow.
  /// @return whether it came within `at_most`.
  bool is_damped(EngineOptions options, const WantedProcessing& wanted, std::chrono::seconds at_most) {
    options.server = pulse_.server();
    TestEngine here(options);
    EngineOptions alone;
    alone.use_devices = false;
    TestEngine robot(alone);
    const LegConfig config{opus(), {opus()}, Milliseconds{20}};
    const LegId far = *robot->add_leg(config);
    const LegId near = *here->add_leg(config);
    const LegId unprocessed = *here->add_leg(config);
    EXPECT_TRUE(robot->set_source(far, {SourceKind::kMusic, ""}).ok());
    Source microphone{SourceKind::kDevice, "roommic"};
    microphone.processing.echo_cancellation = false;
    EXPECT_TRUE(here->set_sink(unprocessed, {true, "room", 1}).ok());
    EXPECT_TRUE(here->set_source(unprocessed, microphone).ok());
    microphone.processing = wanted;
    EXPECT_TRUE(here->set_sink(near, {true, "room", 1}).ok());
    EXPECT_TRUE(here->set_source(near, microphone).ok());
    Wire there(robot, far, here, near);
    Wire back(here, near, robot, far);
    double loudest = 0;
    std::optional<std::chrono::steady_clock::time_point> since;  // of the second under way
    double most_whole = 0;
    double most_sent = 0;
    const bool damped = there.carry_until(
        [&] {
          back.carry();
          const auto now = std::chrono::steady_clock::now();
          most_whole = std::max(most_whole, here->stats(unprocessed).sent_level);
          most_sent = std::max(most_sent, here->stats(near).sent_level);
          loudest = std::max(loudest, most_whole);
          if (most_whole <= kAudible || most_sent >= most_whole / 10) {
            since.reset();
            most_whole = most_sent = 0;
          } else if (!since) {
            since = now;
          }
          return since && now - *since >= std::chrono::seconds{1};
        },
        at_most);
    EXPECT_GT(loudest, kAudible) << "who does not want it does not get it";
    return damped;
  }

  static constexpr double kAudible = 0.02;

  PrivatePulse pulse_;
};

constexpr std::chrono::seconds kSoonOrLate{40};

TEST_F(PulseEcho, IsCancelledWhereItIsWished) {
  ASSERT_NO_FATAL_FAILURE(arrange("device.class=abstract"));
  WantedProcessing wanted;
  wanted.echo_cancellation = true;
  EXPECT_TRUE(is_damped({}, wanted, kSoonOrLate));
}

EngineOptions automatic() {
  EngineOptions options;
  options.echo_cancellation = ProcessingPolicy::kAuto;
  return options;
}

TEST_F(PulseEcho, IsCancelledOfALoudspeakerInTheRoom) {
  ASSERT_NO_FATAL_FAILURE(arrange("device.class=sound"));
  EXPECT_TRUE(is_damped(automatic(), {}, kSoonOrLate));
}

TEST_F(PulseEcho, OfAHeadsetIsNotLookedFor) {
  ASSERT_NO_FATAL_FAILURE(arrange("'device.class=sound device.form_factor=headset'"));
  EXPECT_FALSE(is_damped(automatic(), {}, std::chrono::seconds{5}));
}

}  // namespace
}  // namespace sidetone
