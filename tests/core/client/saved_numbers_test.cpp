#include "tests/core/client/bench.hpp"

/// Numbers that a person keeps under names, on this device and on others.
namespace sidetone::client::test {
namespace {

using Numbers = std::vector<protocol::SavedNumber>;
using Wish = protocol::SavedNumberSet;

class SavedNumbersState : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  [[nodiscard]] Numbers numbers() const { return bench.view().saved_numbers; }
  [[nodiscard]] bool refused(std::uint32_t intent, std::string_view code) const {
    const auto done = bench.all<IntentDone>();
    return done.size() == 1 && done[0].intent == intent && !done[0].ok && done[0].code == code;
  }
  Bench bench;
};

TEST_F(SavedNumbersState, AreThoseThatTheServiceLists) {
  bench.service(protocol::SavedNumberChanged{"1", "gone meanwhile"});
  bench.lose_connection();
  bench.come_back(false);
  bench.answer<protocol::SavedNumberList>(protocol::SavedNumbers{{{"0815", "B"}, {"4711", "A"}}});
  EXPECT_EQ(numbers(), (Numbers{{"0815", "B"}, {"4711", "A"}}));
}

TEST_F(SavedNumbersState, ShowAtOnceAndAreTakenBackWhenRefused) {
  bench.happen(SaveNumber{"4711", "Cologne"}, 5);
  EXPECT_EQ(numbers(), (Numbers{{"4711", "Cologne"}}));
  EXPECT_EQ(bench.sent<Wish>(), (std::vector{Wish{"4711", "Cologne"}}));
  bench.answer<Wish>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);

  bench.happen(SaveNumber{"4711", "Köln"}, 6);
  EXPECT_EQ(numbers(), (Numbers{{"4711", "Köln"}}));
  bench.answer<Wish>(failure(ErrorCode::kTooLarge));
  EXPECT_TRUE(refused(6, "too_large"));
  EXPECT_EQ(numbers(), (Numbers{{"4711", "Cologne"}}));

  bench.happen(SaveNumber{"4711", std::nullopt});
  EXPECT_TRUE(numbers().empty());
  bench.answer<Wish>(protocol::Ok{});
  EXPECT_TRUE(numbers().empty());
}

TEST_F(SavedNumbersState, FollowTheLastWishWhileAnswersAreOnTheirWay) {
  bench.happen(SaveNumber{"4711", "first"});
  const auto first = bench.request_of<Wish>();
  bench.happen(SaveNumber{"4711", "second"});
  const auto second = bench.request_of<Wish>();
  bench.service(protocol::Ok{}, first);
  EXPECT_EQ(numbers(), (Numbers{{"4711", "second"}})) << "the second wish is on its way";
  bench.service(failure(ErrorCode::kUnavailable), second);
  EXPECT_EQ(numbers(), (Numbers{{"4711", "first"}})) << "the first was carried out, the second was not";
}

TEST_F(SavedNumbersState, FollowOtherDevices) {
  bench.service(protocol::SavedNumberChanged{"4711", ""});
  EXPECT_EQ(numbers(), (Numbers{{"4711", ""}}));
  bench.service(protocol::SavedNumberChanged{"4711", std::nullopt});
  EXPECT_TRUE(numbers().empty());
}

TEST_F(SavedNumbersState, WaitForTheServiceToBeThereAgain) {
  bench.lose_connection();
  bench.happen(SaveNumber{"4711", "A"}, 5);
  EXPECT_TRUE(bench.commands.empty()) << "nothing can be sent, nothing is refused";
  bench.happen(SaveNumber{"4711", "B"}, 6);
  EXPECT_EQ(bench.the<IntentDone>().intent, 5U) << "the later wish stands for the earlier one";
  bench.happen(SaveNumber{"0815", "C"}, 7);
  bench.come_back(false);
  EXPECT_EQ(bench.sent<Wish>(), (std::vector{Wish{"4711", "B"}, Wish{"0815", "C"}}));
  bench.answer<protocol::SavedNumberList>(protocol::SavedNumbers{});
  EXPECT_EQ(numbers(), (Numbers{{"0815", "C"}, {"4711", "B"}})) << "the list is older than what is on its way";
}

TEST_F(SavedNumbersState, BelongToSomebody) {
  bench.service(protocol::SavedNumberChanged{"4711", "A"});
  bench.service(protocol::SignedOut{"revoked"});
  EXPECT_TRUE(numbers().empty());
  bench.happen(SaveNumber{"4711", "A"}, 5);
  EXPECT_TRUE(refused(5, "unauthenticated"));
}

}  // namespace
}  // namespace sidetone::client::test
