#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "service/accounts/password_hasher.hpp"
#include "service/accounts/sign_in_guard.hpp"
#include "tests/service/support/rig.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr MonotonicTime at(std::int64_t seconds) { return {Seconds{10'000 + seconds}}; }

constexpr Milliseconds kNow{0};

TEST(SignInGuardTest, WaitsDoubleAndEnd) {
  SignInGuard guard({3, 100, Seconds{8}, Seconds{900}, 100});
  EXPECT_EQ(guard.attempt("alice", "a", at(0)), kNow);
  EXPECT_EQ(guard.attempt("alice", "a", at(0)), kNow);
  const std::int64_t waits[] = {1, 2, 4, 8, 8};
  std::int64_t now = 0;
  for (const auto wait : waits) {
    EXPECT_EQ(guard.attempt("alice", "a", at(now)), kNow);
    EXPECT_EQ(guard.attempt("alice", "a", at(now)), Seconds{wait});
    now += wait;
  }
  EXPECT_EQ(guard.attempt("alice", "b", at(now - 1)), kNow) << "from elsewhere";
  EXPECT_EQ(guard.attempt("bob", "a", at(now - 1)), kNow) << "somebody else from there";
  EXPECT_EQ(guard.attempt("alice", "a", at(now)), kNow);
  guard.succeeded("alice", "a");
  EXPECT_EQ(guard.attempt("alice", "a", at(now)), kNow) << "a right password starts anew";
  EXPECT_EQ(guard.attempt("alice", "a", at(now)), kNow);
}

TEST(SignInGuardTest, AnAttemptCountsBeforeItIsDecided) {
  SignInGuard guard({3, 100, Seconds{60}, Seconds{900}, 100});
  int looked_at = 0;
  for (int i = 0; i < 50; ++i) looked_at += guard.attempt("alice", "a", at(0)) == kNow ? 1 : 0;
  EXPECT_EQ(looked_at, 3);
}

TEST(SignInGuardTest, AnAttemptThatCouldNotBeLookedAtCountsForNothingAndLiftsNothing) {
  SignInGuard guard({3, 100, Seconds{60}, Seconds{900}, 100});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(guard.attempt("alice", "a", at(0)), kNow);
    guard.give_back("alice", "a");
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guard.attempt("alice", "a", at(0)), kNow);
  EXPECT_GT(guard.attempt("alice", "a", at(0)), kNow);
}

TEST(SignInGuardTest, OneAddressThatTriesManyNamesWaitsAndIsGivenMoreWhileItGoesOn) {
  SignInGuard guard({3, 10, Seconds{60}, Seconds{900}, 1000});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(guard.attempt("name" + std::to_string(i), "a", at(0)), kNow);
  const auto wait = guard.attempt("fresh", "a", at(0));
  EXPECT_GT(wait, kNow);
  EXPECT_LE(wait, Seconds{30});
  EXPECT_EQ(guard.attempt("fresh", "b", at(0)), kNow);
  // Whoever goes on guessing there does not make others wait longer and longer.
  for (int second = 1; second <= 300; ++second) {
    guard.attempt("x" + std::to_string(second), "a", at(second));
  }
  EXPECT_LE(guard.attempt("late", "a", at(300)), Seconds{31});
  EXPECT_EQ(guard.attempt("late", "a", at(700)), kNow);
}

TEST(SignInGuardTest, ARightPasswordIsNotCountedAgainstItsAddress) {
  SignInGuard guard({3, 10, Seconds{60}, Seconds{900}, 1000});
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(guard.attempt("name" + std::to_string(i), "a", at(0)), kNow);
    guard.succeeded("name" + std::to_string(i), "a");
  }
}

TEST(SignInGuardTest, AnIpv6NetworkIsOneAddress) {
  SignInGuard guard({2, 100, Seconds{60}, Seconds{900}, 100});
  EXPECT_EQ(guard.attempt("alice", "2001:db8:1:2::1", at(0)), kNow);
  EXPECT_EQ(guard.attempt("alice", "2001:db8:1:2:ffff::9", at(0)), kNow);
  EXPECT_GT(guard.attempt("alice", "2001:db8:1:2:3::7", at(0)), kNow);
  EXPECT_EQ(guard.attempt("alice", "2001:db8:1:3::1", at(0)), kNow) << "the neighbour's";
}

