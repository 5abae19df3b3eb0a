// A loudspeaker that the microphone hears, by a real PulseAudio that the test starts and ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

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

  /// @return the loudest that is sent back, of full scale, between the third second and the fifth.
  double sent_back(const EngineOptions& options, const WantedProcessing& wanted) {
    TestEngine here(with_server(options));
    EngineOptions alone;
    alone.use_devices = false;
    TestEngine robot(alone);
    const LegConfig config{opus(), {opus()}, Milliseconds{20}};
    const LegId far = *robot->add_leg(config);
    const LegId near = *here->add_leg(config);
    EXPECT_TRUE(robot->set_source(far, {SourceKind::kMusic, ""}).ok());
    EXPECT_TRUE(here->set_sink(near, {true, "room", 1}).ok());
    Source microphone{SourceKind::kDevice, "roommic"};
    microphone.processing = wanted;
    EXPECT_TRUE(here->set_source(near, microphone).ok());
    Wire there(robot, far, here, near);
    Wire back(here, near, robot, far);
    const auto begin = std::chrono::steady_clock::now();
    double most = 0;
    there.carry_until([&] {
      back.carry();
      const auto since = std::chrono::steady_clock::now() - begin;
      if (since > std::chrono::seconds{3}) most = std::max(most, here->stats(near).sent_level);
      return since > std::chrono::seconds{5};
    });
    EXPECT_GT(here->stats(near).received_level, 0.01) << "nothing was played";
    return most;
  }

  [[nodiscard]] EngineOptions with_server(EngineOptions options) const {
    options.server = pulse_.server();
    return options;
  }

  PrivatePulse pulse_;
};

TEST_F(PulseEcho, IsCancelledWhereItIsWished) {
  ASSERT_NO_FATAL_FAILURE(arrange("device.class=abstract"));
  const double whole = sent_back({}, {});
  EXPECT_GT(whole, 0.02);
  WantedProcessing wanted;
  wanted.echo_cancellation = true;
  EXPECT_LT(sent_back({}, wanted), whole / 10);
}

EngineOptions automatic() {
  EngineOptions options;
  options.echo_cancellation = ProcessingPolicy::kAuto;
  return options;
}

TEST_F(PulseEcho, IsCancelledOfALoudspeakerInTheRoom) {
  ASSERT_NO_FATAL_FAILURE(arrange("device.class=sound"));
  WantedProcessing unwanted;
  unwanted.echo_cancellation = false;
  const double whole = sent_back(automatic(), unwanted);
  EXPECT_GT(whole, 0.02) << "who does not want it does not get it";
  EXPECT_LT(sent_back(automatic(), {}), whole / 10);
}

TEST_F(PulseEcho, OfAHeadsetIsNotLookedFor) {
  ASSERT_NO_FATAL_FAILURE(arrange("'device.class=sound device.form_factor=headset'"));
  EXPECT_GT(sent_back(automatic(), {}), 0.02);
}

}  // namespace
}  // namespace sidetone
