#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

/// The card of a call that rings: forwarding, and declining with a message.
namespace sidetone::shell {
namespace {

constexpr std::string_view kField = "Find a person or dial";

class IncomingParts : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.sign_in();
    stage.app.state().screen = Screen::kSettings;
    stage.client.favourites.users = {people::kSeoyeon, people::kDmitry};
    ring();
    stage.frame();
  }
  client::CallEntry& ring() { return stage.call("c1", model::CallPhase::kIncoming, people::kDmitry); }
  void open(std::string_view button) {
    stage.click(button);
    stage.frame();
    focus = stage.app.take_focus_request();
  }
  std::vector<std::string> offered() const {
    std::vector<std::string> names;
    const auto* list = stage.look(Role::kListbox, "Forward to");
    for (const auto* node : stage.all(Role::kOption))
      if (list != nullptr && node->parent == list->id) names.push_back(node->label);
    return names;
  }
  std::uint32_t intent() { return stage.app.state().incoming.intent; }

  Stage stage;
  std::optional<NodeId> focus;
};

TEST_F(IncomingParts, ButtonsStandInTheCardAndTakeNoFocus) {
  const auto& card = stage.find(Role::kDialog, "Call from Дмитрий Соколов");
  for (const auto* name : {"Answer", "Decline", "Forward", "Reply"})
    EXPECT_EQ(stage.find(Role::kButton, name).parent, card.id) << name;
  EXPECT_EQ(stage.look(Role::kTextField, kField), nullptr);
  EXPECT_FALSE(stage.app.take_focus_request().has_value());
}

TEST_F(IncomingParts, ForwardingOffersFavouritesFirstAndThenWhoFits) {
  open("Forward");
  EXPECT_EQ(focus, stage.find(Role::kTextField, kField).id);
  auto names = offered();
  ASSERT_EQ(names.size(), 4U);
  EXPECT_EQ(names.front(), "김서연") << "the caller is a favourite, too, and cannot be called";
  EXPECT_NE(stage.find(Role::kOption, "김서연").description, "") << "with the presence";
  stage.type(kField, "ai");
  EXPECT_EQ(offered(), (std::vector<std::string>{"Aiko Tanaka · 田中 愛子"}));
  stage.type(kField, "nobody at all");
  EXPECT_EQ(stage.look(Role::kListbox, "Forward to"), nullptr) << "an empty one says nothing";
  EXPECT_TRUE(stage.shows("Nobody"));
}

TEST_F(IncomingParts, WhoForwardedItIsNotOffered) {
  ring().call.forwarded_by = people::kAiko;
  open("Forward");
  stage.type(kField, "ai");
  EXPECT_TRUE(offered().empty());
}

TEST_F(IncomingParts, SomebodyIsChosenOnceAndTheListWaits) {
  open("Forward");
  stage.type(kField, "ai");
  stage.click("Aiko Tanaka · 田中 愛子");
  ASSERT_EQ(stage.sent<client::ForwardCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::ForwardCall>()[0].call, "c1");
  EXPECT_EQ(stage.sent<client::ForwardCall>()[0].user, people::kAiko);
  const auto& option = stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子");
  EXPECT_NE(option.flags & kDisabled, 0U);
  stage.app.input().clicks.push_back({option.id});
  stage.key("Enter", stage.find(Role::kTextField, kField).id);
  EXPECT_EQ(stage.sent<client::ForwardCall>().size(), 1U);
  ring().call.phase = model::CallPhase::kEnded;
  stage.done(intent());
  EXPECT_EQ(stage.look(Role::kDialog, ""), nullptr);
  EXPECT_EQ(stage.look(Role::kTextField, kField), nullptr);
  EXPECT_FALSE(stage.app.state().toast.has_value());
}

TEST_F(IncomingParts, ARefusalIsWordsAndTheCardStays) {
  const std::pair<std::string_view, std::string_view> refusals[] = {
      {"unavailable", "Aiko Tanaka · 田中 愛子 is not signed in"},
      {"conflict", "Aiko Tanaka · 田中 愛子 is in another call"},
      {"forbidden", "The call cannot be forwarded to Aiko Tanaka · 田中 愛子"},
      {"too_large", "The call cannot be forwarded to Aiko Tanaka · 田中 愛子"}};
  open("Forward");
  for (const auto& [code, words] : refusals) {
    stage.type(kField, "ai");
    stage.click("Aiko Tanaka · 田中 愛子");
    stage.done(intent(), code, "not to be seen");
    EXPECT_NE(stage.look(Role::kAlert, words), nullptr) << words;
    EXPECT_EQ(stage.find(Role::kOption, "Aiko Tanaka · 田中 愛子").flags & kDisabled, 0U);
    EXPECT_EQ(stage.find(Role::kButton, "Answer").flags & kDisabled, 0U);
    stage.type(kField, "aik");
    EXPECT_EQ(stage.look(Role::kAlert, words), nullptr);
  }
  EXPECT_FALSE(stage.shows("not to be seen"));
  EXPECT_EQ(stage.sent<client::ForwardCall>().size(), std::size(refusals));
}

