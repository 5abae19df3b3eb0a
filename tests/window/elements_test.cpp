#include "window/elements.hpp"

#include <gtest/gtest.h>

namespace sidetone::window {
namespace {

using shell::NodeId;
using shell::Role;

constexpr NodeId kTabField = 2;
constexpr NodeId kTabList = 3;
constexpr NodeId kTabRow = 10;  ///< the first of four
constexpr NodeId kTabSend = 20;

/// A form with a field, a list of four rows of which two are seen, and a button.
shell::Semantics elements_screen() {
  shell::Semantics semantics;
  semantics.begin(1, Role::kForm, "form", {0, 0, 100, 100});
  semantics.add(kTabField, Role::kTextField, "field", {0, 0, 100, 20});
  semantics.end();
  semantics.begin(kTabList, Role::kListbox, "list", {0, 20, 100, 60});
  for (NodeId i = 0; i < 4; ++i) {
    const float top = 20 + 20 * static_cast<float>(i);
    semantics.add(kTabRow + i, Role::kOption, "row", {0, top, 100, top + 20}).flags = i == 1 ? shell::kSelected : 0U;
  }
  semantics.end();
  semantics.add(kTabSend, Role::kButton, "send", {0, 80, 100, 100});
  semantics.add(kTabSend + 1, Role::kButton, "not now", {0, 80, 100, 100}).flags = shell::kDisabled;
  return semantics;
}

TEST(Elements, ThePointerMeetsTheUppermostEnabledOneThatIsNotCutOff) {
  const shell::Semantics semantics = elements_screen();
  EXPECT_EQ(element_at(semantics, 50, 10), kTabField);
  EXPECT_EQ(element_at(semantics, 50, 45), kTabRow + 1);
  EXPECT_EQ(element_at(semantics, 50, 70), 0U) << "below its list a row cannot be pressed";
  EXPECT_EQ(element_at(semantics, 50, 90), kTabSend) << "what is disabled is not pressed";
  EXPECT_EQ(element_at(semantics, 150, 90), 0U);
}

TEST(Elements, AModalDialogIsAllThatCanBeReached) {
  shell::Semantics semantics = elements_screen();
  semantics.begin(30, Role::kDialog, "sure?", {20, 20, 80, 80}).flags = shell::kModal;
  semantics.add(31, Role::kButton, "no", {30, 30, 50, 40});
  semantics.add(32, Role::kButton, "yes", {50, 30, 70, 40});
  semantics.end();
  EXPECT_EQ(element_at(semantics, 50, 10), 0U);
  EXPECT_EQ(element_at(semantics, 40, 45), 0U) << "not what it covers";
  EXPECT_EQ(element_at(semantics, 40, 35), 31U);
  EXPECT_EQ(next_stop(semantics, 31, false), 32U);
  EXPECT_EQ(next_stop(semantics, 32, false), 31U);
}

TEST(Elements, TabStopsOnceInAListAtItsChosenRow) {
  const shell::Semantics semantics = elements_screen();
  EXPECT_EQ(next_stop(semantics, 0, false), kTabField);
  EXPECT_EQ(next_stop(semantics, kTabField, false), kTabRow + 1);
  EXPECT_EQ(next_stop(semantics, kTabRow + 1, false), kTabSend);
  EXPECT_EQ(next_stop(semantics, kTabRow + 3, false), kTabSend) << "from wherever the arrows have led";
  EXPECT_EQ(next_stop(semantics, kTabRow + 3, true), kTabField);
  EXPECT_EQ(next_stop(semantics, kTabSend, false), kTabField);
  EXPECT_EQ(next_stop(semantics, kTabField, true), kTabSend);
}

TEST(Elements, ArrowsMoveInTheListAndStopAtItsEnds) {
  const shell::Semantics semantics = elements_screen();
  EXPECT_EQ(next_item(semantics, kTabRow, "ArrowDown"), kTabRow + 1);
  EXPECT_EQ(next_item(semantics, kTabRow + 1, "ArrowUp"), kTabRow);
  EXPECT_EQ(next_item(semantics, kTabRow, "ArrowUp"), 0U);
  EXPECT_EQ(next_item(semantics, kTabRow + 1, "End"), kTabRow + 3);
  EXPECT_EQ(next_item(semantics, kTabRow + 1, "Home"), kTabRow);
  EXPECT_EQ(next_item(semantics, kTabRow, "ArrowRight"), 0U) << "a list has no sideways";
  EXPECT_EQ(next_item(semantics, kTabSend, "ArrowDown"), 0U);
}

TEST(Elements, AFieldKnowsItsForm) {
  const shell::Semantics semantics = elements_screen();
  EXPECT_EQ(form_of(semantics, kTabField), 1U);
  EXPECT_EQ(form_of(semantics, kTabSend), 0U);
}

}  // namespace
}  // namespace sidetone::window
