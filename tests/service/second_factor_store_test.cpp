#include <gtest/gtest.h>

#include "service/store/sqlite_store.hpp"

/// What every store must do with second factors.
namespace sidetone::service::store {
namespace {

class SecondFactorStoreTest : public ::testing::Test {
 protected:
  template <class T>
  Result<T> in(std::function<Result<T>(Transaction&)> work) {
    std::optional<Result<T>> out;
    store_->run<T>(std::move(work), [&](Result<T> result) { out = std::move(result); });
    store_->run_queued();
    return std::move(*out);
  }
  UserId add_account(const std::string& login) {
    return in<UserId>([&](Transaction& t) { return t.add_account({0, login, login, login, "hash", false}); }).value();
  }
  std::optional<ErrorCode> add(const SecondFactor& factor, std::vector<std::string> hashes) {
    const auto done = in<bool>([&](Transaction& t) -> Result<bool> {
      SIDETONE_CHECK(t.add_second_factor(factor, hashes));
      return true;
    });
    return done.ok() ? std::nullopt : std::optional(done.error().code);
  }
  std::optional<SecondFactor> find(UserId user) {
    return in<std::optional<SecondFactor>>(
               [&](Transaction& t) -> Result<std::optional<SecondFactor>> { return t.find_second_factor(user); })
        .value();
  }
  bool ask(std::function<bool(Transaction&)> what) {
    return in<bool>([&](Transaction& t) -> Result<bool> { return what(t); }).value();
  }

  std::unique_ptr<SqliteStore> store_ = SqliteStore::open_manual(":memory:").value();
  const std::string secret_ = std::string("\0\xff secret", 9);
};

TEST_F(SecondFactorStoreTest, IsKeptWithItsSecretAsItIs) {
  const auto alice = add_account("alice");
  EXPECT_FALSE(find(alice));
  EXPECT_FALSE(add({alice, secret_, 7, 1000, 0}, {"a", "b"}));
  const auto found = find(alice);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret, secret_);
  EXPECT_EQ(found->last_step, 7U);
  EXPECT_EQ(found->since, 1000);
  EXPECT_EQ(found->recovery_codes, 2U);
  EXPECT_FALSE(find(add_account("bob")));
}

TEST_F(SecondFactorStoreTest, IsOneAtMostAndOfAnAccount) {
  const auto alice = add_account("alice");
  EXPECT_FALSE(add({alice, secret_, 7, 1000, 0}, {"a"}));
  EXPECT_EQ(add({alice, "another", 8, 2000, 0}, {"b", "c"}), ErrorCode::kConflict);
  EXPECT_EQ(find(alice)->secret, secret_);
  EXPECT_EQ(find(alice)->recovery_codes, 1U);
  EXPECT_EQ(add({alice + 1, secret_, 7, 1000, 0}, {"a"}), ErrorCode::kNotFound);
}

TEST_F(SecondFactorStoreTest, AStepIsAcceptedOnceAndOnlyForwards) {
  const auto alice = add_account("alice");
  add({alice, secret_, 7, 1000, 0}, {});
  const auto accept = [&](std::uint64_t step) {
    return ask([&](Transaction& t) { return t.accept_step(alice, step); });
  };
  EXPECT_FALSE(accept(7));
  EXPECT_TRUE(accept(9));
  EXPECT_FALSE(accept(9));
  EXPECT_FALSE(accept(8));
  EXPECT_EQ(find(alice)->last_step, 9U);
  EXPECT_FALSE(ask([&](Transaction& t) { return t.accept_step(alice + 1, 9); }));
}

TEST_F(SecondFactorStoreTest, ARecoveryCodeIsUsedOnceAndByItsOwner) {
  const auto alice = add_account("alice");
  const auto bob = add_account("bob");
  add({alice, secret_, 7, 1000, 0}, {"a", "b"});
  add({bob, secret_, 7, 1000, 0}, {"c"});
  const auto use = [&](UserId user, std::string_view hash) {
    return ask([&](Transaction& t) { return t.use_recovery_code(user, hash); });
  };
  EXPECT_FALSE(use(bob, "a"));
  EXPECT_TRUE(use(alice, "a"));
  EXPECT_FALSE(use(alice, "a"));
  EXPECT_EQ(find(alice)->recovery_codes, 1U);
}

TEST_F(SecondFactorStoreTest, GoesWithItsRecoveryCodesAndWithItsAccount) {
  const auto alice = add_account("alice");
  const auto remove = [&] { return ask([&](Transaction& t) { return t.remove_second_factor(alice); }); };
  EXPECT_FALSE(remove());
  add({alice, secret_, 7, 1000, 0}, {"a"});
  EXPECT_TRUE(remove());
  EXPECT_FALSE(find(alice));
  EXPECT_FALSE(ask([&](Transaction& t) { return t.use_recovery_code(alice, "a"); }));
  EXPECT_FALSE(add({alice, secret_, 7, 1000, 0}, {"a"})) << "it can be turned on again";
  EXPECT_TRUE(ask([&](Transaction& t) { return t.remove_account(alice).ok(); }));
  EXPECT_FALSE(find(alice));
  EXPECT_FALSE(ask([&](Transaction& t) { return t.use_recovery_code(alice, "a"); }));
}

}  // namespace
}  // namespace sidetone::service::store
