#include "media/peer/expected_loss.hpp"

#include <gtest/gtest.h>

namespace sidetone::media::peer {
namespace {

TEST(ExpectedLoss, RedundancyGoesWhenNothingIsLostForAWhile) {
  ExpectedLoss loss;
  for (int report = 0; report < 9; ++report) EXPECT_EQ(loss.on_report(0), std::nullopt) << report;
  EXPECT_EQ(loss.told(), ExpectedLoss::kLeast);
  EXPECT_EQ(loss.on_report(0), 0.0);
  for (int report = 0; report < 100; ++report) EXPECT_EQ(loss.on_report(0), std::nullopt) << "said once";
}

// RFC 3550 §6.2: who does not hurry reports every five seconds.
TEST(ExpectedLoss, AReportOfManyPacketsIsBelievedMore) {
  ExpectedLoss hurried;
  ExpectedLoss slow;
  EXPECT_NEAR(hurried.on_report(0.125, 50).value_or(0), 0.031, 0.001);
  EXPECT_NEAR(slow.on_report(0.125, 250).value_or(0), 0.095, 0.001);
  for (int report = 1; report < 5; ++report) hurried.on_report(0.125, 50);
  EXPECT_NEAR(hurried.told(), slow.told(), 0.02) << "as much in the same time";
  EXPECT_EQ(ExpectedLoss().on_report(0.5, 0), std::nullopt) << "about nothing";
}

TEST(ExpectedLoss, TheFirstLossBringsItBackAtOnce) {
  ExpectedLoss loss;
  for (int report = 0; report < 50; ++report) loss.on_report(0);
  ASSERT_EQ(loss.told(), 0);
  EXPECT_EQ(loss.on_report(1.0 / 50), ExpectedLoss::kLeast);
  // One packet in five seconds is enough to keep it.
  for (int report = 0; report < 200; ++report) loss.on_report(report % 5 == 0 ? 1.0 / 50 : 0);
  EXPECT_GT(loss.told(), 0);
}

TEST(ExpectedLoss, FollowsWhatIsLostWithoutEveryTremor) {
  ExpectedLoss loss;
  int told = 0;
  for (int report = 0; report < 100; ++report) told += loss.on_report(report % 2 == 0 ? 0.10 : 0.11) ? 1 : 0;
  EXPECT_NEAR(loss.told(), 0.105, 0.02);
  EXPECT_LE(told, 5);
}

}  // namespace
}  // namespace sidetone::media::peer
