#include <gtest/gtest.h>

#include "shell/widgets/widgets.hpp"
#include "tests/shell/support/desk.hpp"

namespace sidetone::shell {
namespace {

using protocol::Availability;
using protocol::BusyLamp;
using ui::Dot;

model::Presence somebody(Availability availability, BusyLamp lamp = BusyLamp::kIdle) {
  model::Presence presence;
  presence.availability = availability;
  presence.lamp = lamp;
  return presence;
}

TEST(Presence, TheLampComesBeforeTheAvailability) {
  struct Case {
    model::Presence presence;
    Dot dot;
  };
  const Case cases[] = {
      {somebody(Availability::kOnline), Dot::kFree},
      {somebody(Availability::kAway), Dot::kAway},
      {somebody(Availability::kDoNotDisturb), Dot::kDoNotDisturb},
      {somebody(Availability::kOffline), Dot::kOffline},
      {somebody(Availability::kOnline, BusyLamp::kRinging), Dot::kRinging},
      {somebody(Availability::kDoNotDisturb, BusyLamp::kInCall), Dot::kInCall},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(ui::dot_of(&one.presence, true), one.dot);
    EXPECT_EQ(ui::dot_of(&one.presence, false), Dot::kOffline) << "without the service every dot is hollow";
  }
  EXPECT_EQ(ui::dot_of(nullptr, true), Dot::kOffline);
}

TEST(Presence, WordsHaveTheStatusTextAndSayWhenTheyAreOld) {
  Desk desk;
  desk.locale.load("en",
                   "presence.free\tFree\npresence.in_call\tIn a call\npresence.offline\tOffline\n"
                   "presence.unknown\tNot known\npresence.with_text\t{state} · {text}\n"
                   "presence.last_known\tLast known: {state}\n");
  auto presence = somebody(Availability::kOnline);
  EXPECT_EQ(ui::presence_words(desk.ui, &presence, true), "Free");
  presence.text = "in Lyon";
  EXPECT_EQ(ui::presence_words(desk.ui, &presence, true), "Free · in Lyon");
  EXPECT_EQ(ui::presence_words(desk.ui, &presence, false), "Last known: Free · in Lyon");
  presence.lamp = BusyLamp::kInCall;
  presence.text = "";
  EXPECT_EQ(ui::presence_words(desk.ui, &presence, true), "In a call");
  EXPECT_EQ(ui::presence_words(desk.ui, nullptr, true), "Offline");
  EXPECT_EQ(ui::presence_words(desk.ui, nullptr, false), "Not known");
}

TEST(Presence, EveryDotIsDrawnWithinItsRim) {
  Desk desk;
  for (const Dot dot :
       {Dot::kFree, Dot::kBusy, Dot::kInCall, Dot::kDoNotDisturb, Dot::kAway, Dot::kRinging, Dot::kOffline}) {
    desk.frame([&] { ui::presence_dot(desk.ui, 50, 60, size::kDotRow, dot, Color::kSurface); });
    EXPECT_GE(desk.drawn().left, 50 - 8 - 0.6F);
    EXPECT_LE(desk.drawn().right, 50 + 8 + 0.6F);
    EXPECT_GE(desk.drawn().top, 60 - 8 - 0.6F);
    EXPECT_LE(desk.drawn().bottom, 60 + 8 + 0.6F);
  }
}

TEST(Presence, TheDotOfAnAvatarStandsAtItsLowerTrailingEdge) {
  Desk desk;
  const Rect square{100, 100, 136, 136};
  const auto draw = [&] { ui::avatar(desk.ui, square, {7, "Al Bo", {}}, Dot::kFree, Color::kSurface); };
  desk.frame(draw);
  EXPECT_NEAR(desk.drawn().right, 139, 0.6F);
  EXPECT_NEAR(desk.drawn().bottom, 139, 0.6F);
  EXPECT_NEAR(desk.drawn().left, 100, 0.6F);
  desk.locale.load("ar", "");
  desk.frame(draw);
  EXPECT_NEAR(desk.drawn().left, 97, 0.6F);
  EXPECT_NEAR(desk.drawn().right, 136, 0.6F);
}

}  // namespace
}  // namespace sidetone::shell