TEST(SignInGuardTest, AnAccountThatIsGuessedFromEverywhereHasOneAttemptAnAddressAndItsOwnerGetsIn) {
  SignInGuard guard({5, 100, Seconds{60}, Seconds{900}, 10'000, 20});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(guard.attempt("alice", "10.0.0." + std::to_string(i), at(0)), kNow);
  for (int i = 0; i < 200; ++i) {
    const auto bot = "10.0.1." + std::to_string(i);
    EXPECT_EQ(guard.attempt("alice", bot, at(0)), kNow);
    EXPECT_EQ(guard.attempt("alice", bot, at(0)), Seconds{60}) << "one attempt, not five";
  }
  EXPECT_EQ(guard.attempt("alice", "192.0.2.1", at(0)), kNow) << "the owner is looked at";
  guard.succeeded("alice", "192.0.2.1");
  EXPECT_EQ(guard.attempt("alice", "192.0.2.1", at(0)), kNow);
  EXPECT_EQ(guard.attempt("bob", "10.0.1.1", at(0)), kNow) << "another account is not concerned";
}

TEST(SignInGuardTest, OldFailuresAreForgotten) {
  SignInGuard guard({2, 100, Seconds{60}, Seconds{900}, 100});
  EXPECT_EQ(guard.attempt("alice", "a", at(0)), kNow);
  EXPECT_EQ(guard.attempt("alice", "a", at(1000)), kNow);
  EXPECT_EQ(guard.attempt("alice", "a", at(1000)), kNow);
}

TEST(SignInGuardTest, AFloodOfNamesDoesNotLiftTheWaitOfOne) {
  SignInGuard guard({2, 1'000'000, Seconds{60}, Seconds{900}, 50});
  for (int i = 0; i < 6; ++i) guard.attempt("alice", "a", at(0));
  for (int i = 0; i < 200; ++i) guard.attempt("name" + std::to_string(i), "b", at(0));
  EXPECT_GT(guard.attempt("alice", "a", at(0)), kNow);
}

TEST(PasswordTest, FitsItsOwnHashOnly) {
  testing::SeededRandom random(1);
  const PasswordCost cheap{64, 1, 1};
  const auto hash = hash_password("correct horse", cheap, random).value();
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=64,t=1,p=1$", 0), 0u) << hash;
  EXPECT_TRUE(password_fits("correct horse", hash));
  EXPECT_FALSE(password_fits("correct horses", hash));
  EXPECT_FALSE(password_fits("", hash));
  EXPECT_FALSE(password_fits("x", "not a hash"));
  EXPECT_NE(hash, hash_password("correct horse", cheap, random).value()) << "salted";
}

TEST(PasswordTest, TheCostIsReadFromTheHash) {
  testing::SeededRandom random(1);
  const PasswordCost cost{128, 3, 2};
  EXPECT_EQ(cost_of(hash_password("x", cost, random).value()), cost);
  for (const char* none : {"", "plain:x", "$argon2i$v=19$m=64,t=1,p=1$a$b", "$argon2id$v=16$m=64,t=1,p=1$a$b"})
    EXPECT_FALSE(cost_of(none)) << none;
}

TEST(PasswordPoolTest, AnUnknownAccountIsComparedAtTheCostOfMostAccounts) {
  testing::SeededRandom random(1);
  const PasswordCost now{1024, 2, 1};
  const PasswordCost before{512, 1, 1};
  PasswordPool pool([](std::function<void()> action) { action(); }, now, random, 1, 2);
  EXPECT_EQ(cost_of(pool.dummy()), now);
  pool.imitate(before);
  EXPECT_EQ(cost_of(pool.dummy()), before) << "what is computed for nobody is what is computed for most";
  EXPECT_TRUE(pool.is_outdated(hash_password("x", before, random).value()));
  EXPECT_FALSE(pool.is_outdated(hash_password("x", now, random).value()));
}

TEST(PasswordPoolTest, RefusesWhatItCannotQueueAndNeverFitsAnUnknownAccount) {
  testing::SeededRandom random(1);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> answers;
  int refused = 0;
  const auto note = [&](Result<bool> fits) {
    const std::lock_guard lock(mutex);
    if (fits.ok())
      answers.push_back(*fits);
    else
      ++refused;
    changed.notify_one();
  };
  const auto hash = hash_password("x", {1024, 1, 1}, random).value();
  PasswordPool pool([](std::function<void()> action) { action(); }, {1024, 1, 1}, random, 1, 2);
  for (int i = 0; i < 50; ++i) pool.check("x", i == 0 ? "" : hash, note);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return answers.size() + static_cast<std::size_t>(refused) == 50; });
  EXPECT_GT(refused, 0);
  ASSERT_FALSE(answers.empty());
  EXPECT_FALSE(answers[0]);
}

}  // namespace
}  // namespace sidetone::service::accounts
