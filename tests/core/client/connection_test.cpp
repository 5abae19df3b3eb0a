#include "tests/core/client/bench.hpp"

namespace sidetone::client::test {
namespace {

TEST(Connection, SignsInWithNameAndPasswordAndKeepsTheToken) {
  Bench bench;
  bench.start();
  bench.happen(SignIn{"alice", "secret"}, 7);
  EXPECT_EQ(bench.the<OpenSocket>().url, "wss://service.example/client");
  bench.happen(SocketOpened{1});
  ASSERT_EQ(bench.sent<protocol::SignIn>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::SignIn>()[0].password, "secret");
  bench.service(protocol::SignedIn{1, "Alice", 11, "token", "s", false, "e", 0, {}},
                bench.request_of<protocol::SignIn>());
  EXPECT_EQ(bench.the<Persist>().persisted.token, "token");
  EXPECT_EQ(bench.the<IntentDone>().intent, 7U);
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kOnline);
  EXPECT_FALSE(bench.state.connection.credentials.has_value()) << "the password must not be kept";
}

TEST(Connection, AWrongPasswordIsSaidAndNothingIsTriedAgain) {
  Bench bench;
  bench.start();
  bench.happen(SignIn{"alice", "wrong"}, 7);
  bench.happen(SocketOpened{1});
  bench.answer<protocol::SignIn>(failure(ErrorCode::kUnauthenticated, "name or password is wrong"));
  EXPECT_EQ(bench.the<IntentDone>().code, "unauthenticated");
  EXPECT_TRUE(bench.did<CloseSocket>());
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kSignedOut);
  for (const auto& timer : bench.all<StartTimer>()) EXPECT_NE(timer.timer, "reconnect");
  bench.happen(SignIn{"alice", "right"}, 8);
  EXPECT_TRUE(bench.did<OpenSocket>()) << "another attempt must be possible";
}

TEST(Connection, AServiceThatCannotBeReachedIsSaidAtTheSignIn) {
  Bench bench;
  bench.start();
  bench.happen(SignIn{"alice", "secret"}, 7);
  bench.lose_connection();
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
}

TEST(Connection, BacksOffLongerAfterEachFailureButNeverBeyondTheCeiling) {
  Bench bench;
  bench.sign_in();
  std::uint32_t longest = 0;
  std::vector<std::uint32_t> delays;
  for (int attempt = 0; attempt < 12; ++attempt) {
    bench.lose_connection();
    for (const auto& timer : bench.all<StartTimer>())
      if (timer.timer == "reconnect") delays.push_back(timer.after_ms);
    bench.happen(TimerFired{"reconnect"});
    ASSERT_TRUE(bench.did<OpenSocket>());
    longest = std::max(longest, delays.back());
  }
  ASSERT_EQ(delays.size(), 12U);
  EXPECT_LE(delays[0], 500U);
  EXPECT_GT(delays[8], delays[1]);
  EXPECT_LE(longest, 30'000U);
}

TEST(Connection, ResumesWithSessionAndLastSequence) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.happen(TimerFired{"reconnect"});
  bench.happen(SocketOpened{bench.state.connection.socket});
  const auto resume = bench.sent<protocol::Resume>();
  ASSERT_EQ(resume.size(), 1U);
  EXPECT_EQ(resume[0].token, "token");
  EXPECT_EQ(resume[0].session, "session1");
  EXPECT_EQ(resume[0].last_sequence, bench.sequence);
}

TEST(Connection, AResumedSessionSynchronisesNothingAnew) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.come_back(true);
  EXPECT_TRUE(bench.sent<protocol::DirectorySync>().empty());
  EXPECT_TRUE(bench.sent<protocol::ConversationList>().empty());
  EXPECT_EQ(bench.sent<protocol::CallList>().size(), 1U) << "the service is the authority on calls";
  EXPECT_EQ(bench.view().counters.resumptions, 1U);
}

TEST(Connection, ASessionThatIsGoneSynchronisesEverything) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.come_back(false);
  ASSERT_EQ(bench.sent<protocol::DirectorySync>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::DirectorySync>()[0].since, 1U) << "only what has changed";
  EXPECT_EQ(bench.sent<protocol::ConversationList>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::HistorySync>().size(), 1U);
}

TEST(Connection, ARevokedTokenSignsOut) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.happen(TimerFired{"reconnect"});
  bench.happen(SocketOpened{bench.state.connection.socket});
  bench.answer<protocol::Resume>(failure(ErrorCode::kUnauthenticated, "this device was revoked"));
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kSignedOut);
  EXPECT_EQ(bench.view().reason, "this device was revoked");
  EXPECT_TRUE(bench.all<Persist>().back().persisted.token.empty());
}

TEST(Connection, FramesThatCameAlreadyAreCountedAndLeftOut) {
  Bench bench;
  bench.sign_in();
  const auto repeat = bench.sequence;
  bench.happen(
      SocketText{1, protocol::encode(protocol::Directory{1, 2, {{3, "Carol", "1003", std::nullopt, false}}, {}},
                                     {std::nullopt, repeat})});
  EXPECT_EQ(bench.view().contacts.size(), 1U);
  EXPECT_EQ(bench.view().counters.duplicates, 1U);
}

