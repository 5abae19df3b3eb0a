#include "shell/widgets/widgets.hpp"

#include <gtest/gtest.h>
#include <imgui.h>

#include <functional>

#include "tests/shell/support/desk.hpp"

namespace sidetone::shell {
namespace {

constexpr Rect kWidgetPlace{100, 100, 300, 132};

/// Something that can be pressed: what it is, and what it says when it is.
struct Pressable {
  std::string_view what;
  Role role;
  std::string_view label;
  std::uint32_t flags;
  std::function<bool(Ui&)> draw;
};

std::vector<Pressable> pressables() {
  using namespace ui;
  static bool on = true;
  return {
      {"button", Role::kButton, "Call", kSubmit,
       [](Ui& ui) {
         ButtonOptions options;
         options.submit = true;
         options.icon = Icon::kPhone;
         return button(ui, kWidgetPlace, "it", "Call", options);
       }},
      {"icon button", Role::kButton, "Close", 0,
       [](Ui& ui) { return icon_button(ui, kWidgetPlace, "it", Icon::kClose, "Close"); }},
      {"icon button that stays", Role::kToggle, "Favourite", kPressed,
       [](Ui& ui) {
         IconButtonOptions options;
         options.toggle = options.selected = true;
         return icon_button(ui, kWidgetPlace, "it", Icon::kStar, "Favourite", options);
       }},
      {"call key", Role::kToggle, "Mute", kPressed,
       [](Ui& ui) {
         CallKeyOptions options;
         options.toggle = options.on = true;
         return call_key(ui, kWidgetPlace, "it", Icon::kMic, "Mute", options);
       }},
      {"dial key", Role::kButton, "2 ABC", 0, [](Ui& ui) { return dial_key(ui, kWidgetPlace, "2", "ABC", false); }},
      {"switch", Role::kSwitch, "Sounds", kChecked,
       [](Ui& ui) {
         on = true;
         return switch_row(ui, kWidgetPlace, "it", "Sounds", on) && !on;
       }},
      {"box", Role::kCheckbox, "Keep", kChecked,
       [](Ui& ui) {
         on = true;
         return checkbox(ui, kWidgetPlace, "it", "Keep", on) && !on;
       }},
      {"radio", Role::kRadio, "Dark", 0, [](Ui& ui) { return radio(ui, kWidgetPlace, "it", "Dark", false); }},
      {"chip", Role::kTab, "Missed", kSelected,
       [](Ui& ui) { return chip(ui, kWidgetPlace, "it", "Missed", true, 2, 3); }},
      {"row", Role::kOption, "Al", kSelected,
       [](Ui& ui) {
         RowOptions options;
         options.selected = true;
         return row(ui, kWidgetPlace, "it", 4, "Al", options);
       }},
  };
}

TEST(Widgets, EachIsInTheSemanticsWithItsRoleNameAndState) {
  for (const Pressable& one : pressables()) {
    Desk desk;
    desk.frame([&] { one.draw(desk.ui); });
    const Node& node = desk.only(one.role);
    EXPECT_EQ(node.label, one.label) << one.what;
    // What a click changes shows in the same frame, so a switch is seen as it was drawn.
    EXPECT_EQ(node.flags & (kSubmit | kPressed | kChecked | kSelected | kDisabled), one.flags) << one.what;
    EXPECT_EQ(node.rect, kWidgetPlace) << one.what;
    EXPECT_NE(node.id, 0U) << one.what;
  }
}

TEST(Widgets, EachAnswersTheClickOfItsOwnElementOnly) {
  for (const Pressable& one : pressables()) {
    Desk desk;
    bool pressed = true;
    const auto draw = [&] { pressed = one.draw(desk.ui); };
    desk.frame(draw);
    EXPECT_FALSE(pressed) << one.what;
    const NodeId id = desk.only(one.role).id;
    desk.click(id + 1, draw);
    EXPECT_FALSE(pressed) << one.what;
    // A press of the pointer is a matter of looks alone.
    desk.ui.input.pointer_x = 110;
    desk.ui.input.pointer_y = 110;
    desk.ui.input.pointer_down = true;
    desk.frame(draw);
    EXPECT_FALSE(pressed) << one.what;
    desk.click(id, draw);
    EXPECT_TRUE(pressed) << one.what;
    desk.frame(draw);
    EXPECT_FALSE(pressed) << one.what;
  }
}

TEST(Widgets, WhatIsDisabledSaysSoAndIsNotPressed) {
  Desk desk;
  std::vector<bool> pressed;
  const auto draw = [&] {
    ui::ButtonOptions button;
    button.disabled = true;
    ui::IconButtonOptions icon;
    icon.disabled = true;
    ui::CallKeyOptions key;
    key.disabled = true;
    pressed = {ui::button(desk.ui, kWidgetPlace, "a", "A", button),
               ui::icon_button(desk.ui, kWidgetPlace, "b", Icon::kClose, "B", icon),
               ui::call_key(desk.ui, kWidgetPlace, "c", Icon::kMic, "C", key)};
  };
  desk.frame(draw);
  for (const Node& node : desk.ui.semantics.nodes()) {
    EXPECT_TRUE((node.flags & kDisabled) != 0) << node.label;
    desk.ui.input.clicks.push_back({node.id});
  }
  desk.frame(draw);
  EXPECT_EQ(pressed, (std::vector<bool>{false, false, false}));
}

TEST(Widgets, EverythingIsDrawnInsideItsRectangle) {
  for (const bool rtl : {false, true}) {
    for (const Pressable& one : pressables()) {
      Desk desk;
      if (rtl) desk.locale.load("ar", "");
      const float margin = one.what == "call key" || one.what == "dial key" ? 20.0F : 1.01F;
      desk.frame([&] { one.draw(desk.ui); });
      EXPECT_GE(desk.drawn().left, kWidgetPlace.left - 1.01F) << one.what;
      EXPECT_LE(desk.drawn().right, kWidgetPlace.right + 1.01F) << one.what;
      EXPECT_GE(desk.drawn().top, kWidgetPlace.top - margin) << one.what;
      EXPECT_LE(desk.drawn().bottom, kWidgetPlace.bottom + margin) << one.what;
    }
  }
}

TEST(Widgets, AButtonIsAsWideAsItsContent) {
  Desk desk;
  desk.frame([&] {
    EXPECT_EQ(ui::button_width(desk.ui, "Call"), 28 + 24 + 2);
    ui::ButtonOptions options;
    options.icon = Icon::kPhone;
    EXPECT_EQ(ui::button_width(desk.ui, "Call", options), 28 + 24 + 2 + 28);
    options.height = size::kControlSmall;
    EXPECT_EQ(ui::button_width(desk.ui, "Call", options), 24 + 20 + 2 + 24);
  });
}

TEST(Widgets, TheFocusRingIsTheKeyboards) {
  Desk desk;
  const auto draw = [&] { ui::button(desk.ui, kWidgetPlace, "it", "Call"); };
  desk.frame(draw);
  desk.ui.input.focus = desk.only(Role::kButton).id;
  desk.frame(draw);
  EXPECT_GE(desk.drawn().left, kWidgetPlace.left - 1.01F);
  desk.ui.input.focus_visible = true;
  desk.frame(draw);
  // 2 px wide, 2 px outside.
  EXPECT_NEAR(desk.drawn().left, kWidgetPlace.left - 4, 1.01F);
  EXPECT_NEAR(desk.drawn().bottom, kWidgetPlace.bottom + 4, 1.01F);
}

TEST(Widgets, ATextFieldTakesTheLastTextOfItsElement) {
  Desk desk;
  std::string text = "a";
  bool changed = false;
  ui::FieldOptions options;
  options.hint = "Find";
  options.error = "Name or password is wrong.";
  options.autocomplete = "username";
  const auto draw = [&] { changed = ui::text_field(desk.ui, kWidgetPlace, "it", "Name", text, options); };
  desk.frame(draw);
  EXPECT_FALSE(changed);
  const Node node = desk.only(Role::kTextField);
  EXPECT_EQ(node.label, "Name");
  EXPECT_EQ(node.value, "a");
  EXPECT_EQ(node.hint, "Find");
  EXPECT_EQ(node.description, "Name or password is wrong.");
  EXPECT_EQ(node.autocomplete, "username");
  EXPECT_EQ(node.flags, static_cast<std::uint32_t>(kInvalid));
  EXPECT_EQ(node.text_px, 14);
  desk.ui.input.texts = {{node.id, "ab"}, {node.id + 1, "no"}, {node.id, "abc"}};
  desk.frame(draw);
  EXPECT_TRUE(changed);
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(desk.only(Role::kTextField).value, "abc");
  desk.ui.input.texts = {{node.id, "abc"}};
  desk.frame(draw);
  EXPECT_FALSE(changed) << "the same text again";
  options.disabled = true;
  desk.ui.input.texts = {{node.id, "x"}};
  desk.frame(draw);
  EXPECT_EQ(text, "abc");
}

TEST(Widgets, AFocusedFieldLeavesItsTextToTheElement) {
  Desk desk;
  std::string text = "written";
  int vertices = 0;
  const auto draw = [&] {
    ui::text_field(desk.ui, kWidgetPlace, "it", "Name", text);
    vertices = desk.ui.draw->VtxBuffer.Size;
  };
  desk.frame(draw);
  const int with_text = vertices;
  text.clear();
  desk.frame(draw);
  const int empty = vertices;
  EXPECT_GE(with_text, empty + 4 * 7) << "seven letters, four corners each";
  text = "written";
  desk.ui.input.focus = desk.only(Role::kTextField).id;
  desk.frame(draw);
  const int focused = vertices;
  text.clear();
  desk.frame(draw);
  EXPECT_EQ(focused, vertices);
}

TEST(Widgets, APasswordIsNeverDrawn) {
  Desk desk;
  ui::FieldOptions options;
  options.password = true;
  std::string text = "sécret";
  const auto draw = [&] { ui::text_field(desk.ui, kWidgetPlace, "it", "Password", text, options); };
  const auto width = [&] {
    float seen = 0;
    desk.frame([&] {
      draw();
      seen = desk.ui.draw->VtxBuffer.back().pos.x;
    });
    return seen;
  };
  const float six = width();
  text = "••••••";
  EXPECT_EQ(width(), six);
  EXPECT_TRUE((desk.only(Role::kTextField).flags & kPassword) != 0);
}

TEST(Widgets, ASliderStaysInItsRange) {
  Desk desk;
  float value = 0.5F;
  bool changed = false;
  const auto draw = [&] { changed = ui::slider(desk.ui, kWidgetPlace, "it", "Volume", value, 0, 1, 0.1F); };
  desk.frame(draw);
  const Node node = desk.only(Role::kSlider);
  EXPECT_EQ(node.now, 0.5F);
  EXPECT_EQ(node.high, 1);
  EXPECT_EQ(node.step, 0.1F);
  desk.ui.input.values = {{node.id, 7}};
  desk.frame(draw);
  EXPECT_TRUE(changed);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(desk.only(Role::kSlider).now, 1);
  desk.ui.input.values = {{node.id + 1, 0.2F}};
  desk.frame(draw);
  EXPECT_FALSE(changed);
}

TEST(Widgets, ABannerSaysItsWordsAndTellsWhichActionWasTaken) {
  Desk desk;
  std::optional<std::size_t> taken;
  const auto draw = [&] {
    taken = ui::banner(desk.ui, {0, 0, 800, 44}, ui::BannerKind::kDanger, Icon::kMicOff, "Al cannot hear you.",
                       "The headset was unplugged.", {{"use", "Use another"}, {"choose", "Choose"}});
  };
  desk.frame(draw);
  EXPECT_FALSE(taken.has_value());
  EXPECT_EQ(desk.only(Role::kAlert).label, "Al cannot hear you. The headset was unplugged.");
  std::vector<Node> buttons;
  for (const Node& node : desk.ui.semantics.nodes())
    if (node.role == Role::kButton) buttons.push_back(node);
  ASSERT_EQ(buttons.size(), 2U);
  EXPECT_LE(buttons[0].rect.right, buttons[1].rect.left);
  EXPECT_EQ(buttons[1].rect.right, 788);
  desk.click(buttons[1].id, draw);
  EXPECT_EQ(taken, 1U);
}

TEST(Widgets, AnEmptyStateOffersTheNextStep) {
  Desk desk;
  bool pressed = false;
  const auto draw = [&] {
    pressed = ui::empty_state(desk.ui, desk.screen, Icon::kChat, "No chats yet", "Write to somebody.", "New chat");
  };
  desk.frame(draw);
  EXPECT_EQ(desk.only(Role::kHeading).label, "No chats yet");
  EXPECT_EQ(desk.only(Role::kText).label, "Write to somebody.");
  desk.click(desk.only(Role::kButton).id, draw);
  EXPECT_TRUE(pressed);
}

TEST(Widgets, ATooltipComesAfterTheRestAndStaysOnTheScreen) {
  Desk desk;
  desk.locale.load("en", "tooltip.with_key\t{text} ({key})\n");
  const Rect corner{780, 580, 800, 600};
  desk.ui.input.pointer_x = 790;
  desk.ui.input.pointer_y = 590;
  const auto draw = [&] { ui::tooltip(desk.ui, corner, 7, "Mute", "Ctrl Shift M"); };
  desk.frame(draw);
  EXPECT_TRUE(desk.drawn().empty());
  ASSERT_TRUE(desk.ui.next_wake_ms.has_value());
  while (desk.ui.now_ms < 16 + 500) desk.frame(draw);
  EXPECT_FALSE(desk.drawn().empty());
  EXPECT_LE(desk.drawn().right, 800);
  EXPECT_LE(desk.drawn().bottom, 580);
  desk.ui.input.touch = true;
  desk.frame(draw);
  EXPECT_TRUE(desk.drawn().empty());
}

TEST(Widgets, ATooltipComesWithTheKeyboardsFocusAtOnceAndGoesWithEscape) {
  Desk desk;
  desk.locale.load("en", "tooltip.with_key\t{text} ({key})\n");
  constexpr NodeId kMute = 7;
  const auto draw = [&] { ui::tooltip(desk.ui, {10, 10, 40, 40}, kMute, "Mute", "Ctrl Shift M"); };
  desk.ui.input.focus = kMute;
  desk.frame(draw);
  EXPECT_TRUE(desk.drawn().empty()) << "focus by the pointer";
  desk.ui.input.focus_visible = true;
  desk.frame(draw);
  EXPECT_FALSE(desk.drawn().empty());
  desk.ui.input.keys.push_back({"Escape", kMute});
  bool heard = true;
  desk.frame([&] {
    draw();
    heard = desk.ui.key("Escape");
  });
  EXPECT_TRUE(desk.drawn().empty());
  EXPECT_FALSE(heard) << "it was on top: nothing else is closed";
  desk.frame(draw);
  EXPECT_TRUE(desk.drawn().empty()) << "as long as the focus stays";
  desk.ui.input.focus = 0;
  desk.frame(draw);
  desk.ui.input.focus = kMute;
  desk.frame(draw);
  EXPECT_FALSE(desk.drawn().empty()) << "it comes back with the focus";
}

TEST(Widgets, BadgesShowNinetyNineAtMost) {
  Desk desk;
  desk.frame([&] {
    EXPECT_EQ(ui::badge(desk.ui, 100, 50, 0), 0);
    EXPECT_EQ(ui::badge(desk.ui, 100, 50, 3), 18);
    EXPECT_EQ(ui::badge(desk.ui, 100, 50, 12345), ui::badge(desk.ui, 100, 50, 100));
  });
  EXPECT_LE(desk.drawn().right, 100.6F);
}

TEST(Widgets, AMeterTellsItsLevelInTenths) {
  Desk desk;
  desk.frame([&] { ui::level_meter(desk.ui, {0, 0, 200, 8}, "Your voice", 0.4321F); });
  const Node& node = desk.only(Role::kMeter);
  EXPECT_FLOAT_EQ(node.now, 0.4F);
  EXPECT_EQ(node.high, 1);
  EXPECT_TRUE(desk.ui.next_wake_ms.has_value()) << "the peak falls";
  Desk silent;
  silent.frame([&] { ui::level_meter(silent.ui, {0, 0, 200, 8}, "Your voice", 0); });
  EXPECT_FALSE(silent.ui.next_wake_ms.has_value()) << "nothing moves in silence";
}

TEST(Widgets, AGraphStaysTheSameElementWhenItsNameChanges) {
  Desk desk;
  const auto ids = [&](std::string_view first, std::string_view second) {
    desk.frame([&] {
      ui::graph(desk.ui, {0, 0, 100, 30}, first, {1, 2}, 0, 10, 3);
      ui::graph(desk.ui, {0, 40, 100, 70}, second, {1, 2}, 0, 10, 3);
    });
    return std::pair(desk.ui.semantics.nodes()[0].id, desk.ui.semantics.nodes()[1].id);
  };
  const auto before = ids("Loss 0 %", "Loss 0 %");
  EXPECT_NE(before.first, before.second);
  EXPECT_EQ(ids("Loss 1 %", "Jitter 4 ms"), before);
}

TEST(Widgets, ATagLetsPressesThrough) {
  Desk desk;
  desk.frame([&] { ui::tag(desk.ui, kWidgetPlace, "Direct", Color::kPositiveSoft, Color::kPositiveSoftText); });
  EXPECT_EQ(desk.only(Role::kText).flags & kSelectable, 0U);
}

TEST(Widgets, AGraphStaysInItsRectangleWhateverItGets) {
  Desk desk;
  for (const auto& values : {std::vector<float>{}, std::vector<float>{1}, std::vector<float>(200, 1e9F)}) {
    desk.frame([&] { ui::graph(desk.ui, {10, 10, 200, 46}, "Loss 0 %", values, 0, 10, 3); });
    EXPECT_EQ(desk.only(Role::kImage).label, "Loss 0 %");
    EXPECT_GE(desk.drawn().left, 9);
    EXPECT_GE(desk.drawn().top, 9);
    EXPECT_LE(desk.drawn().right, 201);
    EXPECT_LE(desk.drawn().bottom, 47);
  }
}

}  // namespace
}  // namespace sidetone::shell
