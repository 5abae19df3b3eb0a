#include "media/dsp/echo_reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sidetone {
namespace {

using namespace media::dsp;

/// A loudspeaker whose samples are their own numbers, from 1 on.
class EchoReferenceTest : public ::testing::Test {
 protected:
  void play(int blocks = 1) {
    for (; blocks > 0; --blocks) {
      Block block;
      for (float& sample : block) sample = static_cast<float>(++played_);
      reference_.played(block);
    }
  }
  /// @return the first sample of what comes next; 0: silence.
  std::int64_t next(Milliseconds delay) {
    const ConstBlockSpan block = reference_.next(delay);
    const bool goes_on = std::ranges::adjacent_find(
                             block, [](float one, float other) { return one != 0 && other != one + 1; }) == block.end();
    EXPECT_TRUE(goes_on);
    return static_cast<std::int64_t>(block[0]);
  }
  std::int64_t play_and_next(Milliseconds delay) {
    play();
    return next(delay);
  }
  /// Plays a block. @return how many ms before it lies what comes next.
  double play_and_look_back(Milliseconds delay) {
    const std::int64_t first = play_and_next(delay);
    return static_cast<double>(played_ - static_cast<std::int64_t>(kBlockSamples) + 1 - first) * 1000 / kSampleRateHz;
  }

  EchoReference reference_;
  std::int64_t played_ = 0;
};

TEST_F(EchoReferenceTest, IsWhatWasPlayedALittleBeforeItsEcho) {
  play(20);
  EXPECT_EQ(play_and_look_back(Milliseconds{60}), 40);
  EXPECT_EQ(reference_.lead(), Milliseconds{20});
  EXPECT_FALSE(reference_.is_settling());
}

TEST_F(EchoReferenceTest, IsTheNewestWhereTheDelayIsShorterThanTheLead) {
  EXPECT_EQ(play_and_look_back(Milliseconds{12}), 0);
  EXPECT_EQ(reference_.lead(), Milliseconds{12});
}

TEST_F(EchoReferenceTest, FollowsAChangeThatLasts) {
  play(40);
  EXPECT_EQ(play_and_look_back(Milliseconds{60}), 40);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(play_and_look_back(Milliseconds{210}), 40) << "it may be a slip";
  EXPECT_EQ(play_and_look_back(Milliseconds{210}), 190);
  for (int i = 1; i < 300; ++i) {
    EXPECT_TRUE(reference_.is_settling()) << i;
    play_and_next(Milliseconds{210});
  }
  EXPECT_EQ(play_and_look_back(Milliseconds{210}), 190);
  EXPECT_FALSE(reference_.is_settling());
  for (int i = 0; i < 3; ++i) play_and_next(Milliseconds{60});
  EXPECT_EQ(play_and_look_back(Milliseconds{60}), 40) << "and back";
}

TEST_F(EchoReferenceTest, GoesOnThroughDelaysThatAreToldNowLongerAndNowShorter) {
  play(20);
  std::int64_t last = play_and_next(Milliseconds{60});
  for (int i = 0; i < 400; ++i) {
    const std::int64_t now = play_and_next(Milliseconds{i % 7 == 0 ? 250 : 52 + i % 17});
    EXPECT_EQ(now, last + static_cast<std::int64_t>(kBlockSamples)) << i;
    last = now;
  }
}

TEST_F(EchoReferenceTest, GoesOnThroughBursts) {
  play(40);
  std::int64_t last = next(Milliseconds{150});
  for (int i = 0; i < 200; ++i) {
    if (i % 5 == 0) play(5);
    const std::int64_t now = next(Milliseconds{150});
    EXPECT_EQ(now, last + static_cast<std::int64_t>(kBlockSamples)) << i;
    last = now;
  }
}

TEST_F(EchoReferenceTest, MovesByTheChangeAndNotByWhatIsAlwaysWrong) {
  play(20);
  play_and_next(Milliseconds{60});
  for (int i = 0; i < 500; ++i) play_and_next(Milliseconds{67});
  for (int i = 0; i < 3; ++i) play_and_next(Milliseconds{167});
  EXPECT_NEAR(play_and_look_back(Milliseconds{167}), 140, 0.1);
}

TEST_F(EchoReferenceTest, IsSilentWhereNothingWasPlayed) {
  EXPECT_EQ(next(Milliseconds{60}), 0);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(play_and_next(Milliseconds{2000}), 0);
  for (int i = 0; i < 60; ++i) play_and_next(Milliseconds{2000});
  EXPECT_EQ(play_and_look_back(Milliseconds{2000}), 480) << "half a second of delay at the most";
}

TEST_F(EchoReferenceTest, IsSilentWhileTheLoudspeakerAsksForNothing) {
  play(20);
  EXPECT_EQ(play_and_look_back(Milliseconds{0}), 0);
  EXPECT_EQ(next(Milliseconds{0}), 0);
  EXPECT_EQ(play_and_look_back(Milliseconds{0}), 0);
}

}  // namespace
}  // namespace sidetone
