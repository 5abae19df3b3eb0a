#include <gtest/gtest.h>

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <set>

#include "core/protocol/codec.hpp"
#include "service/store/sqlite_store.hpp"

/// What every store must do. Another database gets another entry in the list of stores.
namespace sidetone::service::store {
namespace {

using protocol::EndReason;
using protocol::RecordKind;

class StoreTest : public ::testing::Test {
 protected:
  /// One transaction that must succeed.
  template <class T>
  T in(std::function<Result<T>(Transaction&)> work) {
    std::optional<Result<T>> out;
    store_->run<T>(std::move(work), [&](Result<T> result) { out = std::move(result); });
    store_->run_queued();
    EXPECT_TRUE(out && out->ok()) << (out && !out->ok() ? to_string(out->error()) : "no answer");
    return out && out->ok() ? std::move(**out) : T{};
  }
  ErrorCode error_of(std::function<Status(Transaction&)> work) {
    std::optional<Status> out;
    store_->submit(std::move(work), [&](Status status) { out = std::move(status); });
    store_->run_queued();
    EXPECT_TRUE(out && !out->ok());
    return out && !out->ok() ? out->error().code : ErrorCode::kInternal;
  }
  UserId add(const std::string& login, const std::string& number) {
    return in<UserId>([&](Transaction& t) { return t.add_account({0, login, login, number, "hash", false}); });
  }
  protocol::ConversationId pair(UserId a, UserId b) {
    return in<protocol::ConversationInfo>(
               [&](Transaction& t) -> Result<protocol::ConversationInfo> { return t.open_pair(a, b); })
        .conversation;
  }
  Appended append(protocol::ConversationId conversation, UserId sender, const std::string& id, const std::string& text,
                  std::int64_t now = 100) {
    return in<Appended>([&](Transaction& t) { return t.append_message({conversation, sender, id, text, now}); });
  }

