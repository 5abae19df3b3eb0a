#include <gtest/gtest.h>

#include "tests/shell/support/stage.hpp"

namespace sidetone::shell {
namespace {

class Settings : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.sign_in();
    stage.app.state().screen = Screen::kSettings;
    stage.frame();
  }
  void section(std::string_view name) {
    stage.click(Role::kOption, name);
    stage.frame();
  }

  Stage stage;
};

TEST_F(Settings, APictureIsChosenAndRemoved) {
  section("Status");
  const auto choose = [&](std::string_view made) {
    stage.app.input().texts.push_back({stage.find(Role::kFile, "Choose a picture").id, std::string(made)});
    stage.frame();
  };
  EXPECT_EQ(stage.find(Role::kFile, "Choose a picture").hint, "image/*");
  EXPECT_TRUE(stage.look(Role::kButton, "Remove") == nullptr) << "there is none";
  choose("anBlZw");
  ASSERT_EQ(stage.sent<client::SetPicture>().size(), 1U);
  EXPECT_EQ(stage.sent<client::SetPicture>()[0].jpeg, "anBlZw");
  stage.done(stage.app.state().failed_intents.begin()->first, "unavailable", "not connected to the service");
  EXPECT_TRUE(stage.look(Role::kStatus, "The picture could not be set") != nullptr);
  choose("");
  EXPECT_TRUE(stage.look(Role::kStatus, "That file is no picture that this browser can read") != nullptr);
  EXPECT_EQ(stage.sent<client::SetPicture>().size(), 1U);

  stage.client.directory.contacts[people::kMe].picture = "name";
  stage.frame();
  stage.check_layout();
  stage.click("Remove");
  ASSERT_EQ(stage.sent<client::SetPicture>().size(), 2U);
  EXPECT_EQ(stage.sent<client::SetPicture>()[1].jpeg, "");
}

TEST_F(Settings, AStatusIsSetAtOnce) {
  section("Status");
  EXPECT_NE(stage.find(Role::kRadio, "Free").flags & kChecked, 0U);
  stage.click(Role::kRadio, "Do not disturb");
  ASSERT_EQ(stage.sent<client::SetStatus>().size(), 1U);
  EXPECT_EQ(stage.sent<client::SetStatus>()[0].availability, protocol::Availability::kDoNotDisturb);
  EXPECT_FALSE(stage.sent<client::SetStatus>()[0].text.has_value());
  EXPECT_FALSE(stage.sent<client::SetStatus>()[0].until.has_value());
}

