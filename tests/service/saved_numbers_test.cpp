#include "tests/service/support/rig.hpp"

/// Saved numbers: kept for a person, heard by the person's other devices.
namespace sidetone::service::testing {
namespace {

using namespace protocol;
using Numbers = std::vector<SavedNumber>;
using Change = SavedNumberChanged;

Numbers saved_numbers_of(Client& client) { return client.ask_for<SavedNumbers>(SavedNumberList{}).numbers; }

TEST(SavedNumbersTest, AreKeptForThePersonAndNobodyElse) {
  Rig rig;
  auto& alice = rig["alice"];
  EXPECT_TRUE(saved_numbers_of(alice).empty());
  alice.ask_for<Ok>(SavedNumberSet{"+81 3 5550 4400", "Switchboard Tokyo"});
  alice.ask_for<Ok>(SavedNumberSet{"*21", ""});
  EXPECT_EQ(saved_numbers_of(alice), (Numbers{{"*21", ""}, {"+81 3 5550 4400", "Switchboard Tokyo"}}));
  EXPECT_TRUE(saved_numbers_of(rig["bob"]).empty());
  alice.ask_for<Ok>(SavedNumberSet{"*21", "Forward"});
  EXPECT_EQ(saved_numbers_of(alice), (Numbers{{"*21", "Forward"}, {"+81 3 5550 4400", "Switchboard Tokyo"}}));
  alice.ask_for<Ok>(SavedNumberSet{"+81 3 5550 4400", std::nullopt});
  EXPECT_EQ(saved_numbers_of(alice), (Numbers{{"*21", "Forward"}}));
}

TEST(SavedNumbersTest, AreThereAfterTheServiceWasKilled) {
  Rig rig({}, true);
  rig["alice"].ask_for<Ok>(SavedNumberSet{"4711", "Cologne"});
  rig.kill_and_restart();
  auto& alice = rig["alice"];
  alice.resume();
  EXPECT_EQ(saved_numbers_of(alice), (Numbers{{"4711", "Cologne"}}));
}

TEST(SavedNumbersTest, OtherDevicesOfThePersonHearOfAChange) {
  Rig rig;
  auto& desk = rig["alice/desk"];
  auto& phone = rig["alice/phone"];
  auto& bob = rig["bob"];
  desk.ask_for<Ok>(SavedNumberSet{"4711", "Cologne"});
  EXPECT_EQ(phone.events<Change>(), (std::vector{Change{"4711", "Cologne"}}));
  EXPECT_TRUE(desk.events<Change>().empty()) << "it has the answer";
  EXPECT_TRUE(bob.events<Change>().empty());
  desk.ask_for<Ok>(SavedNumberSet{"4711", "Cologne"});
  desk.ask_for<Ok>(SavedNumberSet{"0815", std::nullopt});
  EXPECT_TRUE(phone.events<Change>().empty()) << "nothing has changed";
  phone.ask_for<Ok>(SavedNumberSet{"4711", std::nullopt});
  EXPECT_EQ(desk.events<Change>(), (std::vector{Change{"4711", std::nullopt}}));
}

TEST(SavedNumbersTest, AreSoManyAndNoMore) {
  Rig rig;
  auto& alice = rig["alice"];
  for (std::size_t i = 0; i < limits::kSavedNumbers; ++i) {
    alice.ask_for<Ok>(SavedNumberSet{std::to_string(i), "n"});
    rig.advance(Milliseconds{250});
  }
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{"one more", "n"}), "too_large");
  EXPECT_EQ(saved_numbers_of(alice).size(), limits::kSavedNumbers);
  alice.ask_for<Ok>(SavedNumberSet{"0", "another name"});
}

TEST(SavedNumbersTest, AreLinesOfText) {
  Rig rig;
  auto& alice = rig["alice"];
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{"  ", "blank"}), "malformed");
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{"47\n11", "two lines"}), "malformed");
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{"4711", "two\nlines"}), "malformed");
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{"", "none"}), "out_of_range");
  EXPECT_EQ(alice.ask_for_error(SavedNumberSet{std::string(limits::kNumberBytes + 1, '1'), ""}), "too_large");
  EXPECT_TRUE(saved_numbers_of(alice).empty());
}

TEST(SavedNumbersTest, GoWithTheAccount) {
  Rig rig;
  rig["alice"].ask_for<Ok>(SavedNumberSet{"4711", "Cologne"});
  const auto alice = rig.user("alice");
  rig.service->directory().remove(alice, [](Status status) { EXPECT_TRUE(status.ok()); });
  rig.settle();
  std::optional<Numbers> left;
  rig.store->run<Numbers>([alice](store::Transaction& t) -> Result<Numbers> { return t.saved_numbers_of(alice); },
                          [&](Result<Numbers> numbers) { left = std::move(numbers).value(); });
  rig.settle();
  EXPECT_EQ(left, Numbers{});
}

}  // namespace
}  // namespace sidetone::service::testing
