#include "shell/semantics.hpp"

#include <gtest/gtest.h>

#include "shell/outbox.hpp"

namespace sidetone::shell {
namespace {

TEST(Semantics, WhatIsAddedBelongsToWhatIsOpen) {
  Semantics semantics;
  semantics.begin(1, Role::kMain, "", {});
  semantics.begin(2, Role::kList, "People", {});
  EXPECT_TRUE(semantics.inside(1));
  semantics.add(3, Role::kListItem, "Al", {});
  semantics.end();
  semantics.add(4, Role::kButton, "Call", {});
  semantics.end();
  EXPECT_FALSE(semantics.inside(1));
  EXPECT_EQ(semantics.find(2)->parent, 1U);
  EXPECT_EQ(semantics.find(3)->parent, 2U);
  EXPECT_EQ(semantics.find(4)->parent, 1U);
  EXPECT_EQ(semantics.find(5), nullptr);
  semantics.begin_frame();
  EXPECT_TRUE(semantics.nodes().empty());
}

TEST(Semantics, JsonHasTheMembersInTheirOrderWithoutTrailingDefaults) {
  Semantics semantics;
  EXPECT_EQ(semantics.to_json(), "[]");
  semantics.add(7, Role::kText, "", {});
  Node& node = semantics.begin(8, Role::kSlider, "A \"b\"\n\\", {1.4F, 2.5F, 30, 40});
  node.value = "v";
  node.description = "d";
  node.hint = "h";
  node.autocomplete = "username";
  node.flags = kDisabled | kInvalid;
  node.text_px = 17.5F;
  node.low = -1;
  node.high = 1;
  node.now = 0.125F;
  node.step = 0.05F;
  node.position = 2;
  node.count = 9;
  node.level = 3;
  semantics.add(9, Role::kStatus, "Ä", {0, 0, 1, 1});
  EXPECT_EQ(semantics.to_json(),
            "[[7,\"text\"],"
            "[8,\"slider\",0,\"A \\\"b\\\"\\u000a\\\\\",\"v\",\"d\",\"h\",\"username\",257,[1,3,30,40],17.5,"
            "[-1,1,0.125,0.05],2,9,3],"
            "[9,\"status\",8,\"Ä\",\"\",\"\",\"\",\"\",0,[0,0,1,1]]]");
}

TEST(Semantics, WhoHasBeenToldAndIsTheSameIsAnIdAlone) {
  const auto list = [](std::initializer_list<NodeId> rows, NodeId away) {
    Semantics semantics;
    semantics.begin(1, Role::kList, "", {});
    for (const NodeId id : rows) semantics.add(id, Role::kListItem, id == away ? "away" : "", {});
    semantics.end();
    return semantics;
  };
  const Semantics before = list({2, 3, 4}, 0);
  const auto changes = [&](std::initializer_list<NodeId> rows, NodeId away) {
    return list(rows, away).to_json(before.nodes());
  };
  EXPECT_EQ(changes({2, 3, 4}, 0), "[1,2,3,4]");
  EXPECT_EQ(changes({2, 3, 4}, 3), "[1,2,[3,\"list_item\",1,\"away\"],4]") << "one differs";
  EXPECT_EQ(changes({2, 4}, 0), "[1,2,4]") << "one has gone";
  EXPECT_EQ(changes({2, 5, 3, 4}, 0), "[1,2,[5,\"list_item\",1],3,4]") << "one has come";
  EXPECT_EQ(changes({3, 2, 4}, 0), "[1,3,[2,\"list_item\",1],4]") << "who has another place may be told again";
}

TEST(Semantics, RolesHaveNames) {
  EXPECT_EQ(role_name(Role::kNavigation), "navigation");
  EXPECT_EQ(role_name(Role::kTextField), "text_field");
  EXPECT_EQ(role_name(Role::kAlert), "alert");
}

TEST(Outbox, GivesItsEventsAndRequestsOnce) {
  Outbox outbox;
  client::SignIn sign_in;
  sign_in.user = "al";
  EXPECT_EQ(outbox.send(client::SignOut{}), 1U);
  EXPECT_EQ(outbox.send(sign_in), 2U);
  outbox.request("copy", "a\tb");
  EXPECT_FALSE(outbox.empty());
  const std::string json = outbox.take_json();
  EXPECT_NE(json.find("{\"events\":[{\"intent\":1,\"event\":{\"t\":\"sign_out\"}},{\"intent\":2,\"event\":{"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("],\"requests\":[{\"name\":\"copy\",\"value\":\"a\\u0009b\"}]}"), std::string::npos) << json;
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.take_json(), "{\"events\":[],\"requests\":[]}");
  EXPECT_EQ(outbox.send(client::SignOut{}), 3U) << "numbers are not given twice";
}

}  // namespace
}  // namespace sidetone::shell