TEST_F(Settings, AStatusHasATextAndAnEnd) {
  section("Status");
  stage.type("Status text", "Inventur");
  stage.submit("Status text");
  ASSERT_EQ(stage.sent<client::SetStatus>().size(), 1U);
  EXPECT_EQ(stage.sent<client::SetStatus>()[0].text, "Inventur");
  stage.click(Role::kTab, "1 hour");
  ASSERT_EQ(stage.sent<client::SetStatus>().size(), 2U);
  EXPECT_EQ(stage.sent<client::SetStatus>()[1].until,
            stage.unix_s + static_cast<std::int64_t>(stage.now_ms / 1000) + 3'600);
  EXPECT_EQ(stage.sent<client::SetStatus>()[1].text, "Inventur");
}

TEST_F(Settings, ATextThatIsTooLongIsNotSent) {
  section("Status");
  stage.type("Status text", std::string(81, 'x'));
  stage.submit("Status text");
  EXPECT_TRUE(stage.sent<client::SetStatus>().empty());
  EXPECT_NE(stage.find(Role::kTextField, "Status text").flags & kInvalid, 0U);
}

TEST_F(Settings, AnEndpointIsPairedAfterAQuestion) {
  section("This endpoint");
  stage.type("Code", "4711");
  stage.submit("Pair an endpoint");
  ASSERT_EQ(stage.sent<client::PairHost>().size(), 1U);
  EXPECT_EQ(stage.sent<client::PairHost>()[0].code, "4711");
  stage.client.hosts.pairing = model::Pairing{"p1", "Laptop-JH", "192.0.2.7"};
  stage.frame();
  EXPECT_TRUE(stage.shows("Laptop-JH at 192.0.2.7"));
  EXPECT_TRUE(stage.sent<client::ConfirmHost>().empty());
  stage.click("Yes, it is mine");
  ASSERT_EQ(stage.sent<client::ConfirmHost>().size(), 1U);
  EXPECT_TRUE(stage.sent<client::ConfirmHost>()[0].accept);
  EXPECT_EQ(stage.sent<client::ConfirmHost>()[0].pairing, "p1");
}

TEST_F(Settings, AWrongCodeIsSaidAtTheField) {
  section("This endpoint");
  stage.type("Code", "0000");
  stage.click("Pair");
  stage.done(stage.app.state().settings.pairing_intent, "not_found", "No endpoint shows this code.");
  stage.frame();
  EXPECT_NE(stage.find(Role::kTextField, "Code").flags & kInvalid, 0U);
  EXPECT_TRUE(stage.look(Role::kText, "No endpoint shows this code.") != nullptr);
}

TEST_F(Settings, AnEndpointIsUnpairedAfterAQuestion) {
  section("This endpoint");
  stage.click("Unpair");
  stage.frame();
  EXPECT_TRUE(stage.sent<client::UnpairHost>().empty());
  stage.click("Unpair now");
  ASSERT_EQ(stage.sent<client::UnpairHost>().size(), 1U);
  EXPECT_EQ(stage.sent<client::UnpairHost>()[0].host, "h1");
}

TEST_F(Settings, TheWayOfTheVoiceIsExplained) {
  section("This endpoint");
  EXPECT_TRUE(stage.shows("TC-0417 is ready."));
  stage.client.hosts.hosts["h1"].online = false;
  stage.frame();
  EXPECT_TRUE(stage.shows("TC-0417 has no connection. Calls use this browser"));
  stage.client.hosts.hosts.clear();
  stage.client.settings.browser_voice = false;
  stage.frame();
  EXPECT_TRUE(stage.shows("Pair an endpoint to call."));
}

TEST_F(Settings, AppearanceIsAskedOfThePage) {
  section("Appearance");
  stage.click(Role::kRadio, "Dark");
  EXPECT_TRUE(stage.requested("set_theme", "dark"));
  stage.facts.theme = "dark";
  stage.frame();
  EXPECT_NE(stage.find(Role::kRadio, "Dark").flags & kChecked, 0U);
  stage.app.input().values.push_back({stage.find(Role::kSlider, "Text size").id, 1.25F});
  stage.frame();
  EXPECT_TRUE(stage.requested("set_text_scale", "1.25"));
}

TEST_F(Settings, NotificationsAreAllowedWhereThatCanBeAsked) {
  section("Notifications");
  stage.click("Allow notifications");
  EXPECT_TRUE(stage.requested("allow_notifications", ""));
  stage.facts.notifications = Permission::kDenied;
  stage.frame();
  EXPECT_EQ(stage.look(Role::kButton, "Allow notifications"), nullptr);
  EXPECT_TRUE(stage.shows("You can change it in the browser's settings"));
}

TEST_F(Settings, OtherDevicesCanBeSignedOut) {
  section("Sign-in and devices");
  EXPECT_EQ(stage.sent<client::ListDevices>().size(), 1U);
  stage.client.account.devices = {{11, "Thin client 4", stage.unix_s, true, true},
                                  {12, "Laptop", stage.unix_s - 86'400, false, false}};
  stage.frame();
  stage.frame();
  EXPECT_EQ(stage.sent<client::ListDevices>().size(), 1U);
  EXPECT_TRUE(stage.look(Role::kText, "This device") != nullptr);
  std::size_t buttons = 0;
  const Node* revoke = nullptr;
  for (const auto* node : stage.all(Role::kButton)) {
    if (node->description != "Laptop") continue;
    revoke = node;
    ++buttons;
  }
  ASSERT_EQ(buttons, 1U);
  stage.app.input().clicks.push_back({revoke->id});
  stage.frame();
  ASSERT_EQ(stage.sent<client::RevokeDevice>().size(), 1U);
  EXPECT_EQ(stage.sent<client::RevokeDevice>()[0].device, 12U);
}

TEST_F(Settings, SigningOutAsksWhereSomethingWouldBeLost) {
  stage.client.chat.outbox.push_back({"w1", people::kAiko, 0, "text", stage.unix_s, {}});
  stage.click("Sign out");
  stage.frame();
  EXPECT_TRUE(stage.sent<client::SignOut>().empty());
  EXPECT_TRUE(stage.shows("1 message waits to be sent."));
  EXPECT_NE(stage.find(Role::kDialog, "Sign out?").flags & kModal, 0U);
  stage.click("Stay");
  stage.frame();
  EXPECT_EQ(stage.look(Role::kDialog, "Sign out?"), nullptr);
  stage.click("Sign out");
  stage.frame();
  stage.click("Sign out now");
  EXPECT_EQ(stage.sent<client::SignOut>().size(), 1U);
}

TEST_F(Settings, SigningOutDoesNotAskInVain) {
  stage.click("Sign out");
  EXPECT_EQ(stage.sent<client::SignOut>().size(), 1U);
}

TEST_F(Settings, StandInsideTheScreen) {
  stage.client.account.devices = {{11, "Thin client 4", stage.unix_s, true, true},
                                  {12, "Laptop", stage.unix_s - 86'400, false, false}};
  for (const int width : {360, 800, 1280, 1920}) {
    stage.resize(width, width == 360 ? 740 : 900);
    for (int section = 0; section < 7; ++section) {
      SCOPED_TRACE(std::to_string(width) + " section " + std::to_string(section));
      stage.app.state().settings.section = section;
      stage.app.state().detail_open = true;
      stage.frame();
      stage.frame();
      stage.check_layout();
    }
    stage.app.state().detail_open = false;
    stage.frame();
    stage.check_layout();
  }
}

}  // namespace
}  // namespace sidetone::shell