  std::unique_ptr<SqliteStore> store_ = SqliteStore::open_manual(":memory:").value();
};

TEST_F(StoreTest, AccountsAreFoundByLoginAndUniqueInLoginAndNumber) {
  const auto alice = add("alice", "1001");
  const auto found = in<std::optional<Account>>(
      [](Transaction& t) -> Result<std::optional<Account>> { return t.find_account("alice"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, alice);
  EXPECT_EQ(found->password_hash, "hash");
  EXPECT_FALSE(in<std::optional<Account>>(
      [](Transaction& t) -> Result<std::optional<Account>> { return t.find_account("ALICE"); }));
  const auto add_again = [](std::string login, std::string number) {
    return [=](Transaction& t) -> Status {
      SIDETONE_TRY([[maybe_unused]] auto user, t.add_account({0, login, "x", number, "", false}));
      return {};
    };
  };
  EXPECT_EQ(error_of(add_again("alice", "1002")), ErrorCode::kConflict);
  EXPECT_EQ(error_of(add_again("anna", "1001")), ErrorCode::kConflict);
}

TEST_F(StoreTest, AnErrorUndoesItsOwnTransactionAndNoOtherOfTheSameCommit) {
  add("alice", "1001");
  std::vector<bool> outcomes;
  const auto note = [&](Status status) { outcomes.push_back(status.ok()); };
  const auto insert = [](std::string login, std::string number, bool fail) {
    return [=](Transaction& t) -> Status {
      SIDETONE_TRY([[maybe_unused]] auto user, t.add_account({0, login, login, number, "", false}));
      return fail ? Status(Error{ErrorCode::kForbidden, "no", ""}) : Status();
    };
  };
  const auto commits = store_->commits();
  store_->submit(insert("bob", "1002", false), note);
  store_->submit(insert("carol", "1003", true), note);
  store_->submit(insert("dave", "1004", false), note);
  EXPECT_EQ(store_->run_queued(), 3u);
  EXPECT_EQ(store_->commits(), commits + 1) << "what queues up shares a commit";
  EXPECT_EQ(outcomes, (std::vector{true, false, true}));
  const auto log = in<DirectoryLog>([](Transaction& t) -> Result<DirectoryLog> { return t.load_directory(); });
  std::vector<std::string> logins;
  for (const auto& entry : log.entries) logins.push_back(*entry.contact.address);
  EXPECT_EQ(logins, (std::vector<std::string>{"alice", "bob", "dave"}));
}

TEST_F(StoreTest, ADeviceComesBackWithItsTokenOrTheOneBefore) {
  const auto alice = add("alice", "1001");
  const auto device = in<DeviceId>([&](Transaction& t) -> Result<DeviceId> {
    return t.add_device({alice, "desk", "key", "one", 5});
  });
  const auto resume = [&](const char* shown, const char* fresh) {
    return in<std::optional<KnownDevice>>(
        [=](Transaction& t) -> Result<std::optional<KnownDevice>> { return t.resume_device(shown, fresh, 9); });
  };
  ASSERT_TRUE(resume("one", "two"));
  const auto again = resume("one", "three");  // the answer with "two" was lost
  ASSERT_TRUE(again);
  EXPECT_EQ(again->device.device, device);
  EXPECT_EQ(again->device.key, "key");
  EXPECT_EQ(again->user_name, "alice");
  EXPECT_FALSE(resume("two", "four")) << "never used, and replaced";
  ASSERT_TRUE(resume("three", "four"));
  EXPECT_FALSE(resume("one", "five")) << "the one before the one before";
  EXPECT_TRUE(in<bool>([&](Transaction& t) -> Result<bool> { return t.remove_device(alice, device); }));
  EXPECT_FALSE(resume("four", "six"));
}

TEST_F(StoreTest, OnlyTheOwnerRemovesADevice) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto device = in<DeviceId>([&](Transaction& t) -> Result<DeviceId> {
    return t.add_device({alice, "desk", "", "token", 5});
  });
  EXPECT_FALSE(in<bool>([&](Transaction& t) -> Result<bool> { return t.remove_device(bob, device); }));
  const auto devices =
      in<std::vector<Device>>([&](Transaction& t) -> Result<std::vector<Device>> { return t.devices_of(alice); });
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].name, "desk");
}

TEST_F(StoreTest, TheDevicesUsedLeastAreDropped) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  std::vector<DeviceId> devices;
  for (int i = 0; i < 4; ++i)
    devices.push_back(in<DeviceId>([&](Transaction& t) -> Result<DeviceId> {
      return t.add_device({alice, "d", "", "token" + std::to_string(i), 10 + i});
    }));
  const auto other = in<DeviceId>([&](Transaction& t) -> Result<DeviceId> {
    return t.add_device({bob, "d", "", "token of bob", 1});
  });
  in<bool>([&](Transaction& t) -> Result<bool> { return t.touch_device(devices[0], 20), true; });
  const auto dropped = in<std::vector<DeviceId>>(
      [&](Transaction& t) -> Result<std::vector<DeviceId>> { return t.drop_devices(alice, 2); });
  EXPECT_EQ(std::set<DeviceId>(dropped.begin(), dropped.end()), (std::set{devices[1], devices[2]}));
  const auto left =
      in<std::vector<Device>>([&](Transaction& t) -> Result<std::vector<Device>> { return t.devices_of(bob); });
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].device, other);
}

TEST_F(StoreTest, TheCommonestCostOfPasswordsIsKnownAndAPasswordIsRenewedOnce) {
  const auto hash = [](const std::string& cost, char salt) {
    return "$argon2id$v=19$" + cost + "$" + std::string(22, salt) + "$" + std::string(43, 'h');
  };
  const auto commonest = [&] {
    return in<std::string>([](Transaction& t) -> Result<std::string> { return t.commonest_password(); });
  };
  EXPECT_EQ(commonest(), "");
  std::vector<UserId> users;
  for (int i = 0; i < 3; ++i)
    users.push_back(in<UserId>([&](Transaction& t) {
      const auto name = "user" + std::to_string(i);
      return t.add_account({0, name, name, std::to_string(i),
                            hash(i == 0 ? "m=65536,t=3,p=1" : "m=8192,t=1,p=1", static_cast<char>('a' + i)), false});
    }));
  EXPECT_NE(commonest().find("m=8192,t=1,p=1"), std::string::npos);
  const auto before = hash("m=8192,t=1,p=1", 'b');
  const auto renew = [&](const std::string& fresh) {
    return in<bool>([&](Transaction& t) -> Result<bool> { return t.renew_password(users[1], before, fresh); });
  };
  EXPECT_TRUE(renew(hash("m=65536,t=3,p=1", 'x')));
  EXPECT_FALSE(renew(hash("m=65536,t=3,p=1", 'y'))) << "it is another password now";
  EXPECT_NE(commonest().find("m=65536,t=3,p=1"), std::string::npos);
}

