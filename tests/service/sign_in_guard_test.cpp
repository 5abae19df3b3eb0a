#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "service/accounts/password_hasher.hpp"
#include "service/accounts/sign_in_guard.hpp"
#include "tests/service/support/rig.hpp"

namespace sidetone::service::accounts {
namespace {

constexpr MonotonicTime at(std::int64_t seconds) { return {Seconds{10'000 + seconds}}; }

TEST(SignInGuardTest, WaitsDoubleAndEnd) {
  SignInGuard guard({3, 100, Seconds{8}, Seconds{900}, 100});
  guard.failed("alice", "a", at(0));
  guard.failed("alice", "a", at(0));
  EXPECT_EQ(guard.wait("alice", "a", at(0)), Milliseconds{0});
  const std::int64_t waits[] = {1, 2, 4, 8, 8};
  std::int64_t now = 0;
  for (const auto wait : waits) {
    guard.failed("alice", "a", at(now));
    EXPECT_EQ(guard.wait("alice", "a", at(now)), Seconds{wait});
    now += wait;
    EXPECT_EQ(guard.wait("alice", "a", at(now)), Milliseconds{0});
  }
  EXPECT_EQ(guard.wait("alice", "b", at(now)), Milliseconds{0}) << "from elsewhere";
  EXPECT_EQ(guard.wait("bob", "a", at(now)), Milliseconds{0}) << "somebody else from there";
  guard.succeeded("alice", "a");
  guard.failed("alice", "a", at(now));
  EXPECT_EQ(guard.wait("alice", "a", at(now)), Milliseconds{0}) << "a right password starts anew";
}

TEST(SignInGuardTest, OneAddressThatTriesManyNamesWaitsToo) {
  SignInGuard guard({3, 10, Seconds{60}, Seconds{900}, 1000});
  for (int i = 0; i < 10; ++i) guard.failed("name" + std::to_string(i), "a", at(0));
  EXPECT_GT(guard.wait("fresh", "a", at(0)), Milliseconds{0});
  EXPECT_EQ(guard.wait("fresh", "b", at(0)), Milliseconds{0});
}

TEST(SignInGuardTest, OldFailuresAreForgotten) {
  SignInGuard guard({2, 100, Seconds{60}, Seconds{900}, 100});
  guard.failed("alice", "a", at(0));
  guard.failed("alice", "a", at(1000));
  EXPECT_EQ(guard.wait("alice", "a", at(1000)), Milliseconds{0});
}

TEST(SignInGuardTest, AFloodOfNamesDoesNotLiftTheWaitOfOne) {
  SignInGuard guard({2, 1'000'000, Seconds{60}, Seconds{900}, 50});
  for (int i = 0; i < 6; ++i) guard.failed("alice", "a", at(0));
  for (int i = 0; i < 45; ++i) guard.failed("name" + std::to_string(i), "b", at(0));
  EXPECT_GT(guard.wait("alice", "a", at(0)), Milliseconds{0});
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
