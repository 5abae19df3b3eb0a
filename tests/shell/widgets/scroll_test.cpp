#include <gtest/gtest.h>

#include "shell/widgets/widgets.hpp"
#include "tests/shell/support/desk.hpp"

namespace sidetone::shell {
namespace {

constexpr Rect kScrollArea{0, 100, 200, 300};

class ScrollTest : public testing::Test {
 protected:
  /// A frame with a list of this height. @return rows of 50 px that are visible.
  std::vector<int> frame(float content, bool stays_at_end = false) {
    std::vector<int> rows;
    desk_.frame([&] {
      ui::Scroll scroll(desk_.ui, kScrollArea, "list", state_, content, stays_at_end);
      for (int i = 0; static_cast<float>(i) * 50 < content; ++i)
        if (scroll.visible(static_cast<float>(i) * 50, 50)) rows.push_back(i);
      first_ = scroll.place(0, 50);
    });
    return rows;
  }
  void point(float x, float y) {
    desk_.ui.input.pointer_x = x;
    desk_.ui.input.pointer_y = y;
  }

  Desk desk_;
  ui::ScrollState state_;
  Rect first_;
};

TEST_F(ScrollTest, BeginsAtTheTopAndShowsOnlyWhatIsSeen) {
  EXPECT_EQ(frame(1000), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(first_, (Rect{0, 100, 200, 150}));
}

TEST_F(ScrollTest, TheWheelStopsAtBothEnds) {
  point(50, 150);
  desk_.ui.input.wheel = 75;
  EXPECT_EQ(frame(1000), (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ(first_.top, 25);
  desk_.ui.input.wheel = 99999;
  EXPECT_EQ(frame(1000), (std::vector<int>{16, 17, 18, 19}));
  desk_.ui.input.wheel = -99999;
  EXPECT_EQ(frame(1000).front(), 0);
  EXPECT_EQ(state_.offset, 0);
  desk_.ui.input.wheel = 50;
  frame(150);
  EXPECT_EQ(state_.offset, 0) << "all of it is seen";
  point(50, 50);
  desk_.ui.input.wheel = 50;
  frame(1000);
  EXPECT_EQ(state_.offset, 0) << "the pointer is elsewhere";
}

TEST_F(ScrollTest, AChatStaysAtItsEndUntilSomebodyScrollsUp) {
  frame(1000, true);
  EXPECT_EQ(state_.offset, 800);
  frame(1100, true);
  EXPECT_EQ(state_.offset, 900);
  point(50, 150);
  desk_.ui.input.wheel = -100;
  frame(1100, true);
  EXPECT_FALSE(state_.at_end);
  frame(1200, true);
  EXPECT_EQ(state_.offset, 800);
  desk_.ui.input.wheel = 200;
  frame(1200, true);
  frame(1300, true);
  EXPECT_EQ(state_.offset, 1100) << "back at the end, it stays there again";
}

TEST_F(ScrollTest, AListThatGetsShorterKeepsItsEndInSight) {
  point(50, 150);
  desk_.ui.input.wheel = 99999;
  frame(1000);
  EXPECT_EQ(frame(500), (std::vector<int>{6, 7, 8, 9}));
}

TEST_F(ScrollTest, TheBarIsDragged) {
  frame(1000);
  // 200 of 1000: the thumb is 40 high and has 160 to go.
  point(195, 110);
  desk_.ui.input.pointer_down = true;
  frame(1000);
  EXPECT_EQ(state_.offset, 0) << "taken where it is, it does not jump";
  point(500, 190);
  frame(1000);
  EXPECT_EQ(state_.offset, 400);
  desk_.ui.input.pointer_down = false;
  frame(1000);
  point(500, 300);
  desk_.ui.input.pointer_down = true;
  frame(1000);
  EXPECT_EQ(state_.offset, 400) << "let go";
}

TEST_F(ScrollTest, LettingGoOfTheBarPressesNothing) {
  frame(1000);
  point(195, 110);
  desk_.ui.input.pointer_down = true;
  frame(1000);
  bool pressed = false;
  const auto draw = [&] {
    ui::Scroll scroll(desk_.ui, kScrollArea, "list", state_, 1000);
    pressed = ui::row(desk_.ui, scroll.place(0, 50), "row", 1, "Al");
  };
  desk_.ui.input.pointer_down = false;
  desk_.click(desk_.ui.id("row", 1), draw);
  EXPECT_FALSE(pressed);
  desk_.click(desk_.ui.id("row", 1), draw);
  EXPECT_TRUE(pressed);
}

TEST_F(ScrollTest, ThePageMayAskForAPlace) {
  NodeId id = 0;
  desk_.frame([&] { id = desk_.ui.id("list"); });
  desk_.ui.input.values = {{id, 333}};
  frame(1000);
  EXPECT_EQ(state_.offset, 333);
}

TEST_F(ScrollTest, RevealMovesNoFurtherThanItMust) {
  desk_.frame([&] {
    ui::Scroll scroll(desk_.ui, kScrollArea, "list", state_, 1000);
    scroll.reveal(100, 50);
    EXPECT_EQ(state_.offset, 0);
    scroll.reveal(300, 50);
    EXPECT_EQ(state_.offset, 150);
    scroll.reveal(100, 50);
    EXPECT_EQ(state_.offset, 100);
    scroll.reveal(2000, 50);
    EXPECT_EQ(state_.offset, 800);
  });
}

TEST_F(ScrollTest, WhatIsOutsideIsClipped) {
  desk_.frame([&] {
    ui::Scroll scroll(desk_.ui, kScrollArea, "list", state_, 1000);
    EXPECT_EQ(desk_.ui.clip(), kScrollArea);
  });
}

}  // namespace
}  // namespace sidetone::shell
