#include "media/rtp/e_model.hpp"

#include <gtest/gtest.h>

namespace sidetone::media::rtp {
namespace {

TEST(EModel, ScoresAreThoseOfG107AnnexB) {
  // Table B.1: the lower limits of the five categories of quality.
  EXPECT_NEAR(opinion_score(90), 4.34, 0.005);
  EXPECT_NEAR(opinion_score(80), 4.03, 0.01);
  EXPECT_NEAR(opinion_score(70), 3.60, 0.005);
  EXPECT_NEAR(opinion_score(60), 3.10, 0.005);
  EXPECT_NEAR(opinion_score(50), 2.58, 0.005);
  EXPECT_EQ(opinion_score(0), 1);
  EXPECT_EQ(opinion_score(100), 4.5);
}

TEST(EModel, DelayAndLossCostWhatTheyCost) {
  const CodecImpairment opus = impairment_of("opus");
  EXPECT_NEAR(rating_factor(0, 0, 1, opus), 93.2, 1e-9);
  EXPECT_NEAR(rating_factor(100, 0, 1, opus), 90.8, 0.01);
  EXPECT_NEAR(rating_factor(250, 0, 1, opus), 79.2, 0.1);
  EXPECT_NEAR(rating_factor(0, 0.03, 1, opus), 93.2 - 95 * 3 / 28.1, 0.01);
  EXPECT_GE(rating_factor(0, 1, 1, opus), 0);
  EXPECT_EQ(rating_factor(5000, 0.5, 1, opus), 0);
}

TEST(EModel, LossInBurstsCostsMore) {
  const CodecImpairment opus = impairment_of("opus");
  EXPECT_LT(rating_factor(0, 0.1, 2, opus), rating_factor(0, 0.1, 1, opus) - 3);
  EXPECT_EQ(rating_factor(0, 0.1, 0, opus), rating_factor(0, 0.1, 1, opus));
}

TEST(EModel, G729CostsElevenByItself) {
  EXPECT_NEAR(rating_factor(0, 0, 1, impairment_of("G729")), 82.2, 1e-9);
  EXPECT_LT(rating_factor(0, 0.05, 1, impairment_of("G729")), rating_factor(0, 0.05, 1, impairment_of("opus")) - 11);
}

}  // namespace
}  // namespace sidetone::media::rtp
