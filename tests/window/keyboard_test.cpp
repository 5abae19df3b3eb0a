#include "window/keyboard.hpp"

#include <gtest/gtest.h>

namespace sidetone::window {
namespace {

using shell::NodeId;
using shell::Role;

constexpr NodeId kTypedForm = 1;
constexpr NodeId kTypedName = 2;
constexpr NodeId kTypedRow = 10;

class KeyboardTest : public ::testing::Test {
 protected:
  void draw(std::string_view name = {}) {
    semantics_.begin_frame();
    semantics_.begin(kTypedForm, Role::kForm, "form", {0, 0, 100, 20});
    semantics_.add(kTypedName, Role::kTextField, "name", {0, 0, 100, 20}).value = name;
    semantics_.end();
    semantics_.begin(kTypedRow - 1, Role::kListbox, "list", {0, 20, 100, 60});
    semantics_.add(kTypedRow, Role::kOption, "first", {0, 20, 100, 40});
    semantics_.add(kTypedRow + 1, Role::kOption, "second", {0, 40, 100, 60});
    semantics_.end();
  }
  /// What the field says after all that was typed; it goes into the next frame.
  std::string typed() {
    const std::string text = input_.texts.empty() ? "nothing was typed" : input_.texts.back().text;
    input_.clear();
    draw(text);
    keyboard_.follow(semantics_, input_, std::nullopt);
    return text;
  }
  void strike(std::string_view chord) { keyboard_.strike(semantics_, input_, chord); }

  shell::Semantics semantics_;
  shell::Input input_;
  Keyboard keyboard_;
};

TEST_F(KeyboardTest, TypingAndEditingGoesByCharacters) {
  draw("Ø");
  strike("Tab");
  EXPECT_EQ(input_.focus, kTypedName);
  EXPECT_TRUE(input_.focus_visible);
  EXPECT_EQ(input_.caret, 2U) << "behind what stands there";
  keyboard_.type(semantics_, input_, "ß田");
  EXPECT_EQ(typed(), "Øß田");
  strike("ArrowLeft");
  strike("Backspace");
  EXPECT_EQ(typed(), "Ø田");
  EXPECT_EQ(input_.caret, 2U);
  strike("Home");
  strike("Delete");
  EXPECT_EQ(typed(), "田");
  strike("End");
  keyboard_.type(semantics_, input_, "a\nb");
  EXPECT_EQ(typed(), "田ab") << "one line";
  EXPECT_TRUE(input_.keys.empty()) << "the interface hears nothing of what the field does";
}

TEST_F(KeyboardTest, EnterInAFieldSendsItsForm) {
  draw();
  strike("Tab");
  strike("Enter");
  ASSERT_EQ(input_.submits.size(), 1U);
  EXPECT_EQ(input_.submits[0].node, kTypedForm);
}

TEST_F(KeyboardTest, ATextThatTheInterfaceSetsStands) {
  draw("jonas");
  strike("Tab");
  draw("");
  keyboard_.follow(semantics_, input_, std::nullopt);
  EXPECT_EQ(input_.caret, 0U);
  keyboard_.type(semantics_, input_, "x");
  EXPECT_EQ(typed(), "x");
}

TEST_F(KeyboardTest, ArrowsGoFromRowToRowUnlessTheInterfaceHasMovedTheFocus) {
  draw();
  keyboard_.press(semantics_, input_, kTypedRow);
  strike("ArrowDown");
  ASSERT_EQ(input_.keys.size(), 1U) << "the interface hears of it first";
  EXPECT_EQ(input_.keys[0].focus, kTypedRow);
  keyboard_.follow(semantics_, input_, std::nullopt);
  EXPECT_EQ(input_.focus, kTypedRow + 1);
  strike("ArrowUp");
  keyboard_.follow(semantics_, input_, kTypedName);
  EXPECT_EQ(input_.focus, kTypedName);
}

TEST_F(KeyboardTest, EnterPressesWhatHasTheFocusAndOtherKeysAreTheInterfaces) {
  draw();
  keyboard_.press(semantics_, input_, kTypedRow + 1);
  EXPECT_FALSE(input_.focus_visible) << "by the pointer";
  strike("Enter");
  ASSERT_EQ(input_.clicks.size(), 1U);
  EXPECT_EQ(input_.clicks[0].node, kTypedRow + 1);
  strike("Escape");
  ASSERT_EQ(input_.keys.size(), 1U);
  EXPECT_EQ(input_.keys[0].chord, "Escape");
}

TEST_F(KeyboardTest, WhatIsGoneHasNoFocus) {
  draw();
  keyboard_.press(semantics_, input_, kTypedRow);
  semantics_.begin_frame();
  keyboard_.follow(semantics_, input_, std::nullopt);
  EXPECT_EQ(input_.focus, 0U);
}

}  // namespace
}  // namespace sidetone::window
