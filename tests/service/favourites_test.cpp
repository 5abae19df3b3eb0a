#include "tests/service/support/rig.hpp"

/// Favourites: kept for a person, heard by the person's other devices, gone with the contact.
namespace sidetone::service::testing {
namespace {

using namespace protocol;
using Users = std::vector<UserId>;

Users favourites_of(Client& client) { return client.ask_for<Favourites>(FavouriteList{}).users; }

TEST(FavouritesTest, AreKeptForThePersonAndNobodyElse) {
  Rig rig;
  auto& alice = rig["alice"];
  EXPECT_TRUE(favourites_of(alice).empty());
  alice.ask_for<Ok>(FavouriteSet{rig.user("carol"), true});
  alice.ask_for<Ok>(FavouriteSet{rig.user("bob"), true});
  EXPECT_EQ(favourites_of(alice), (Users{rig.user("bob"), rig.user("carol")}));
  EXPECT_TRUE(favourites_of(rig["bob"]).empty());
  alice.ask_for<Ok>(FavouriteSet{rig.user("bob"), false});
  EXPECT_EQ(favourites_of(alice), Users{rig.user("carol")});
}

TEST(FavouritesTest, AreThereAfterTheServiceWasKilled) {
  Rig rig({}, true);
  rig["alice"].ask_for<Ok>(FavouriteSet{rig.user("carol"), true});
  rig.kill_and_restart();
  auto& alice = rig["alice"];
  alice.resume();
  EXPECT_EQ(favourites_of(alice), Users{rig.user("carol")});
}

TEST(FavouritesTest, OtherDevicesOfThePersonHearOfAChange) {
  Rig rig;
  auto& desk = rig["alice/desk"];
  auto& phone = rig["alice/phone"];
  auto& bob = rig["bob"];
  const auto carol = rig.user("carol");
  desk.ask_for<Ok>(FavouriteSet{carol, true});
  EXPECT_EQ(phone.events<Favourite>(), (std::vector{Favourite{carol, true}}));
  EXPECT_TRUE(desk.events<Favourite>().empty()) << "it has the answer";
  EXPECT_TRUE(bob.events<Favourite>().empty());
  desk.ask_for<Ok>(FavouriteSet{carol, true});
  EXPECT_TRUE(phone.events<Favourite>().empty()) << "nothing has changed";
  phone.ask_for<Ok>(FavouriteSet{carol, false});
  EXPECT_EQ(desk.events<Favourite>(), (std::vector{Favourite{carol, false}}));
}

TEST(FavouritesTest, ArePeopleOfTheDirectory) {
  Rig rig;
  auto& alice = rig["alice"];
  EXPECT_EQ(alice.ask_for_error(FavouriteSet{99'999, true}), "not_found");
  EXPECT_EQ(alice.ask_for_error(FavouriteSet{alice.user(), true}), "out_of_range");
  alice.ask_for<Ok>(FavouriteSet{rig.user("bob"), true});
  alice.ask_for<Ok>(FavouriteSet{rig.user("carol"), true});
  rig.service->directory().remove(rig.user("bob"), [](Status status) { EXPECT_TRUE(status.ok()); });
  rig.settle();
  EXPECT_EQ(favourites_of(alice), Users{rig.user("carol")});
}

}  // namespace
}  // namespace sidetone::service::testing
