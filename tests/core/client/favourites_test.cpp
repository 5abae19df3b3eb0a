#include "tests/core/client/bench.hpp"

/// Who is a favourite, on this device and on others.
namespace sidetone::client::test {
namespace {

using Users = std::vector<UserId>;

class FavouritesState : public testing::Test {
 protected:
  void SetUp() override {
    bench.sign_in();
    bench.service(protocol::Directory{1, 2, {{3, "Carol", "1003", std::nullopt, false}}, {}});
  }
  [[nodiscard]] Users favourites() const { return bench.view().favourites; }
  [[nodiscard]] bool refused(std::uint32_t intent, std::string_view code) const {
    const auto done = bench.all<IntentDone>();
    return done.size() == 1 && done[0].intent == intent && !done[0].ok && done[0].code == code;
  }
  Bench bench;
};

TEST_F(FavouritesState, AreThoseThatTheServiceListsAndTheDirectoryKnows) {
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::FavouriteList>(protocol::Favourites{{2, 77}});
  EXPECT_EQ(favourites(), Users{2});
}

TEST_F(FavouritesState, ShowAtOnceAndAreTakenBackWhenRefused) {
  bench.happen(SetFavourite{2, true}, 5);
  EXPECT_EQ(favourites(), Users{2});
  EXPECT_EQ(bench.sent<protocol::FavouriteSet>(), (std::vector{protocol::FavouriteSet{2, true}}));
  bench.answer<protocol::FavouriteSet>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_EQ(favourites(), Users{2});

  bench.happen(SetFavourite{3, true}, 6);
  EXPECT_EQ(favourites(), (Users{2, 3}));
  bench.answer<protocol::FavouriteSet>(failure(ErrorCode::kTooLarge));
  EXPECT_TRUE(refused(6, "too_large"));
  EXPECT_EQ(favourites(), Users{2});
}

TEST_F(FavouritesState, FollowTheLastWishWhileAnswersAreOnTheirWay) {
  bench.happen(SetFavourite{2, true});
  const auto first = bench.request_of<protocol::FavouriteSet>();
  bench.happen(SetFavourite{2, false});
  const auto second = bench.request_of<protocol::FavouriteSet>();
  EXPECT_TRUE(favourites().empty());
  bench.service(protocol::Ok{}, first);
  EXPECT_TRUE(favourites().empty()) << "the second wish is on its way";
  bench.service(failure(ErrorCode::kUnavailable), second);
  EXPECT_EQ(favourites(), Users{2}) << "the first was carried out, the second was not";
}

TEST_F(FavouritesState, FollowOtherDevices) {
  bench.service(protocol::Favourite{3, true});
  EXPECT_EQ(favourites(), Users{3});
  bench.service(protocol::Favourite{3, false});
  EXPECT_TRUE(favourites().empty());
}

TEST_F(FavouritesState, WaitForTheServiceToBeThereAgain) {
  bench.lose_connection();
  bench.happen(SetFavourite{2, true}, 5);
  EXPECT_TRUE(bench.commands.empty()) << "nothing can be sent, nothing is refused";
  EXPECT_EQ(favourites(), Users{2});
  bench.happen(SetFavourite{2, false}, 6);
  EXPECT_EQ(bench.the<IntentDone>().intent, 5U) << "the later wish stands for the earlier one";
  bench.happen(SetFavourite{2, true}, 7);
  bench.happen(SetFavourite{3, true}, 8);
  bench.come_back(false);
  EXPECT_EQ(bench.sent<protocol::FavouriteSet>(),
            (std::vector{protocol::FavouriteSet{2, true}, protocol::FavouriteSet{3, true}}));
  bench.answer<protocol::FavouriteList>(protocol::Favourites{});
  EXPECT_EQ(favourites(), (Users{2, 3})) << "the list is older than what is on its way";
}

TEST_F(FavouritesState, AreSentOnceMoreAfterALossBeforeTheAnswer) {
  bench.happen(SetFavourite{2, true}, 5);
  bench.lose_connection();
  EXPECT_FALSE(bench.did<IntentDone>());
  bench.come_back(true);
  EXPECT_EQ(bench.sent<protocol::FavouriteSet>(), (std::vector{protocol::FavouriteSet{2, true}}));
  bench.answer<protocol::FavouriteSet>(protocol::Ok{});
  EXPECT_EQ(bench.the<IntentDone>().intent, 5U);
}

TEST_F(FavouritesState, EndWithTheContact) {
  bench.service(protocol::Favourite{3, true});
  bench.service(protocol::Directory{2, 3, {}, {3}});
  EXPECT_TRUE(favourites().empty());
  EXPECT_TRUE(bench.state.favourites.users.empty());
}

TEST_F(FavouritesState, BelongToSomebody) {
  bench.service(protocol::Favourite{3, true});
  bench.service(protocol::SignedOut{"revoked"});
  EXPECT_TRUE(bench.state.favourites.users.empty());
  bench.happen(SetFavourite{2, true}, 5);
  EXPECT_TRUE(refused(5, "unauthenticated"));
}

}  // namespace
}  // namespace sidetone::client::test