TEST(Connection, AFrameThatWasLostLeadsToAResumption) {
  Bench bench;
  bench.sign_in();
  bench.happen(SocketText{1, protocol::encode(protocol::Hosts{}, {std::nullopt, bench.sequence + 2})});
  EXPECT_EQ(bench.view().counters.sequence_gaps, 1U);
  EXPECT_TRUE(bench.did<CloseSocket>());
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kWaiting);
  EXPECT_EQ(bench.state.connection.last_sequence, bench.sequence) << "the lost frame must be asked for";
}

TEST(Connection, MalformedAndUnknownFramesAreCountedAndDoNotLookLost) {
  Bench bench;
  bench.sign_in();
  bench.happen(SocketText{1, "{\"t\":\"hosts\",\"l\":7,\"s\":" + std::to_string(++bench.sequence) + "}"});
  EXPECT_TRUE(bench.did<Report>());
  bench.happen(SocketText{1, "{\"t\":\"from_the_future\",\"s\":" + std::to_string(++bench.sequence) + "}"});
  EXPECT_EQ(bench.view().counters.malformed_frames, 1U);
  EXPECT_EQ(bench.view().counters.unknown_types, 1U);
  bench.service(protocol::Hosts{});
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kOnline);
  EXPECT_TRUE(bench.view().hosts.empty());
}

TEST(Connection, RubbishNeverCrashes) {
  Bench bench;
  bench.sign_in();
  for (const char* text :
       {"", "{", "[]", "null", "{\"t\":1}", "\xff\xfe", "{\"t\":\"m\",\"c\":-1}", "{\"t\":\"ok\",\"r\":4000000000}"}) {
    bench.happen(SocketText{bench.state.connection.socket, text});
    if (bench.state.connection.phase != ConnectionPhase::kOnline) bench.come_back(false);
  }
  EXPECT_GE(bench.view().counters.malformed_frames, 6U);
}

TEST(Connection, AnAnswerThatCannotBeReadRefusesItsIntent) {
  Bench bench;
  bench.sign_in();
  bench.happen(ListDevices{}, 5);
  const auto request = bench.request_of<protocol::DeviceList>();
  bench.happen(SocketText{1, "{\"t\":\"devices\",\"l\":1,\"r\":" + std::to_string(*request) +
                                 ",\"s\":" + std::to_string(++bench.sequence) + "}"});
  EXPECT_EQ(bench.the<IntentDone>().code, "malformed");
}

TEST(Connection, AnIntentThatWasUnderWayIsAnsweredWhenTheConnectionIsLost) {
  Bench bench;
  bench.sign_in();
  bench.happen(PairHost{"123456"}, 9);
  bench.lose_connection();
  EXPECT_EQ(bench.the<IntentDone>().intent, 9U);
  EXPECT_EQ(bench.the<IntentDone>().code, "unavailable");
}

TEST(Connection, SilenceIsFoundByPings) {
  Bench bench;
  bench.sign_in();
  bench.happen(TimerFired{"ping"});
  ASSERT_EQ(bench.sent<protocol::Ping>().size(), 1U);
  EXPECT_TRUE(bench.did<ViewStays>()) << "nothing is drawn for it";
  bench.answer<protocol::Ping>(protocol::Ok{});
  EXPECT_TRUE(bench.did<ViewStays>());
  bench.happen(TimerFired{"pong"});
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kOnline);
  bench.happen(TimerFired{"ping"});
  bench.happen(TimerFired{"pong"});
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kWaiting);
}

TEST(Connection, ANetworkThatIsBackIsTriedAtOnce) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.happen(NetworkChanged{true});
  EXPECT_TRUE(bench.did<OpenSocket>());
}

TEST(Connection, EventsOfAnOlderSocketAreIgnored) {
  Bench bench;
  bench.sign_in();
  bench.lose_connection();
  bench.come_back(true);
  bench.happen(SocketClosed{1, 1006, "late"});
  EXPECT_EQ(bench.view().connection, ConnectionPhase::kOnline);
  EXPECT_GE(bench.view().counters.stale_events, 1U);
}

TEST(Connection, AKeptTokenSignsInByItself) {
  Bench bench;
  Start start;
  start.url = "wss://service.example/client";
  start.persisted = Persisted{"kept", 1, "Alice", 11, {}};
  bench.happen(start);
  bench.happen(SocketOpened{1});
  ASSERT_EQ(bench.sent<protocol::Resume>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::Resume>()[0].token, "kept");
  EXPECT_FALSE(bench.sent<protocol::Resume>()[0].session.has_value());
}

TEST(Connection, SigningOutForgetsEverythingOfTheAccount) {
  Bench bench;
  bench.sign_in();
  bench.happen(SignOut{}, 3);
  bench.answer<protocol::SignOut>(protocol::Ok{});
  EXPECT_TRUE(bench.the<IntentDone>().ok);
  EXPECT_TRUE(bench.view().contacts.empty());
  EXPECT_EQ(bench.view().user, 0U);
}

}  // namespace
}  // namespace sidetone::client::test