TEST_F(StoreTest, TheDirectoryIsALogOfVersions) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  EXPECT_EQ(in<std::uint64_t>([&](Transaction& t) { return t.change_contact(alice, "Alice A.", "1001"); }), 3u);
  EXPECT_EQ(in<std::uint64_t>([&](Transaction& t) { return t.remove_account(bob); }), 4u);
  const auto log = in<DirectoryLog>([](Transaction& t) -> Result<DirectoryLog> { return t.load_directory(); });
  EXPECT_EQ(log.version, 4u);
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_EQ(log.entries[0].contact.name, "Alice A.");
  EXPECT_EQ(log.entries[0].version, 3u);
  EXPECT_TRUE(log.entries[1].removed);
  EXPECT_FALSE(in<std::optional<Account>>(
      [](Transaction& t) -> Result<std::optional<Account>> { return t.find_account("bob"); }));
  add("bob", "1002");  // the name and the number are free again
}

TEST_F(StoreTest, APairHasOneConversationWhoeverOpensIt) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  EXPECT_EQ(pair(alice, bob), pair(bob, alice));
}

TEST_F(StoreTest, MessagesAreNumberedInTheirConversationAndKnownByTheirSendersId) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto carol = add("carol", "1003");
  const auto with_bob = pair(alice, bob);
  const auto with_carol = pair(alice, carol);
  EXPECT_EQ(append(with_bob, alice, "a", "one", 100).number, 1u);
  EXPECT_EQ(append(with_bob, bob, "a", "two").number, 2u) << "ids are the sender's own";
  EXPECT_EQ(append(with_carol, alice, "b", "other").number, 1u);
  const auto again = append(with_bob, alice, "a", "one", 200);
  EXPECT_TRUE(again.known);
  EXPECT_EQ(again.number, 1u);
  EXPECT_EQ(again.time, 100);
  EXPECT_EQ(append(with_bob, alice, "c", "three").number, 3u) << "a repetition takes no number";
  const auto send_as = [](protocol::ConversationId conversation, UserId sender, const char* id) {
    return [=](Transaction& t) -> Status {
      SIDETONE_TRY([[maybe_unused]] auto appended, t.append_message({conversation, sender, id, "x", 1}));
      return {};
    };
  };
  EXPECT_EQ(error_of(send_as(with_bob, carol, "z")), ErrorCode::kNotFound);
  EXPECT_EQ(error_of(send_as(999, alice, "z")), ErrorCode::kNotFound);
  EXPECT_EQ(error_of(send_as(with_carol, alice, "a")), ErrorCode::kConflict)
      << "the id belongs to another conversation";
}

TEST_F(StoreTest, PagesRunBothWaysAndSayWhetherThereIsMore) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto conversation = pair(alice, bob);
  for (int i = 1; i <= 10; ++i)
    append(conversation, i % 2 == 0 ? alice : bob, std::to_string(i), "text " + std::to_string(i));
  const auto numbers = [&](std::optional<std::uint64_t> before, std::optional<std::uint64_t> after,
                           std::uint32_t limit) {
    const auto page = in<protocol::ChatPage>([&](Transaction& t) {
      return t.page(alice, {conversation, before, after, limit});
    });
    std::vector<int> out;
    for (const auto& message : page.messages) {
      out.push_back(static_cast<int>(message.number));
      EXPECT_EQ(message.client_message_id.has_value(), message.sender == alice) << "ids of others are not shown";
    }
    if (page.more) out.push_back(-1);
    return out;
  };
  EXPECT_EQ(numbers({}, {}, 3), (std::vector{8, 9, 10, -1}));
  EXPECT_EQ(numbers(8, {}, 3), (std::vector{5, 6, 7, -1}));
  EXPECT_EQ(numbers(4, {}, 3), (std::vector{1, 2, 3}));
  EXPECT_EQ(numbers({}, 7, 3), (std::vector{8, 9, 10}));
  EXPECT_EQ(numbers({}, 0, 4), (std::vector{1, 2, 3, 4, -1}));
  EXPECT_EQ(numbers(1, {}, 3), (std::vector<int>{}));
}

