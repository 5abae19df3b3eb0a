#include <algorithm>

#include "core/client/bridge.hpp"
#include "tests/core/client/bench.hpp"
#include "tests/core/client/shelf.hpp"

/// What is read without the service: what is kept of it, when, and what comes of it at the next start.
namespace sidetone::client::test {
namespace {

using Names = std::vector<std::string>;

class CacheTest : public testing::Test {
 protected:
  void SetUp() override { bench.sign_in(); }

  /// Let the time pass that a client waits before it keeps something. @return names that were written, in their order.
  Names keep() {
    shelf.take(bench.commands);
    Names written;
    for (bool waiting = true; waiting;) {
      bench.happen(TimerFired{"keep"});
      shelf.take(bench.commands);
      for (const auto& one : bench.all<Keep>())
        for (const auto& text : one.texts) written.push_back((text.text.empty() ? "-" : "") + text.name);
      waiting = bench.did<StartTimer>();
    }
    return written;
  }
  /// The client once more, with what was kept and without the service.
  void start_again() {
    const auto persisted = Persisted{"token", bench.state.account.user, "Alice", 11, {}};
    bench.state = State();
    bench.start(false, persisted);
    shelf.give(bench);
  }
  void people(UserId first, UserId count) {
    protocol::Directory whole{0, bench.state.directory.version + 1, {}, {}};
    for (const auto& [user, one] : bench.state.directory.contacts)
      whole.contacts.push_back({user, one.name, one.number, one.address, one.robot});
    for (UserId user = first; user < first + count; ++user)
      whole.contacts.push_back(
          {user, "Person " + std::to_string(user), std::to_string(10'000 + user), std::nullopt, false});
    bench.service(protocol::DirectorySnapshot{whole.version, "/directory"});
    bench.happen(DirectoryFetched{200, protocol::encode(whole)});
  }
  /// A conversation with somebody, in which the other one has written so much.
  void talk(ConversationId conversation, UserId with, std::uint64_t count, std::int64_t time = 100) {
    bench.service(protocol::Conversation{{conversation, {{1, 0, 0}, {with, 0, 0}}, 0, 0}});
    for (std::uint64_t n = 1; n <= count; ++n) say(conversation, n, time);
  }
  void say(ConversationId conversation, std::uint64_t number, std::int64_t time = 100) {
    bench.service(protocol::ChatMessage{conversation, number, time, std::nullopt, std::nullopt,
                                        "message " + std::to_string(number)});
  }

  Bench bench;
  Shelf shelf;
};

TEST_F(CacheTest, ContactsChatsAndHistoryAreThereWithoutTheService) {
  people(3, 20);
  bench.service(protocol::Directory{2, 3, {{4, "Dörte", "77", "doerte", false}, {5, "Echo", "600", {}, true}}, {}});
  talk(7, 3, 4);
  bench.service(protocol::ChatMessage{7, 5, 120, 1, "mine", "from my other device"});
  bench.service(protocol::ChatMarked{7, {3, 5, 2}});
  bench.service(
      protocol::History{1, 2, {{1, protocol::RecordKind::kMissed, 4, 90, 0, protocol::EndReason::kNoAnswer}}, {}});
  keep();
  const auto before = bench.view();

  start_again();
  const auto after = bench.view();
  EXPECT_EQ(after.connection, ConnectionPhase::kOpening);
  EXPECT_EQ(after.contacts, before.contacts);
  EXPECT_EQ(after.conversations, before.conversations);
  EXPECT_EQ(after.history, before.history);
  EXPECT_EQ(after.unread, before.unread);
  EXPECT_TRUE(after.presence.empty());
  EXPECT_FALSE(after.directory_ready) << "nobody can know whether it is as new as the service's";
  EXPECT_EQ(after.counters.unusable_kept, 0U);
}

TEST_F(CacheTest, WhatHasChangedOfKeptMessagesIsAskedForAtTheNextStart) {
  talk(7, 2, 3);
  protocol::ChatMessage changed{7, 2, 100, 2, std::nullopt, "other words"};
  changed.edited = 130;
  changed.reactions = {{1, "👍"}};
  bench.service(protocol::ChatChanged{1, changed});
  protocol::ChatMessage removed{7, 1, 100, 2, std::nullopt, ""};
  removed.removed = true;
  bench.service(protocol::ChatChanged{2, removed});
  keep();
  const auto before = bench.view();
  start_again();
  EXPECT_EQ(bench.view().conversations, before.conversations);
  bench.come_online();
  bench.answer<protocol::ConversationList>(protocol::Conversations{{{7, {{1, 3, 0}, {2, 0, 0}}, 3, 100, 3}}, false});
  const auto asked = bench.sent<protocol::ChatChangesSince>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].change, 2U);
  EXPECT_EQ(asked[0].from, 1U);
}

TEST_F(CacheTest, FavouritesAreThereWithoutTheServiceAsTheServiceLastHadThem) {
  bench.service(protocol::Favourite{2, true});
  EXPECT_EQ(keep(), (Names{"contacts/0", "directory/0", "favourites/0", "history/0"}));
  start_again();
  EXPECT_EQ(bench.view().favourites, std::vector<UserId>{2});
  bench.come_online();
  bench.answer<protocol::FavouriteList>(protocol::Favourites{});
  EXPECT_TRUE(bench.view().favourites.empty());
  EXPECT_EQ(keep(), Names{"-favourites/0"});
}

TEST_F(CacheTest, AFavouriteThatTheServiceHasNotBeenToldIsSentOnceAfterTheNextStart) {
  keep();
  bench.lose_connection();
  bench.happen(SetFavourite{2, true});
  EXPECT_EQ(keep(), Names{"wish/2"});
  start_again();
  EXPECT_EQ(bench.view().favourites, std::vector<UserId>{2});
  start_again();
  EXPECT_EQ(bench.view().favourites, std::vector<UserId>{2}) << "over two starts";
  bench.come_online();
  const auto asked = bench.commands;
  ASSERT_EQ(bench.sent<protocol::FavouriteSet>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::FavouriteSet>()[0].user, 2U);
  EXPECT_TRUE(bench.sent<protocol::FavouriteSet>()[0].favourite);
  bench.answer_from<protocol::FavouriteSet>(asked, protocol::Ok{});
  EXPECT_EQ(keep(), (Names{"favourites/0", "-wish/2"}));
  start_again();
  bench.come_online();
  EXPECT_TRUE(bench.sent<protocol::FavouriteSet>().empty());
}

TEST_F(CacheTest, AFavouriteThatTheServiceRefusesIsNotAskedForAgain) {
  keep();
  bench.lose_connection();
  bench.happen(SetFavourite{2, true});
  keep();
  start_again();
  bench.come_online();
  bench.answer<protocol::FavouriteSet>(failure(ErrorCode::kNotFound, "nobody"));
  EXPECT_TRUE(bench.view().favourites.empty());
  EXPECT_EQ(keep(), Names{"-wish/2"});
}

TEST_F(CacheTest, SavedNumbersAreThereWithoutTheServiceAsTheServiceLastHadThem) {
  bench.service(protocol::SavedNumberChanged{"4711", "Cologne"});
  EXPECT_EQ(keep(), (Names{"contacts/0", "directory/0", "history/0", "saved_numbers/0"}));
  start_again();
  EXPECT_EQ(bench.view().saved_numbers, (std::vector{protocol::SavedNumber{"4711", "Cologne"}}));
  bench.come_online();
  bench.answer<protocol::SavedNumberList>(protocol::SavedNumbers{});
  EXPECT_TRUE(bench.view().saved_numbers.empty());
  EXPECT_EQ(keep(), Names{"-saved_numbers/0"});
}

TEST_F(CacheTest, NumbersThatTheServiceHasNotBeenToldAreSentOnceAfterTheNextStartInTheirOrder) {
  keep();
  bench.lose_connection();
  bench.happen(SaveNumber{"4711", "Cologne"});
  bench.happen(SaveNumber{"0815", ""});
  bench.happen(SaveNumber{"4711", std::nullopt});
  EXPECT_EQ(keep(), (Names{"saved_number_wish/2", "saved_number_wish/3"})) << "the first has been replaced";
  start_again();
  start_again();
  EXPECT_EQ(bench.view().saved_numbers, (std::vector{protocol::SavedNumber{"0815", ""}})) << "over two starts";
  EXPECT_TRUE(keep().empty()) << "the same are kept already";
  bench.happen(SaveNumber{"112", "Fire"});
  EXPECT_EQ(keep(), Names{"saved_number_wish/4"});
  bench.come_online();
  const auto asked = bench.commands;
  using Wishes = std::vector<protocol::SavedNumberSet>;
  EXPECT_EQ(bench.sent<protocol::SavedNumberSet>(), (Wishes{{"0815", ""}, {"4711", std::nullopt}, {"112", "Fire"}}));
  bench.answer_from<protocol::SavedNumberSet>(asked, protocol::Ok{});
  const auto kept = keep();
  EXPECT_EQ(std::count(kept.begin(), kept.end(), "saved_numbers/0"), 1);
  EXPECT_EQ(std::count(kept.begin(), kept.end(), "-saved_number_wish/2"), 1);
}

TEST_F(CacheTest, WhatWasReadWithoutTheServiceStaysReadAndIsTold) {
  talk(7, 2, 1);
  bench.answer<protocol::ChatMark>(protocol::Ok{});
  keep();
  EXPECT_EQ(bench.view().unread, 1U);
  bench.lose_connection();
  bench.happen(ReadChat{7});
  EXPECT_EQ(keep(), Names{"read/7"});
  start_again();
  EXPECT_EQ(bench.view().unread, 0U);
  bench.come_online();
  bench.answer<protocol::ConversationList>(protocol::Conversations{{{7, {{1, 1, 0}, {2, 0, 0}}, 1, 100}}, false});
  ASSERT_EQ(bench.sent<protocol::ChatMark>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatMark>()[0].read, 1U);
  bench.answer<protocol::ChatMark>(protocol::Ok{});
  EXPECT_EQ(keep(), (Names{"conversation/7", "-read/7"}));
}

TEST_F(CacheTest, AfterwardsOnlyWhatHasChangedIsAskedFor) {
  people(3, 20);
  talk(7, 3, 4);
  bench.service(protocol::History{1, 6, {}, {}});
  keep();
  start_again();
  bench.come_online();
  EXPECT_EQ(bench.sent<protocol::DirectorySync>().at(0).since, 2U);
  EXPECT_EQ(bench.sent<protocol::HistorySync>().at(0).since, 6U);
  bench.answer<protocol::ConversationList>(protocol::Conversations{{{7, {{1, 4, 0}, {3, 0, 0}}, 9, 200}}, false});
  ASSERT_EQ(bench.sent<protocol::ChatHistory>().size(), 1U);
  EXPECT_EQ(bench.sent<protocol::ChatHistory>()[0].after, 4U);
  EXPECT_FALSE(bench.sent<protocol::ChatHistory>()[0].before);
}

TEST_F(CacheTest, ItIsWrittenALittleLaterAndOnce) {
  keep();
  people(3, 2);
  const auto timer = bench.the<StartTimer>();
  EXPECT_EQ(timer.timer, "keep");
  EXPECT_EQ(timer.after_ms, 2'000U);
  people(5, 2);
  EXPECT_FALSE(bench.did<StartTimer>()) << "a stream of changes must not put it off for ever";
  EXPECT_FALSE(bench.did<Keep>());
  EXPECT_EQ(keep(), (Names{"contacts/0", "directory/0"}));
}

TEST_F(CacheTest, NothingIsWrittenWithoutAChange) {
  people(3, 20);
  talk(7, 3, 4);
  keep();
  bench.happen(Watch{{3}});
  bench.service(protocol::Presence{{{3, protocol::Availability::kAway, std::nullopt, std::nullopt, std::nullopt}}});
  bench.service(protocol::ChatTypingBy{7, 3});
  EXPECT_TRUE(std::none_of(bench.commands.begin(), bench.commands.end(), [](const auto& one) {
    return std::holds_alternative<StartTimer>(one) && std::get<StartTimer>(one).timer == "keep";
  }));
  start_again();
  bench.come_online();
  const auto asked = bench.commands;
  bench.answer_from<protocol::DirectorySync>(asked, protocol::Directory{2, 2, {}, {}});
  bench.answer_from<protocol::HistorySync>(asked, protocol::History{1, 1, {}, {}});
  bench.answer_from<protocol::ConversationList>(asked,
                                                protocol::Conversations{{{7, {{1, 0, 0}, {3, 0, 0}}, 4, 100}}, false});
  EXPECT_EQ(keep(), Names{});
}

TEST_F(CacheTest, TheChangeOfOnePersonWritesThoseAroundAlone) {
  people(3, 2'000);
  keep();
  bench.service(protocol::Directory{2, 3, {{1'000, "Renamed", "1", std::nullopt, false}}, {}});
  EXPECT_EQ(keep(), (Names{"contacts/1", "directory/0"}));
  bench.service(protocol::Directory{3, 4, {}, {1'001}});
  EXPECT_EQ(keep(), (Names{"contacts/1", "directory/0"}));
  start_again();
  EXPECT_EQ(bench.state.directory.contacts.at(1'000).name, "Renamed");
  EXPECT_EQ(bench.state.directory.contacts.count(1'001), 0U);
  EXPECT_EQ(bench.state.directory.version, 4U);
}

TEST_F(CacheTest, WhenEverybodyHasGoneNothingOfThemIsLeft) {
  people(3, 2'000);
  keep();
  bench.service(protocol::Directory{0, 9, {{2, "Bob", "1002", "bob", false}}, {}});
  keep();
  EXPECT_EQ(shelf.texts.count("contacts/0"), 1U);
  EXPECT_EQ(shelf.texts.count("contacts/3"), 0U);
  start_again();
  EXPECT_EQ(bench.view().contacts.size(), 1U);
}

TEST_F(CacheTest, AllOfADirectoryIsThereBeforeItHasAVersion) {
  people(3, 20'000);
  shelf.take(bench.commands);
  std::size_t batches = 0;
  for (bool waiting = true; waiting; ++batches) {
    EXPECT_EQ(shelf.texts.count("directory/0"), 0U);
    bench.happen(TimerFired{"keep"});
    shelf.take(bench.commands);
    std::size_t bytes = 0;
    for (const auto& text : bench.the<Keep>().texts) bytes += text.text.size();
    EXPECT_LT(bytes, 96U * 1024) << "batch " << batches;
    EXPECT_TRUE(bench.did<ViewStays>()) << "nothing is drawn for it";
    waiting = bench.did<StartTimer>();
    if (!waiting) continue;
    EXPECT_GE(bench.the<StartTimer>().after_ms, 100U) << "whoever types waits for each";
  }
  EXPECT_GT(batches, 15U);
  EXPECT_EQ(shelf.texts.count("directory/0"), 1U);
}

TEST_F(CacheTest, ADirectoryThatIsHalfReplacedHasNoVersion) {
  people(3, 20'000);
  keep();
  auto renamed = bench.state.directory;
  protocol::Directory whole{0, 9, {}, {}};
  for (const auto& [user, one] : renamed.contacts) whole.contacts.push_back({user, "New", one.number, {}, false});
  bench.service(protocol::DirectorySnapshot{9, "/directory/9"});
  bench.happen(DirectoryFetched{200, protocol::encode(whole)});
  bench.happen(TimerFired{"keep"});
  shelf.take(bench.commands);
  EXPECT_EQ(shelf.texts.count("directory/0"), 0U);
  bench.commands.clear();
  keep();
  start_again();
  EXPECT_EQ(bench.state.directory.version, 9U);
  EXPECT_EQ(bench.state.directory.contacts.at(19'000).name, "New");
}

TEST_F(CacheTest, OfAConversationTheNewestMessagesAreKept) {
  talk(7, 3, 60);
  keep();
  start_again();
  const auto& messages = bench.state.chat.conversations.at(7).messages;
  EXPECT_EQ(messages.begin()->first, 11U);
  EXPECT_EQ(messages.rbegin()->first, 60U);
  EXPECT_EQ(bench.state.chat.conversations.at(7).last_number, 60U);
}

TEST_F(CacheTest, NoHoleIsKept) {
  talk(7, 3, 4);
  say(7, 9);
  say(7, 10);
  keep();
  start_again();
  const auto& messages = bench.state.chat.conversations.at(7).messages;
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages.begin()->first, 9U);
}

TEST_F(CacheTest, MessagesAreKeptOfTheNewestConversationsAlone) {
  for (std::uint32_t i = 0; i < 101; ++i) talk(1'000 + i, 2'000 + i, 1, 100 + i);
  keep();
  const auto pages = [&] {
    return std::count_if(shelf.texts.begin(), shelf.texts.end(),
                         [](const auto& one) { return one.first.rfind("messages/", 0) == 0; });
  };
  EXPECT_EQ(pages(), 100);
  EXPECT_EQ(shelf.texts.count("messages/1000"), 0U);
  EXPECT_EQ(shelf.texts.count("conversation/1000"), 1U);
  say(1'000, 2, 999);
  keep();
  EXPECT_EQ(pages(), 100);
  EXPECT_EQ(shelf.texts.count("messages/1000"), 1U);
  EXPECT_EQ(shelf.texts.count("messages/1001"), 0U);
}

TEST_F(CacheTest, TheNewestConversationsAreFetchedUnasked) {
  start_again();
  bench.come_online();
  protocol::Conversations list;
  for (std::uint32_t i = 0; i < 30; ++i)
    list.conversations.push_back({100 + i, {{1, 5, 5}, {200 + i, 5, 5}}, 5, 50 + i});
  bench.answer<protocol::ConversationList>(list);
  const auto asked = bench.sent<protocol::ChatHistory>();
  ASSERT_EQ(asked.size(), 20U);
  for (const auto& one : asked) EXPECT_GE(one.conversation, 110U);
}

TEST_F(CacheTest, WhatBelongsToAnotherUserIsDropped) {
  people(3, 20);
  keep();
  bench.state = State();
  bench.start(false, Persisted{"token", 9, "Mallory", 12, {}});
  shelf.give(bench);
  EXPECT_TRUE(bench.view().contacts.empty());
  EXPECT_GE(bench.view().counters.unusable_kept, 1U);
  EXPECT_TRUE(shelf.texts.empty());
}

TEST_F(CacheTest, WhatBelongsToAnotherServiceIsDropped) {
  people(3, 20);
  keep();
  shelf.owner += "/elsewhere";
  start_again();
  EXPECT_TRUE(bench.view().contacts.empty());
  EXPECT_TRUE(shelf.texts.empty());
}

TEST_F(CacheTest, WithoutASessionWhatIsKeptIsDropped) {
  people(3, 20);
  keep();
  bench.state = State();
  bench.start();
  shelf.give(bench);
  EXPECT_TRUE(bench.view().contacts.empty());
  EXPECT_TRUE(shelf.texts.empty());
}

class BrokenText : public CacheTest, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(BrokenText, IsIgnoredAndTheRestIsKeptAnew) {
  people(3, 2'000);
  talk(7, 3, 4);
  keep();
  const auto whole = shelf.texts;
  shelf.texts[GetParam().first] = GetParam().second;
  start_again();
  EXPECT_EQ(bench.view().counters.unusable_kept, 1U);
  EXPECT_EQ(bench.state.chat.conversations.at(7).messages.size(), 4U);
  EXPECT_GE(bench.view().contacts.size(), 1'400U);
  bench.come_online();
  EXPECT_EQ(bench.sent<protocol::DirectorySync>().at(0).since, 0U) << "there may be holes in it";
  EXPECT_TRUE(shelf.texts.empty());
  protocol::Directory snapshot{0, 2, {}, {}};
  for (const auto& text : whole)
    if (text.first.rfind("contacts/", 0) == 0) {
      const auto part =
          protocol::decode<protocol::MessageList<protocol::Directory>>(text.second, limits::kSnapshotBytes);
      for (const auto& one : std::get<0>(std::get<0>(part).message).contacts) snapshot.contacts.push_back(one);
    }
  bench.answer<protocol::DirectorySync>(protocol::DirectorySnapshot{2, "/directory/2"});
  bench.happen(DirectoryFetched{200, protocol::encode(snapshot)});
  keep();
  EXPECT_EQ(shelf.texts, whole);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BrokenText,
    testing::Values(std::pair{"contacts/1", "{\"t\":\"directory\",\"f\":0,"}, std::pair{"contacts/1", "not JSON"},
                    std::pair{"contacts/1", "{\"t\":\"directory\",\"f\":0,\"v\":0,\"l\":[{\"i\":-1}]}"},
                    std::pair{"contacts/1", "{\"t\":\"no_such_message\"}"}, std::pair{"contacts/x", "{\"t\":\"ok\"}"},
                    std::pair{"zebras/1", "{\"t\":\"history\",\"f\":0,\"v\":7}"}, std::pair{"zebra", "{}"}));

TEST_F(CacheTest, TextsThatComeTooLateAreNotTaken) {
  people(3, 20);
  keep();
  start_again();
  bench.come_online();
  bench.answer<protocol::DirectorySync>(protocol::Directory{2, 3, {{4, "Newer", "4", {}, false}}, {}});
  shelf.give(bench);
  EXPECT_EQ(bench.state.directory.contacts.at(4).name, "Newer");
  EXPECT_FALSE(shelf.texts.empty());
}

class EndOfASession : public CacheTest {
 protected:
  void SetUp() override {
    CacheTest::SetUp();
    people(3, 20);
    talk(7, 3, 4);
    keep();
    ASSERT_FALSE(shelf.texts.empty());
    say(7, 5);
  }
  void TearDown() override {
    shelf.take(bench.commands);
    EXPECT_EQ(bench.view().connection, ConnectionPhase::kSignedOut);
    EXPECT_TRUE(shelf.texts.empty());
    const auto stale = bench.state.counters.stale_events;
    bench.happen(TimerFired{"keep"});
    shelf.take(bench.commands);
    EXPECT_TRUE(shelf.texts.empty()) << "what was about to be kept is not kept after all";
    EXPECT_EQ(bench.state.counters.stale_events, stale + 1);
  }
};

TEST_F(EndOfASession, SignOutDropsWhatWasKept) {
  bench.happen(SignOut{});
  bench.answer<protocol::SignOut>(protocol::Ok{});
}

TEST_F(EndOfASession, SignOutWithoutTheServiceDropsWhatWasKept) {
  bench.lose_connection();
  bench.happen(SignOut{});
}

TEST_F(EndOfASession, RevocationDropsWhatWasKept) { bench.service(protocol::SignedOut{"revoked"}); }

TEST_F(EndOfASession, ASessionThatTheServiceDoesNotKnowDropsWhatWasKept) {
  start_again();
  bench.happen(SocketOpened{bench.state.connection.socket});
  bench.answer<protocol::Resume>(failure(ErrorCode::kUnauthenticated, "no such device"));
}

TEST(LongTexts, GoBesideTheEvent) {
  Bridge bridge;
  const std::string moment = R"("now_ms":1,"unix_s":2,"random":"AAAAAAAAAAAAAAAAAAAAAA"})";
  const auto dispatch = [&](const std::string& event, std::string_view text) {
    char* room = bridge.room_for_text(text.size() + 10);
    EXPECT_NE(room, nullptr);
    std::copy(text.begin(), text.end(), room);
    return bridge.dispatch(event + moment, text.size());
  };
  bridge.dispatch(
      R"({"t":"start","url":"wss://x/client","device_name":"d","device_key":"","persisted":{"token":"t","user":1,"name":"A","device":2},)" +
      moment);
  bridge.dispatch(R"({"t":"socket_opened","socket":1,)" + moment);
  dispatch(R"({"t":"socket_text","socket":1,"text":"",)",
           R"({"t":"signed_in","u":1,"n":"Zoë","d":2,"k":"t","i":"s","e":"e","d0":1})");
  EXPECT_EQ(bridge.state().account.name, "Zoë");
  bridge.dispatch(
      R"({"t":"socket_text","socket":1,"text":"{\"t\":\"directory_snapshot\",\"v\":3,\"p\":\"/d\",\"s\":1}",)" +
      moment);
  dispatch(R"({"t":"directory_fetched","status":200,"body":"",)",
           R"({"t":"directory","f":0,"v":3,"l":[{"i":5,"n":"\"Eve\"","e":"5"}]})");
  EXPECT_EQ(bridge.state().directory.contacts.at(5).name, "\"Eve\"");
  EXPECT_EQ(bridge.room_for_text(limits::kSnapshotBytes + 1), nullptr);
  dispatch(R"({"t":"socket_text","socket":1,"text":"",)", "no frame");
  EXPECT_EQ(bridge.state().counters.malformed_frames, 1U);
}

}  // namespace
}  // namespace sidetone::client::test
