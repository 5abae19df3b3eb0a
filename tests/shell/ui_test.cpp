#include "shell/ui.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/shell/support/desk.hpp"

namespace sidetone::shell {
namespace {

TEST(Ui, IdsAreStableAndDistinct) {
  Desk desk;
  std::vector<NodeId> first;
  const auto ids = [&](std::vector<NodeId>& out) {
    desk.frame([&] {
      Ui& ui = desk.ui;
      out = {ui.id("a"), ui.id("a", 1), ui.id("b"), ui.id("a", std::uint64_t{1} << 40)};
      ui.push_scope("a");
      out.push_back(ui.id("a"));
      ui.push_scope("row", 7);
      out.push_back(ui.id("a"));
      ui.pop_scope();
      ui.push_scope("row", 8);
      out.push_back(ui.id("a"));
      ui.pop_scope();
      ui.pop_scope();
    });
  };
  std::vector<NodeId> second;
  ids(first);
  ids(second);
  EXPECT_EQ(first, second);
  EXPECT_EQ(std::set<NodeId>(first.begin(), first.end()).size(), first.size());
  EXPECT_EQ(std::count(first.begin(), first.end(), 0U), 0);
}

TEST(Ui, TheSameWordsTwiceAreTwoElements) {
  Desk desk;
  desk.frame([&] {
    for (int i = 0; i < 3; ++i) desk.ui.label(desk.screen, "Free", TextStyle::kBody, Color::kText);
  });
  const auto& nodes = desk.ui.semantics.nodes();
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ((std::set<NodeId>{nodes[0].id, nodes[1].id, nodes[2].id}.size()), 3U);
}

TEST(Ui, TextStandsAtTheLeadingEdge) {
  Desk desk;
  const Rect rect{100, 10, 300, 30};
  Rect leading;
  Rect middle;
  Rect trailing;
  const auto draw = [&] {
    leading = desk.ui.text(rect, "abcd", TextStyle::kBody, Color::kText);
    middle = desk.ui.text(rect, "abcd", TextStyle::kBody, Color::kText, 0.5F);
    trailing = desk.ui.text(rect, "abcd", TextStyle::kBody, Color::kText, 1);
  };
  desk.frame(draw);
  EXPECT_EQ(leading.left, 100);
  EXPECT_EQ(leading.width(), 28);
  EXPECT_EQ(leading.center_y(), 20);
  EXPECT_EQ(middle.center_x(), 200);
  EXPECT_EQ(trailing.right, 300);
  desk.locale.load("ar", "");
  desk.frame(draw);
  EXPECT_EQ(leading.right, 300);
  EXPECT_EQ(middle.center_x(), 200);
  EXPECT_EQ(trailing.left, 100);
}

TEST(Ui, TextHasItsOwnDirectionAndThatOfTheLanguageWhereItHasNone) {
  Desk desk;
  const auto from_right = [&](std::string_view text) {
    desk.frame([&] { desk.ui.label(desk.screen, text, TextStyle::kBody, Color::kText); });
    return (desk.ui.semantics.nodes().at(0).flags & kRightToLeft) != 0;
  };
  EXPECT_FALSE(from_right("Anna"));
  EXPECT_TRUE(from_right("رنا"));
  EXPECT_FALSE(from_right("10:41"));
  desk.locale.load("ar", "");
  EXPECT_FALSE(from_right("Anna"));
  EXPECT_TRUE(from_right("رنا"));
  EXPECT_TRUE(from_right("10:41"));
}

TEST(Ui, LongTextEndsWithAnEllipsisInsideItsRectangle) {
  Desk desk;
  for (const std::string_view text :
       {"a long name that does not fit", "اسم طويل لا يتسع له المكان هنا", "李李李李李李李李李李李"}) {
    desk.frame([&] {
      const Rect where = desk.ui.text({50, 0, 110, 20}, text, TextStyle::kBody, Color::kText);
      EXPECT_LE(where.width(), 60) << text;
      EXPECT_GE(where.width(), 7) << text;
      EXPECT_GE(where.left, 50) << text;
    });
    EXPECT_GE(desk.drawn().left, 50) << text;
    EXPECT_LE(desk.drawn().right, 110) << text;
  }
  desk.frame([&] { desk.ui.text({50, 0, 52, 20}, "abc", TextStyle::kBody, Color::kText); });
}

TEST(Ui, ParagraphsBreakBetweenWords) {
  Desk desk;
  desk.frame([&] {
    Ui& ui = desk.ui;
    EXPECT_EQ(ui.paragraph_height("", TextStyle::kBody, 100), 0);
    EXPECT_EQ(ui.paragraph_height("aaa bbb", TextStyle::kBody, 100), 20);
    EXPECT_EQ(ui.paragraph_height("aaa bbb", TextStyle::kBody, 40), 40);
    EXPECT_EQ(ui.paragraph_height("a\n\nb", TextStyle::kBody, 100), 60);
    EXPECT_EQ(ui.paragraph({0, 100, 40, 600}, "aaa bbb ccc", TextStyle::kBody, Color::kText), 60);
  });
  EXPECT_LE(desk.drawn().right, 40);
}

TEST(Ui, TextGrowsWithItsScale) {
  Desk desk(1.5F);
  desk.ui.text_scale = 1.5F;
  desk.frame([&] {
    EXPECT_EQ(desk.ui.text_px(TextStyle::kBody), 32);  // 14 × 1.5 × 1.5, rounded
    EXPECT_EQ(desk.ui.line_height(TextStyle::kBody), 45);
    EXPECT_EQ(desk.ui.px(1), 2);
    EXPECT_EQ(desk.ui.px(0.2F), 1) << "a line is never gone";
    EXPECT_EQ(desk.ui.px(0), 0);
  });
}

TEST(Ui, BordersStayInsideAndOnWholePixels) {
  Desk desk;
  for (const float width : {1.0F, 2.0F, 3.0F}) {
    desk.frame([&] { desk.ui.border({10, 10, 50, 40}, Color::kLine, 0, width); });
    // Smoothed edges reach one pixel further.
    EXPECT_NEAR(desk.drawn().left, 10, 1.01F) << width;
    EXPECT_NEAR(desk.drawn().right, 50, 1.01F) << width;
    EXPECT_NEAR(desk.drawn().top, 10, 1.01F) << width;
    EXPECT_NEAR(desk.drawn().bottom, 40, 1.01F) << width;
  }
}

TEST(Ui, ThePointerReachesOnlyWhatIsSeenAndOnTop) {
  Desk desk;
  Ui& ui = desk.ui;
  const Rect row{0, 0, 100, 50};
  ui.input.pointer_x = 20;
  ui.input.pointer_y = 20;
  desk.frame([&] {
    EXPECT_TRUE(ui.hovered(row));
    ui.push_clip({0, 30, 100, 100});
    EXPECT_FALSE(ui.hovered(row)) << "clipped";
    ui.pop_clip();
    ui.semantics.begin(5, Role::kDialog, "Card", {10, 10, 60, 60});
    ui.semantics.end();
  });
  desk.frame([&] {
    EXPECT_FALSE(ui.hovered(row)) << "something floats there";
    EXPECT_FALSE(ui.hovered({0, 0, 15, 15}));
    ui.semantics.begin(5, Role::kDialog, "Card", {200, 200, 260, 260}).flags = kModal;
    ui.semantics.end();
  });
  desk.frame([&] {
    EXPECT_FALSE(ui.hovered(row)) << "a modal dialog has everything";
    ui.semantics.begin(5, Role::kDialog, "Card", {200, 200, 260, 260}).flags = kModal;
    EXPECT_TRUE(ui.hovered(row)) << "inside of it";
    ui.semantics.end();
  });
  ui.input.pointer_x = -1;
  desk.frame([&] { EXPECT_FALSE(ui.hovered(row)); });
}

TEST(Ui, AKeyIsTakenOnce) {
  Desk desk;
  desk.ui.input.keys = {{"Escape", 0}, {"F8", 0}};
  desk.frame([&] {
    EXPECT_TRUE(desk.ui.key("Escape"));
    EXPECT_TRUE(desk.ui.take_key("Escape"));
    EXPECT_FALSE(desk.ui.take_key("Escape"));
    EXPECT_TRUE(desk.ui.key("F8"));
  });
  desk.frame([&] { EXPECT_FALSE(desk.ui.key("F8")); });
}

TEST(Ui, TheEarliestWakeCounts) {
  Desk desk;
  desk.frame([&] {
    EXPECT_FALSE(desk.ui.next_wake_ms.has_value());
    desk.ui.wake_at(500);
    desk.ui.wake_at(300);
    desk.ui.wake_at(400);
    EXPECT_EQ(desk.ui.next_wake_ms, 300);
  });
  desk.frame([&] { EXPECT_FALSE(desk.ui.next_wake_ms.has_value()); });
}

TEST(Ui, AHeldPeakFallsAfterASecond) {
  Desk desk;
  desk.frame([&] { EXPECT_FLOAT_EQ(desk.ui.peak(1, 0.8F), 0.8F); });
  desk.frame([&] { EXPECT_FLOAT_EQ(desk.ui.peak(1, 0.2F), 0.8F); });
  for (int i = 0; i < 70; ++i) desk.frame([] {});
  desk.frame([&] { EXPECT_FLOAT_EQ(desk.ui.peak(1, 0.2F), 0.2F); });
}

}  // namespace
}  // namespace sidetone::shell