TEST_F(IncomingParts, ANumberThatIsNobodysInTheListIsForwardedToAsItIs) {
  open("Forward");
  stage.type(kField, "4711");
  stage.key("Enter", stage.find(Role::kTextField, kField).id);
  ASSERT_EQ(stage.sent<client::ForwardCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::ForwardCall>()[0].number, "4711");
  EXPECT_NE(stage.find(Role::kButton, "Forward to 4711").flags & kDisabled, 0U);
  stage.done(intent(), "not_found", "nobody has this number");
  EXPECT_NE(stage.look(Role::kAlert, "Nobody has the number 4711"), nullptr);
  stage.click("Forward to 4711");
  EXPECT_EQ(stage.sent<client::ForwardCall>().size(), 2U);
}

TEST_F(IncomingParts, ARefusalAfterTheCardWasLeftIsSaidOnce) {
  open("Forward");
  stage.type(kField, "ai");
  stage.click("Aiko Tanaka · 田中 愛子");
  const auto asked = intent();
  stage.key("Escape");
  stage.done(asked, "unavailable", "not to be seen");
  ASSERT_TRUE(stage.app.state().toast.has_value());
  EXPECT_EQ(stage.app.state().toast->text, "The call cannot be forwarded to Aiko Tanaka · 田中 愛子");
}

TEST_F(IncomingParts, EscapeAndTheBackButtonLeadBackToTheButtons) {
  for (const auto* opener : {"Forward", "Reply"}) {
    for (const bool by_key : {true, false}) {
      open(opener);
      if (by_key)
        stage.key("Escape");
      else
        stage.click("Back to the call");
      stage.frame();
      EXPECT_EQ(stage.app.take_focus_request(), stage.find(Role::kButton, opener).id);
      EXPECT_EQ(stage.look(Role::kButton, "Back to the call"), nullptr);
    }
  }
  EXPECT_TRUE(stage.sent<client::DeclineCall>().empty());
}

TEST_F(IncomingParts, EscapeBelongsToTheCardBeforeTheScreens) {
  stage.app.state().screen = Screen::kDialPad;
  stage.app.state().dial.number = "44";
  open("Forward");
  stage.key("Escape");
  EXPECT_EQ(stage.app.state().dial.number, "44");
  EXPECT_EQ(stage.look(Role::kTextField, kField), nullptr);
}

TEST_F(IncomingParts, ArrowsLeadFromTheFieldThroughTheList) {
  open("Forward");
  const auto names = offered();
  const auto strike = [&](NodeId from, std::string_view chord) {
    stage.app.input().focus = from;
    stage.key(chord, from);
    return stage.app.take_focus_request();
  };
  const auto field = stage.find(Role::kTextField, kField).id;
  const auto first = stage.find(Role::kOption, names[0]).id;
  EXPECT_EQ(strike(field, "ArrowDown"), first);
  EXPECT_EQ(strike(first, "ArrowDown"), stage.find(Role::kOption, names[1]).id);
  EXPECT_EQ(strike(first, "End"), stage.find(Role::kOption, names[3]).id);
  EXPECT_EQ(strike(field, "End"), std::nullopt) << "belongs to the text";
}

TEST_F(IncomingParts, AFingerGetsNoKeyboardOverTheList) {
  stage.app.input().touch = true;
  open("Forward");
  EXPECT_EQ(focus, stage.find(Role::kButton, "Back to the call").id);
}

TEST_F(IncomingParts, TheEndOfTheRingingClosesWhatIsOpen) {
  for (const auto* opener : {"Forward", "Reply"}) {
    ring();
    stage.frame();
    open(opener);
    ring().call.phase = model::CallPhase::kEnded;
    stage.frame();
    EXPECT_EQ(stage.look(Role::kButton, "Back to the call"), nullptr);
    ring().call.phase = model::CallPhase::kIncoming;
    stage.frame();
    EXPECT_NE(stage.look(Role::kButton, opener), nullptr) << "nothing is open in the next one's card";
    EXPECT_EQ(stage.look(Role::kButton, "Back to the call"), nullptr);
  }
}

TEST_F(IncomingParts, ACardThatGoesGivesTheFocusBack) {
  const auto before = stage.find(Role::kOption, "Status").id;
  stage.app.input().focus = before;
  stage.frame();
  open("Forward");
  stage.app.input().focus = *focus;
  stage.frame();
  ring().call.phase = model::CallPhase::kEnded;
  stage.frame();
  EXPECT_EQ(stage.app.take_focus_request(), before);
}