TEST_F(StoreTest, APageEndsEarlyRatherThanOutgrowAFrame) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto conversation = pair(alice, bob);
  const std::string worst(protocol::limits::kChatTextBytes, '"');  // each takes two bytes in JSON
  for (int i = 1; i <= 5; ++i) append(conversation, alice, std::to_string(i), worst);
  const auto page = in<protocol::ChatPage>([&](Transaction& t) { return t.page(alice, {conversation, {}, {}, 100}); });
  EXPECT_TRUE(page.more);
  EXPECT_FALSE(page.messages.empty());
  EXPECT_LE(protocol::encode(page).size() + 32, protocol::limits::kFrameBytes);
  EXPECT_EQ(page.messages.back().number, 5u) << "the newest come first";
}

TEST_F(StoreTest, MarkersOnlyRiseAndStayBelowTheNewestMessage) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto conversation = pair(alice, bob);
  for (int i = 1; i <= 5; ++i) append(conversation, alice, std::to_string(i), "x");
  const auto mark = [&](std::optional<std::uint64_t> delivered, std::optional<std::uint64_t> read) {
    return in<Raised>([&](Transaction& t) { return t.raise_marker(bob, {conversation, delivered, read}); });
  };
  auto raised = mark(3, std::nullopt);
  EXPECT_TRUE(raised.changed);
  EXPECT_EQ(raised.marker, (protocol::ReadMarker{bob, 3, 0}));
  EXPECT_FALSE(mark(2, std::nullopt).changed);
  raised = mark(std::nullopt, 99);
  EXPECT_EQ(raised.marker, (protocol::ReadMarker{bob, 5, 5}))
      << "what is read has been delivered, and no more than there is";
  raised = mark(1, 1);
  EXPECT_FALSE(raised.changed);
  EXPECT_EQ(raised.marker, (protocol::ReadMarker{bob, 5, 5}));
}

TEST_F(StoreTest, ConversationsComeNewestFirst) {
  const auto alice = add("alice", "1001");
  const auto bob = add("bob", "1002");
  const auto carol = add("carol", "1003");
  const auto with_bob = pair(alice, bob);
  const auto with_carol = pair(alice, carol);
  append(with_carol, alice, "1", "x", 100);
  append(with_bob, bob, "2", "x", 200);
  const auto list = [&](std::uint32_t offset, std::uint32_t limit) {
    std::vector<protocol::ConversationId> out;
    for (const auto& info : in<std::vector<protocol::ConversationInfo>>(
             [&](Transaction& t) -> Result<std::vector<protocol::ConversationInfo>> {
               return t.conversations_of(alice, offset, limit);
             }))
      out.push_back(info.conversation);
    return out;
  };
  EXPECT_EQ(list(0, 10), (std::vector{with_bob, with_carol}));
  EXPECT_EQ(list(1, 10), (std::vector{with_carol}));
  EXPECT_EQ(list(0, 1), (std::vector{with_bob}));
}

NewRecord record(UserId user, RecordKind kind, std::int64_t time) {
  return {user, {0, kind, 7, time, 0, EndReason::kNoAnswer}};
}

