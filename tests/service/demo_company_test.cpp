#include "service/admin/demo_company.hpp"

#include <gtest/gtest.h>

#include <set>

#include "service/store/sqlite_store.hpp"
#include "tests/service/support/rig.hpp"

namespace sidetone::service {
namespace {

constexpr std::int64_t kNow = 1'795'860'060;

TEST(DemoCompany, BeyondTheKnownPeopleEverybodyHasAnAddressAndANumberOfTheirOwn) {
  const auto company = admin::demo_company(20'000);
  EXPECT_EQ(company.size(), 20'002u);
  std::set<std::string> logins;
  std::set<std::string> numbers;
  std::set<std::string> names;
  for (const auto& account : company) {
    EXPECT_FALSE(account.name.empty());
    logins.insert(account.login);
    numbers.insert(account.number);
    names.insert(account.name);
  }
  EXPECT_EQ(logins.size(), company.size());
  EXPECT_EQ(numbers.size(), company.size());
  EXPECT_GT(names.size(), 15'000u);
}

TEST(DemoCompany, ItsMessagesStandInTheStoreOldestFirst) {
  auto store = store::SqliteStore::open_manual(":memory:").value();
  testing::SeededRandom random(7);
  bool added = false;
  admin::seed_demo_company(*store, {25, 300}, {8, 1, 1}, random, kNow, [&](Result<std::size_t> count) {
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(*count, 27u);
    added = true;
  });
  store->run_queued();
  ASSERT_TRUE(added);
  store->run<protocol::ChatPage>(
      [](store::Transaction& t) -> Result<protocol::ChatPage> {
        const auto one = t.find_account("alice");
        const auto other = t.find_account("bob");
        protocol::ChatHistory wanted;
        wanted.conversation = t.open_pair(one->user, other->user).conversation;
        wanted.limit = 10;
        return t.page(one->user, wanted);
      },
      [](Result<protocol::ChatPage> page) {
        ASSERT_TRUE(page.ok()) << to_string(page.error());
        ASSERT_EQ(page->messages.size(), 10u);
        EXPECT_EQ(page->messages.back().number, 300u);
        EXPECT_EQ(page->messages.back().time, kNow);
        EXPECT_LT(page->messages.front().time, page->messages.back().time);
      });
  store->run_queued();
}

}  // namespace
}  // namespace sidetone::service
