#include "media/ice/stun_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sidetone::media::ice {
namespace {

const Credentials kOurs{"ours", "a password of twenty-two"};
const Credentials kTheirs{"them", "another one as long as it"};
const udp::Endpoint kFrom = *udp::parse_endpoint("192.0.2.7", 4000);

struct StunChecksTest : ::testing::Test {
  Bytes ask(bool nominate = false) { return *ours.request(request, 1, nominate, transaction); }

  StunChecks ours{kOurs, kTheirs, true};
  StunChecks theirs{kTheirs, kOurs, false};
  std::array<std::uint8_t, 1024> request{};
  std::array<std::uint8_t, 1024> reply{};
  StunChecks::Transaction transaction{};
};

TEST_F(StunChecksTest, AnAnswerIsTakenOnce) {
  const Bytes asked = ask();
  EXPECT_EQ(StunChecks::classify(asked), StunChecks::Kind::kRequest);
  EXPECT_EQ(StunChecks::transaction_of(asked), transaction);
  const auto answered = theirs.answer(asked, kFrom, reply);
  ASSERT_TRUE(answered);
  EXPECT_EQ(StunChecks::classify(*answered), StunChecks::Kind::kAnswer);
  EXPECT_EQ(StunChecks::transaction_of(*answered), transaction);
  EXPECT_TRUE(ours.accept_answer(*answered));
  EXPECT_FALSE(ours.accept_answer(*answered)) << "replayed";
}

TEST_F(StunChecksTest, WhatIsNotSignedWithTheSessionsPasswordIsNothing) {
  StunChecks stranger(Credentials{"them", "a password of somebody else"}, kOurs, false);
  EXPECT_FALSE(stranger.answer(ask(), kFrom, reply));
  const auto answered = theirs.answer(ask(), kFrom, reply);
  ASSERT_TRUE(answered);
  std::vector<std::uint8_t> forged(answered->begin(), answered->end());
  forged[25] ^= 1;  // in the mapped address
  EXPECT_FALSE(ours.accept_answer(forged));
}

TEST_F(StunChecksTest, AnAnswerAfterItWasGivenUpIsNothing) {
  const auto answered = theirs.answer(ask(), kFrom, reply);
  ours.forget(transaction);
  EXPECT_FALSE(ours.accept_answer(*answered));
}

TEST_F(StunChecksTest, WhoHasTheSameRoleKeepsItAndTheWayWorks) {
  StunChecks also_controlling(kTheirs, kOurs, true);
  const auto answered = also_controlling.answer(ask(), kFrom, reply);
  ASSERT_TRUE(answered);
  EXPECT_TRUE(ours.accept_answer(*answered));
  EXPECT_FALSE(ours.controlling());
  EXPECT_TRUE(also_controlling.controlling());
}

TEST_F(StunChecksTest, UnansweredRequestsDoNotPileUp) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(ours.request(request, 1, false, transaction)) << i;
    ours.forget(transaction);
  }
}

TEST_F(StunChecksTest, WhatIsTooShortOrOfAnotherKindIsNoCheck) {
  const Bytes asked = ask();
  EXPECT_EQ(StunChecks::classify(asked.first(19)), StunChecks::Kind::kOther);
  std::vector<std::uint8_t> indication(asked.begin(), asked.end());
  indication[1] = 0x11;
  EXPECT_EQ(StunChecks::classify(indication), StunChecks::Kind::kOther);
  for (std::size_t size = 0; size < asked.size(); ++size)
    EXPECT_FALSE(theirs.answer(asked.first(size), kFrom, reply)) << size;
}

}  // namespace
}  // namespace sidetone::media::ice