TEST_F(IncomingParts, ATextDeclinesAndIsWritten) {
  open("Reply");
  EXPECT_EQ(focus, stage.find(Role::kButton, "I call you back in 10 minutes").id);
  for (const auto* text : {"I call you back in 10 minutes", "I am in a meeting", "What is it about?"})
    EXPECT_EQ(stage.find(Role::kButton, text).flags & kDisabled, 0U);
  stage.click("I am in a meeting");
  ASSERT_EQ(stage.sent<client::DeclineCall>().size(), 1U);
  EXPECT_EQ(stage.sent<client::DeclineCall>()[0].call, "c1");
  ASSERT_EQ(stage.sent<client::SendChat>().size(), 1U);
  EXPECT_EQ(stage.sent<client::SendChat>()[0].with, people::kDmitry);
  EXPECT_EQ(stage.sent<client::SendChat>()[0].text, "I am in a meeting");
}

TEST_F(IncomingParts, WithoutTheServiceNothingOfItCanBeDone) {
  open("Forward");
  stage.client.connection.phase = client::ConnectionPhase::kWaiting;
  stage.frame();
  for (const auto& name : offered()) EXPECT_NE(stage.find(Role::kOption, name).flags & kDisabled, 0U);
  stage.type(kField, "4711");
  stage.key("Enter", stage.find(Role::kTextField, kField).id);
  EXPECT_TRUE(stage.sent<client::ForwardCall>().empty());
  stage.key("Escape");
  stage.frame();
  EXPECT_NE(stage.find(Role::kButton, "Forward").flags & kDisabled, 0U);
  EXPECT_NE(stage.find(Role::kButton, "Reply").flags & kDisabled, 0U);
}

TEST_F(IncomingParts, AForwardedCallSaysByWhom) {
  ring().call.forwarded_by = people::kAiko;
  stage.frame();
  EXPECT_NE(stage.look(Role::kText, "Forwarded by Aiko Tanaka · 田中 愛子"), nullptr);
  EXPECT_EQ(stage.find(Role::kAlert, "").label,
            "Дмитрий Соколов is calling. F8 answers, F9 declines. Forwarded by Aiko Tanaka · 田中 愛子");
}

TEST_F(IncomingParts, TheCallerSeesWhoIsCalledNow) {
  stage.client.calls.clear();
  auto& entry = stage.call("c2", model::CallPhase::kRinging, people::kAiko);
  stage.frame();
  EXPECT_FALSE(stage.shows("Forwarded"));
  entry.call.forwarded_by = people::kDmitry;
  stage.frame();
  EXPECT_NE(stage.look(Role::kStatus, "Forwarded to Aiko Tanaka · 田中 愛子"), nullptr);
  EXPECT_NE(stage.look(Role::kStatus, "Ringing …"), nullptr);
  EXPECT_NE(stage.look(Role::kHeading, "Aiko Tanaka · 田中 愛子"), nullptr);
  entry.call.phase = model::CallPhase::kInCall;
  stage.frame();
  EXPECT_FALSE(stage.shows("Forwarded"));
  entry.call.phase = model::CallPhase::kEnded;
  entry.call.reason = protocol::EndReason::kForwarded;
  stage.frame();
  EXPECT_TRUE(stage.shows("The call was forwarded"));
}

TEST_F(IncomingParts, TheHistorySaysThatItWasForwarded) {
  stage.client.calls.clear();
  stage.record(1, protocol::RecordKind::kReceived, people::kDmitry, stage.unix_s - 60);
  stage.client.history.records[1].reason = protocol::EndReason::kForwarded;
  stage.app.state().screen = Screen::kCalls;
  stage.frame();
  const auto& row = stage.find(Role::kOption, "Дмитрий Соколов");
  EXPECT_EQ(row.description, "Received call, Today 10:00 forwarded");
}

TEST_F(IncomingParts, StandsInsideTheScreen) {
  ring().call.forwarded_by = people::kMaxi;
  struct Size {
    int width;
    int height;
    float scale;
  };
  for (const auto& size : {Size{360, 740, 1}, Size{720, 1480, 2}, Size{360, 480, 1}, Size{1280, 800, 1}}) {
    SCOPED_TRACE(size.width);
    SCOPED_TRACE(size.height);
    stage.resize(size.width, size.height, size.scale);
    for (const auto* opener : {"Forward", "Reply"}) {
      stage.frame();
      open(opener);
      const auto& card = stage.find(Role::kDialog, "Call from Дмитрий Соколов");
      EXPECT_LE(card.rect.bottom, static_cast<float>(size.height));
      for (const auto& node : stage.app.semantics().nodes()) {
        if (node.parent != card.id || node.role == Role::kAlert) continue;
        EXPECT_GE(node.rect.left, card.rect.left) << node.label;
        EXPECT_LE(node.rect.right, card.rect.right) << node.label;
        EXPECT_LE(node.rect.bottom, card.rect.bottom) << node.label;
      }
      stage.key("Escape");
    }
  }
}

}  // namespace
}  // namespace sidetone::shell
