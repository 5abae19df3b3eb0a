#include "shell/locale.hpp"

#include <gtest/gtest.h>

namespace sidetone::shell {
namespace {

Locale english() {
  Locale locale;
  locale.load("en",
              "plain\tMute\n"
              "two_lines\tone\\ntwo\\\\\n"
              "greeting\t{name} calls {other} and {name}\n"
              "unread#one\t{count} message from {name}\n"
              "unread#other\t{count} messages from {name}\n"
              "time.yesterday\tyesterday {time}\n"
              "time.yesterday_alone\tYesterday {time}\n"
              "time.date\t{weekday} {day} {month}\n"
              "time.date_of_year\t{day} {month} {year}\n"
              "time.weekday.5\tFri\n"
              "time.month.11\tNov\n"
              "time.month.12\tDec\n");
  return locale;
}

TEST(Locale, TextsHaveTheirPlacesFilled) {
  const Locale locale = english();
  EXPECT_EQ(locale.text("plain"), "Mute");
  EXPECT_EQ(locale.text("two_lines"), "one\ntwo\\");
  EXPECT_EQ(locale.text("greeting", {{"name", "{other}"}, {"other", "Bo"}}), "{other} calls Bo and {other}");
  EXPECT_EQ(locale.text("greeting", {{"name", "Al"}}), "Al calls {other} and Al");
}

TEST(Locale, AKeyThatIsMissingIsSeen) {
  EXPECT_EQ(english().text("call.nothing"), "call.nothing");
  EXPECT_EQ(english().text_for("call.nothing", 3), "call.nothing");
}

TEST(Locale, ANumberChoosesTheForm) {
  const Locale locale = english();
  EXPECT_EQ(locale.text_for("unread", 1, {{"name", "Al"}}), "1 message from Al");
  EXPECT_EQ(locale.text_for("unread", 1200, {{"name", "Al"}}), "1,200 messages from Al");
  EXPECT_EQ(locale.text_for("plain", 2), "Mute");
}

TEST(Locale, WhatIsPutInIsNotLookedThroughForPlaces) {
  EXPECT_EQ(english().text_for("unread", 2, {{"name", "{count}"}}), "2 messages from {count}");
}

TEST(Locale, ASentenceHasTheDirectionOfItsLanguageWhoeverItBeginsWith) {
  Locale locale;
  locale.load("en", "busy\t{name} is busy\ncalls\tCall {name}\nvalue\t{value} %\nwrote#other\t{name} wrote {count}\n");
  EXPECT_EQ(locale.text("busy", {{"name", "رنا"}}), "\u200Eرنا is busy");
  EXPECT_EQ(locale.text_for("wrote", 2, {{"name", "رنا"}}), "\u200Eرنا wrote 2");
  EXPECT_EQ(locale.text("busy", {{"name", "Anna"}}), "Anna is busy");
  EXPECT_EQ(locale.text("calls", {{"name", "رنا"}}), "Call رنا");
  locale.load("ar", "busy\t{name} في مكالمة\nvalue\t{value} %\nkeys\tEnter للإرسال\ngerman\tDeutsch\n");
  EXPECT_EQ(locale.text("keys"), "\u200FEnter للإرسال");
  EXPECT_EQ(locale.text("german"), "Deutsch") << "nothing of it is Arabic";
  EXPECT_EQ(locale.text("busy", {{"name", "Anna"}}), "\u200FAnna في مكالمة");
  EXPECT_EQ(locale.text("busy", {{"name", "رنا"}}), "رنا في مكالمة");
  EXPECT_EQ(locale.text("value", {{"value", "3"}}), "3 %") << "nothing in it has a direction";
}

TEST(Locale, AFormThatIsMissingFallsBackToOther) {
  Locale locale;
  locale.load("ar", "unread#other\t{count}!\n");
  EXPECT_EQ(locale.text_for("unread", 2), "2!");
}

TEST(Locale, LoadingForgetsTheLanguageBefore) {
  Locale locale = english();
  locale.load("ar-EG", "");
  EXPECT_EQ(locale.text("plain"), "plain");
  EXPECT_TRUE(locale.right_to_left());
  locale.load("en", "");
  EXPECT_FALSE(locale.right_to_left());
}

TEST(Locale, PluralCategoriesAreThoseOfTheLanguage) {
  struct Case {
    std::string_view language;
    std::int64_t count;
    std::string_view category;
  };
  const Case cases[] = {
      {"en", 0, "other"},  {"en", 1, "one"},     {"en-GB", 2, "other"},   {"en", -1, "one"},  {"de", 1, "one"},
      {"de", 0, "other"},  {"fr", 0, "one"},     {"fr", 1, "one"},        {"fr", 2, "other"}, {"fr", 1000000, "many"},
      {"es", 0, "other"},  {"es", 1, "one"},     {"es", 2000000, "many"}, {"ja", 1, "other"}, {"ar", 0, "zero"},
      {"ar", 1, "one"},    {"ar", 2, "two"},     {"ar", 3, "few"},        {"ar", 110, "few"}, {"ar", 11, "many"},
      {"ar", 111, "many"}, {"ar", 100, "other"}, {"ar", 102, "other"},    {"xx", 1, "one"},
  };
  for (const Case& one : cases)
    EXPECT_EQ(plural_category(one.language, one.count), one.category) << one.language << " " << one.count;
}

TEST(Locale, ClockAndDayAreThoseOfTheViewer) {
  Locale locale = english();
  constexpr std::int64_t kNow = 1'795'773'660;  // Friday 27 November 2026, 10:01 UTC
  EXPECT_EQ(locale.clock(kNow), "10:01");
  EXPECT_EQ(locale.day(kNow - 60, kNow), "10:00");
  EXPECT_EQ(locale.day(kNow - 86400, kNow), "yesterday 10:01");
  EXPECT_EQ(locale.day(kNow - 7 * 86400, kNow), "Fri 20 Nov");
  EXPECT_EQ(locale.day_alone(kNow - 60, kNow), "10:00");
  EXPECT_EQ(locale.day_alone(kNow - 86400, kNow), "Yesterday 10:01");
  EXPECT_EQ(locale.day_alone(kNow - 7 * 86400, kNow), "Fri 20 Nov");
  EXPECT_EQ(locale.day(kNow - 341 * 86400, kNow), "21 Dec 2025");
  locale.set_utc_offset(-11 * 3600);
  EXPECT_EQ(locale.clock(kNow), "23:01");
  EXPECT_EQ(locale.day(kNow, kNow + 3600), "yesterday 23:01");
  locale.set_utc_offset(0);
  EXPECT_EQ(locale.clock(-60), "23:59");
}

TEST(Locale, DurationsAndNumbers) {
  Locale locale = english();
  EXPECT_EQ(locale.duration(247), "4:07");
  EXPECT_EQ(locale.duration(3847), "1:04:07");
  EXPECT_EQ(locale.duration(-5), "0:00");
  EXPECT_EQ(locale.number(999), "999");
  EXPECT_EQ(locale.number(-1234567), "-1,234,567");
  locale.load("de", "");
  EXPECT_EQ(locale.number(1234), "1.234");
  locale.load("es", "");
  EXPECT_EQ(locale.number(1234), "1234");
  EXPECT_EQ(locale.number(12345), "12.345");
  locale.load("fr", "");
  EXPECT_EQ(locale.number(1234), "1\u202f234");
}

}  // namespace
}  // namespace sidetone::shell
