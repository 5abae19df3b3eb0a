#include "tests/core/client/bench.hpp"

/// Pictures of people: named in the directory, fetched with the session's authority.
namespace sidetone::client::test {
namespace {

class PicturesState : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }
  Bench bench;
};

TEST_F(PicturesState, AreNamedInTheDirectory) {
  protocol::Contact bob{2, "Bob", "1002", "bob", false, "name"};
  bench.service(protocol::Directory{1, 2, {bob}, {}});
  EXPECT_EQ(bench.view().contacts.at(0).picture, "name");
  bob.picture.reset();
  bench.service(protocol::Directory{2, 3, {bob}, {}});
  EXPECT_EQ(bench.view().contacts.at(0).picture, std::nullopt);
}

TEST_F(PicturesState, AreFetchedWithTheTokenWhileThereIsAService) {
  bench.happen(WantPicture{"name"}, 5);
  const auto fetch = bench.the<FetchPicture>();
  EXPECT_EQ(fetch.picture, "name");
  EXPECT_EQ(fetch.path, "/pictures/name");
  EXPECT_EQ(fetch.token, "token");
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  bench.lose_connection();
  bench.happen(WantPicture{"name"}, 6);
  EXPECT_FALSE(bench.did<FetchPicture>());
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
}

TEST_F(PicturesState, OnesOwnIsSetByTheService) {
  bench.happen(SetPicture{"anBlZw"}, 5);
  EXPECT_EQ(bench.sent<protocol::PictureSet>(), (std::vector{protocol::PictureSet{"anBlZw"}}));
  EXPECT_FALSE(bench.did<IntentDone>());
  bench.answer<protocol::PictureSet>(failure(ErrorCode::kUnsupported));
  EXPECT_EQ(bench.the<IntentDone>().code, "unsupported");
  bench.happen(SetPicture{}, 6);
  bench.answer<protocol::PictureSet>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  bench.lose_connection();
  bench.happen(SetPicture{"anBlZw"}, 7);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
}

}  // namespace
}  // namespace sidetone::client::test