TEST_F(StoreTest, RecordsBeyondTheLimitOfTheirKindFallOut) {
  const HistoryLimits limits{2, 2, 2};
  const auto finish = [&](RecordKind kind, std::int64_t time) {
    return in<std::vector<HistoryChange>>([&](Transaction& t) -> Result<std::vector<HistoryChange>> {
             return t.finish_call("c", {record(1, kind, time)}, limits);
           })[0]
        .history;
  };
  finish(RecordKind::kMissed, 1);
  finish(RecordKind::kDialled, 2);
  finish(RecordKind::kMissed, 3);
  const auto change = finish(RecordKind::kMissed, 4);
  EXPECT_EQ(change.since, 3u);
  EXPECT_EQ(change.version, 4u);
  ASSERT_EQ(change.records.size(), 1u);
  EXPECT_EQ(change.removed, (std::vector<std::uint64_t>{1}));
  const auto all =
      in<protocol::History>([](Transaction& t) -> Result<protocol::History> { return t.history_since(1, 0); });
  std::vector<std::int64_t> times;
  for (const auto& one : all.records) times.push_back(one.time);
  EXPECT_EQ(times, (std::vector<std::int64_t>{2, 3, 4}));
  const auto delta =
      in<protocol::History>([](Transaction& t) -> Result<protocol::History> { return t.history_since(1, 2); });
  EXPECT_EQ(delta.since, 2u);
  EXPECT_EQ(delta.records.size(), 2u);
  EXPECT_EQ(delta.removed, (std::vector<std::uint64_t>{1}));
}

TEST_F(StoreTest, ADeltaThatReachesTooFarBackIsTheWholeHistory) {
  const HistoryLimits limits{1, 1, 1};
  for (int i = 0; i < 600; ++i)
    in<bool>([&](Transaction& t) -> Result<bool> {
      return t.finish_call("c", {record(1, RecordKind::kMissed, i)}, limits), true;
    });
  const auto delta =
      in<protocol::History>([](Transaction& t) -> Result<protocol::History> { return t.history_since(1, 5); });
  EXPECT_EQ(delta.since, 0u);
  EXPECT_EQ(delta.version, 600u);
  ASSERT_EQ(delta.records.size(), 1u);
  EXPECT_EQ(delta.records[0].time, 599);
  const auto future =
      in<protocol::History>([](Transaction& t) -> Result<protocol::History> { return t.history_since(1, 9999); });
  EXPECT_EQ(future.since, 0u) << "a version from another life";
}

TEST_F(StoreTest, LiveCallsStayUntilTheyAreFinished) {
  const auto live = [&] {
    std::vector<std::string> bodies;
    for (const auto& row : in<std::vector<LiveCallRow>>(
             [](Transaction& t) -> Result<std::vector<LiveCallRow>> { return t.load_live_calls(); }))
      bodies.push_back(row.body);
    return bodies;
  };
  in<bool>([](Transaction& t) -> Result<bool> {
    return t.put_live_call("a", "one"), t.put_live_call("b", "two"), t.put_live_call("a", "three"), true;
  });
  EXPECT_EQ(live(), (std::vector<std::string>{"three", "two"}));
  in<bool>([](Transaction& t) -> Result<bool> { return t.finish_call("a", {}, {}), true; });
  EXPECT_EQ(live(), (std::vector<std::string>{"two"}));
}

TEST_F(StoreTest, HostsAndStatusesAreKept) {
  in<bool>([](Transaction& t) -> Result<bool> {
    return t.put_host({"h", 3, "desk", "hash"}), t.put_host({"g", 0, "robots", "hash"}), true;
  });
  in<bool>([](Transaction& t) -> Result<bool> { return t.remove_host("g"), true; });
  const auto hosts = in<std::vector<Host>>([](Transaction& t) -> Result<std::vector<Host>> { return t.load_hosts(); });
  ASSERT_EQ(hosts.size(), 1u);
  EXPECT_EQ(hosts[0].user, 3u);
  protocol::PresenceState status{4, protocol::Availability::kAway, std::nullopt, "lunch", 99};
  in<bool>([&](Transaction& t) -> Result<bool> { return t.put_status(status), true; });
  const auto statuses = in<std::vector<protocol::PresenceState>>(
      [](Transaction& t) -> Result<std::vector<protocol::PresenceState>> { return t.load_statuses(); });
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0], status);
}

