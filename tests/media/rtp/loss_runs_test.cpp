#include "media/rtp/loss_runs.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace sidetone::media::rtp {
namespace {

void add(LossRuns& runs, int came) {
  for (int i = 0; i < came; ++i) runs.add(false);
}
void add(LossRuns& runs, std::string_view packets) {
  for (const char packet : packets) runs.add(packet == 'x');
}

TEST(LossRuns, LossesThatLieAloneAreOfAGap) {
  LossRuns runs;
  for (int i = 0; i < 10; ++i) {
    add(runs, 19);
    add(runs, "x");
  }
  const auto found = runs.summary();
  EXPECT_DOUBLE_EQ(found.gap_density, 0.05);
  EXPECT_DOUBLE_EQ(found.gap_packets, 200);
  EXPECT_EQ(found.burst_packets, 0);
  EXPECT_EQ(found.burst_density, 0);
  EXPECT_EQ(found.burst_ratio, 1);
}

// RFC 3611 §4.7.2: fifteen that came between two losses do not end a burst, sixteen do.
TEST(LossRuns, SixteenInARowEndABurst) {
  LossRuns near;
  add(near, 100);
  add(near, "x");
  add(near, 15);
  add(near, "x");
  add(near, 100);
  EXPECT_DOUBLE_EQ(near.summary().burst_packets, 17);
  EXPECT_DOUBLE_EQ(near.summary().burst_density, 2.0 / 17);
  EXPECT_DOUBLE_EQ(near.summary().gap_packets, 100);
  EXPECT_EQ(near.summary().gap_density, 0);

  LossRuns far;
  add(far, 100);
  add(far, "x");
  add(far, 16);
  add(far, "x");
  add(far, 100);
  EXPECT_EQ(far.summary().burst_packets, 0);
  EXPECT_DOUBLE_EQ(far.summary().gap_density, 2.0 / 218);
}

TEST(LossRuns, ABurstMayHoldWhatCame) {
  LossRuns runs;
  add(runs, 50);
  add(runs, "xx.x..xx");
  add(runs, 50);
  add(runs, "xxxx");
  add(runs, 50);
  const auto found = runs.summary();
  EXPECT_DOUBLE_EQ(found.burst_packets, 6);
  EXPECT_DOUBLE_EQ(found.burst_density, 9.0 / 12);
  EXPECT_DOUBLE_EQ(found.gap_packets, 50);
  EXPECT_GT(found.burst_ratio, 2);  // four runs of nine losses in all
}

TEST(LossRuns, ABurstThatGoesOnCounts) {
  LossRuns runs;
  add(runs, 20);
  add(runs, "xxx.");
  EXPECT_DOUBLE_EQ(runs.summary().burst_packets, 3);
}

TEST(LossRuns, NothingIsNoLoss) {
  const auto found = LossRuns{}.summary();
  EXPECT_EQ(found.gap_density, 0);
  EXPECT_EQ(found.burst_ratio, 1);
}

}  // namespace
}  // namespace sidetone::media::rtp
