#include "media/peer/voice_quality.hpp"

#include <gtest/gtest.h>

#include "media/rtp/packet.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::peer {
namespace {

class VoiceQualityTest : public ::testing::Test {
 protected:
  /// A second with 50 packets of 20 ms.
  void second(double concealed, double buffer_s = 0.03) {
    for (int i = 0; i < 50; ++i) {
      rtp::Packet packet;
      packet.ssrc = 9;
      packet.sequence = sequence_++;
      reports_.on_received(packet, 48'000, clock_.now());
    }
    leg_.samples_played += 48'000;
    leg_.samples_concealed += static_cast<std::uint64_t>(48'000 * concealed);
    leg_.jitter_buffer_emitted += 48'000;
    leg_.jitter_buffer_delay_s += 48'000 * buffer_s;
    leg_.jitter_buffer_target_s = buffer_s;
    leg_.received_level = 0.1;
    quality_.judge(leg_, reports_, "opus", Milliseconds{20});
  }
  void far_end(double lost, std::optional<rtp::VoipMetrics> metrics) {
    rtp::RtcpCompound compound;
    compound.sender_ssrc = 9;
    compound.reports[0].ssrc = 42;
    compound.reports[0].fraction_lost = static_cast<std::uint8_t>(256 * lost);
    compound.report_count = 1;
    compound.voip_metrics = metrics;
    reports_.on_rtcp(compound);
    quality_.judge(leg_, reports_, "opus", Milliseconds{20});
  }

  test::VirtualClock clock_;
  test::SeededRandom random_{1};
  rtp::RtcpSession reports_{clock_, random_, 42, "us"};
  audio::LegStats leg_;
  VoiceQuality quality_;
  std::uint16_t sequence_ = 0;
};

TEST_F(VoiceQualityTest, NothingIsKnownBeforeVoiceCame) {
  quality_.judge(leg_, reports_, "opus", Milliseconds{20});
  EXPECT_FALSE(quality_.here());
  EXPECT_FALSE(quality_.there());
  EXPECT_FALSE(quality_.metrics());
}

TEST_F(VoiceQualityTest, ASecondIsJudgedByWhatWasMadeUpInIt) {
  second(0);
  ASSERT_TRUE(quality_.here());
  EXPECT_NEAR(quality_.here()->rating, 93.2 - 0.024 * 80, 0.05);
  const double good = quality_.here()->conversational;
  second(0.1);
  EXPECT_LT(quality_.here()->conversational, good - 0.5);
  second(0);
  EXPECT_NEAR(quality_.here()->conversational, good, 1e-9);
}

TEST_F(VoiceQualityTest, DelayIsOfTheConversationAndNotOfListening) {
  second(0, 0.3);
  EXPECT_LT(quality_.here()->conversational, quality_.here()->listening - 0.4);
  EXPECT_NEAR(quality_.here()->listening, 4.41, 0.01);
}

TEST_F(VoiceQualityTest, TheFarEndIsToldInTheUnitsOfRfc3611) {
  second(0.1);
  ASSERT_TRUE(quality_.metrics());
  const rtp::VoipMetrics& metrics = *quality_.metrics();
  EXPECT_EQ(metrics.ssrc, 9u);
  EXPECT_EQ(metrics.loss_rate, 0);
  EXPECT_EQ(static_cast<std::int8_t>(metrics.signal_level), -14);  // -20 dBov
  EXPECT_EQ(metrics.end_system_delay_ms, 80);
  EXPECT_EQ(metrics.buffer_nominal_ms, 30);
  EXPECT_NEAR(metrics.rating, quality_.here()->rating, 0.5);
  EXPECT_NEAR(metrics.conversational_score / 10.0, quality_.here()->conversational, 0.051);
}

TEST_F(VoiceQualityTest, TheFarEndsReportIsJudgedAndItsOwnWordStands) {
  far_end(0, std::nullopt);
  ASSERT_TRUE(quality_.there());
  const double good = quality_.there()->rating;
  far_end(0.1, std::nullopt);
  EXPECT_LT(quality_.there()->rating, good - 20);
  far_end(0.1, rtp::VoipMetrics{.ssrc = 42, .rating = 88, .listening_score = 43, .conversational_score = 41});
  EXPECT_EQ(quality_.there()->rating, 88);
  EXPECT_EQ(quality_.there()->listening, 4.3);
  EXPECT_EQ(quality_.there()->conversational, 4.1);
}

TEST_F(VoiceQualityTest, WhatIsNoScoreIsNotBelieved) {
  far_end(0, rtp::VoipMetrics{.ssrc = 42, .rating = 200, .listening_score = 127, .conversational_score = 255});
  EXPECT_NEAR(quality_.there()->rating, 93.2, 5);
  EXPECT_LE(quality_.there()->conversational, 4.5);
  EXPECT_GE(quality_.there()->listening, 4);
}

}  // namespace
}  // namespace sidetone::media::peer