TEST_F(StoreTest, FavouritesAreSoManyAndNoMoreAndGoWithTheAccount) {
  using Users = std::vector<UserId>;
  constexpr auto kMost = static_cast<UserId>(protocol::limits::kFavourites);
  const auto alice = add("alice", "1");
  const auto set = [&](UserId user, UserId favourite, bool is_one) {
    return in<bool>([=](Transaction& t) { return t.set_favourite(user, favourite, is_one); });
  };
  const auto favourites_of = [&](UserId user) {
    return in<Users>([=](Transaction& t) -> Result<Users> { return t.favourites_of(user); });
  };
  Users people;
  for (UserId i = 0; i <= kMost; ++i) people.push_back(add("person" + std::to_string(i), std::to_string(1000 + i)));
  EXPECT_FALSE(set(alice, 99'999, true)) << "nobody of that number";
  for (UserId i = 0; i < kMost; ++i) EXPECT_TRUE(set(alice, people[i], true));
  EXPECT_FALSE(set(alice, people[0], true)) << "it is one already, and that is no error";
  const auto one_more = [&](Transaction& t) -> Status {
    SIDETONE_TRY([[maybe_unused]] auto changed, t.set_favourite(alice, people[kMost], true));
    return {};
  };
  EXPECT_EQ(error_of(one_more), ErrorCode::kTooLarge);
  EXPECT_EQ(favourites_of(alice).size(), kMost);
  EXPECT_TRUE(set(alice, people[1], false));
  EXPECT_FALSE(set(alice, people[1], false));
  EXPECT_TRUE(set(alice, people[kMost], true)) << "there is room again";

  set(people[0], alice, true);
  set(people[0], people[2], true);
  in<std::uint64_t>([&](Transaction& t) { return t.remove_account(alice); });
  EXPECT_TRUE(favourites_of(alice).empty());
  EXPECT_EQ(favourites_of(people[0]), Users{people[2]});
}

class FileStoreTest : public ::testing::Test {
 protected:
  FileStoreTest() : folder_(std::filesystem::temp_directory_path() / ("sidetone-store-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~FileStoreTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(FileStoreTest, WhatIsAcknowledgedIsThereAfterTheProgramIsGone) {
  const auto path = (folder_ / "a.db").string();
  {
    auto store = SqliteStore::open_manual(path).value();
    bool acknowledged = false;
    store->submit([](Transaction& t) -> Status { return t.put_live_call("a", "kept"), Status(); },
                  [&](Status status) { acknowledged = status.ok(); });
    store->run_queued();
    EXPECT_TRUE(acknowledged);
    store->submit([](Transaction& t) -> Status { return t.put_live_call("b", "never written"), Status(); },
                  [](Status) {});
  }
  auto store = SqliteStore::open_manual(path).value();
  std::vector<LiveCallRow> calls;
  store->submit([&](Transaction& t) -> Status { return calls = t.load_live_calls(), Status(); }, [](Status) {});
  store->run_queued();
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].call, "a");
  EXPECT_EQ(calls[0].body, "kept");
}

TEST_F(FileStoreTest, AFaultOfTheDatabaseIsCountedUntilSomethingIsWrittenAgain) {
  const auto path = (folder_ / "d.db").string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> log(std::tmpfile(), std::fclose);
  auto store = SqliteStore::open_manual(path, net::Logger(net::LogLevel::kInfo, log.get())).value();
  auto saboteur = SqliteDatabase::open(path).value();
  const auto put = [&] {
    bool kept = false;
    store->submit([](Transaction& t) -> Status { return t.put_live_call("a", "x"), Status(); },
                  [&](const Status& status) { kept = status.ok(); });
    store->run_queued();
    return kept;
  };
  EXPECT_TRUE(put());
  EXPECT_FALSE(store->health().failing);
  ASSERT_TRUE(saboteur->execute("ALTER TABLE live_calls RENAME TO gone").ok());
  EXPECT_FALSE(put());
  EXPECT_TRUE(store->health().failing);
  EXPECT_EQ(store->health().failed_transactions, 1u);
  store->submit([](Transaction& t) -> Status { return t.find_account("alice"), Status(); }, [](const Status&) {});
  store->run_queued();
  EXPECT_TRUE(store->health().failing) << "reading shows nothing";
  ASSERT_TRUE(saboteur->execute("ALTER TABLE gone RENAME TO live_calls").ok());
  EXPECT_TRUE(put());
  EXPECT_FALSE(store->health().failing);
  std::rewind(log.get());
  std::string said(4096, '\0');
  said.resize(std::fread(said.data(), 1, said.size(), log.get()));
  EXPECT_NE(said.find("store failed"), std::string::npos) << said;
  EXPECT_NE(said.find("store works again"), std::string::npos) << said;
}

TEST_F(FileStoreTest, AnOlderFileIsBroughtUpToDate) {
  const auto path = (folder_ / "old.db").string();
  const auto add_account = [](Transaction& t) { return t.add_account({0, "alice", "Alice", "1", "hash", false}); };
  {
    auto store = SqliteStore::open_manual(path).value();
    store->run<UserId>(add_account, [](Result<UserId> user) { EXPECT_TRUE(user.ok()); });
    store->run_queued();
  }
  {
    // As the first version left it, with a message in it.
    auto database = SqliteDatabase::open(path).value();
    const auto status = database->execute(
        "DROP TABLE saved_numbers; DROP TABLE second_factors; DROP TABLE recovery_codes; DROP TABLE favourites; DROP "
        "TABLE pictures; DROP INDEX "
        "accounts_by_picture; "
        "ALTER TABLE accounts DROP COLUMN picture; "
        "DROP TABLE reactions; DROP TABLE searched_messages; DROP TABLE message_words; DROP INDEX messages_by_change; "
        "ALTER TABLE conversations DROP COLUMN changes; ALTER TABLE messages DROP COLUMN edited; "
        "ALTER TABLE messages DROP COLUMN removed; ALTER TABLE messages DROP COLUMN change; "
        "INSERT INTO conversations VALUES (5, 1, 9, 1, 100); INSERT INTO members VALUES (1, 5, 0, 0), (9, 5, 0, 0); "
        "INSERT INTO messages VALUES (5, 1, 100, 9, 'id', 'from 東京 before'); PRAGMA user_version=1");
    ASSERT_TRUE(status.ok()) << to_string(status.error());
  }
  auto store = SqliteStore::open_manual(path).value();
  std::optional<Account> alice;
  store->run<bool>(
      [&](Transaction& t) {
        alice = t.find_account("alice");
        return t.set_favourite(99, alice ? alice->user : 0, true);
      },
      [](Result<bool> changed) { EXPECT_TRUE(changed.ok() && *changed); });
  protocol::ChatFound found;
  store->run<protocol::ChatFound>(
      [](Transaction& t) {
        return t.search_messages(1, {"京", std::nullopt, std::nullopt, 5});
      },
      [&](Result<protocol::ChatFound> result) { found = std::move(result).value(); });
  store->run_queued();
  EXPECT_TRUE(alice.has_value());
  ASSERT_EQ(found.messages.size(), 1U) << "old messages can be looked for";
  EXPECT_EQ(found.messages[0].text, "from 東京 before");
}

TEST_F(FileStoreTest, AFileOfANewerProgramOrOfNoneIsRefused) {
  const auto path = (folder_ / "b.db").string();
  {
    auto database = SqliteDatabase::open(path).value();
    ASSERT_TRUE(database->execute("PRAGMA user_version=999").ok());
  }
  const auto newer = SqliteStore::open_manual(path);
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(newer.error().where, path);
  const auto folder = SqliteStore::open_manual(folder_.string());
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);
}

TEST_F(FileStoreTest, TheThreadAnswersInOrderAfterTheCommit) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::uint64_t> numbers;
  auto store = SqliteStore::open((folder_ / "c.db").string(), [](std::function<void()> action) { action(); }).value();
  protocol::ConversationId conversation = 0;
  store->submit([&](Transaction& t) -> Status { return conversation = t.open_pair(1, 2).conversation, Status(); },
                [](Status) {});
  constexpr std::size_t kMessages = 500;
  for (std::size_t i = 0; i < kMessages; ++i) {
    store->run<Appended>(
        [&conversation, i](Transaction& t) {
          return t.append_message({conversation, 1, std::to_string(i), "x", 1});
        },
        [&](Result<Appended> appended) {
          const std::lock_guard lock(mutex);
          numbers.push_back(appended.ok() ? appended->number : 0);
          changed.notify_one();
        });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return numbers.size() == kMessages; });
  for (std::size_t i = 0; i < kMessages; ++i) ASSERT_EQ(numbers[i], i + 1);
  EXPECT_LT(store->commits(), kMessages / 2) << "commits are shared";
}

}  // namespace
}  // namespace sidetone::service::store
