#include "shell/screens/contact_index.hpp"

#include <gtest/gtest.h>

namespace sidetone::shell {
namespace {

using Found = std::vector<model::UserId>;

class ContactIndexTest : public ::testing::Test {
 protected:
  ContactIndex::Contacts contacts;
  ContactIndex index;

  ContactIndexTest() {
    add(1, "Jonas Hartmann", "4400");
    add(2, "Aiko Tanaka · 田中 愛子", "4417");
    add(3, "Дмитрий Соколов", "3120");
    add(5, "Seán Ó Briain", "2207");
    add(6, "Ελένη Παπαδοπούλου", "2051");
    add(8, "Łukasz Wiśniewski", "100");
    add(9, "Nguyễn Ngọc Trâm", "2410");
    add(10, "김서연", "+82 (2) 2412");
    add(12, "Ute Schmidtmeier-Straße", "2500", "ute.s@example.com");
    index.update(contacts, 1, 1);
  }
  void add(model::UserId user, std::string name, std::string number, std::optional<std::string> address = {}) {
    contacts[user] = {user, std::move(name), std::move(number), std::move(address), false};
  }
};

TEST_F(ContactIndexTest, FindsByTheBeginningOfAnyWord) {
  EXPECT_EQ(index.find("tan"), Found{2});
  EXPECT_EQ(index.find("aiko tan"), Found{2});
  EXPECT_EQ(index.find("tan aik"), Found{2});
  EXPECT_EQ(index.find("anaka"), Found{}) << "not by its middle";
  EXPECT_EQ(index.find("aiko sokolov"), Found{}) << "every word has to fit";
  EXPECT_EQ(index.find("strasse"), Found{12});
}

TEST_F(ContactIndexTest, FindsWithoutAccentsAndInAnyCase) {
  EXPECT_EQ(index.find("sean o bri"), Found{5});
  EXPECT_EQ(index.find("WISNIEWSKI"), Found{8});
  EXPECT_EQ(index.find("lukasz"), Found{8});
  EXPECT_EQ(index.find("ŁUKASZ"), Found{8});
  EXPECT_EQ(index.find("nguyen tram"), Found{9});
  EXPECT_EQ(index.find("παπαδοπουλου"), Found{6});
  EXPECT_EQ(index.find("СОКОЛОВ"), Found{3});
  // The same name with combining accents, as some systems type it.
  EXPECT_EQ(index.find("Sea\xCC\x81n"), Found{5});
}

TEST_F(ContactIndexTest, FindsWritingWithoutSpacesByAnyPart) {
  EXPECT_EQ(index.find("愛子"), Found{2});
  EXPECT_EQ(index.find("子"), Found{2});
  EXPECT_EQ(index.find("서연"), Found{10});
}

TEST_F(ContactIndexTest, FindsByNumberAsItIsWritten) {
  EXPECT_EQ(index.find("44"), Found{2}) << "oneself is left out";
  EXPECT_EQ(index.find("44 17"), Found{2});
  EXPECT_EQ(index.find("+82 2-24"), Found{10});
  EXPECT_EQ(index.find("417"), Found{}) << "from its beginning";
}

TEST_F(ContactIndexTest, FindsByAddress) { EXPECT_EQ(index.find("ute.s@exam"), Found{12}); }

TEST_F(ContactIndexTest, PutsThoseFirstWhoseNameBeginsSo) {
  add(20, "Adam Tanner", "1");
  add(21, "Tanja Adler", "2");
  index.update(contacts, 2, 1);
  EXPECT_EQ(index.find("tan"), (Found{21, 20, 2}));
}

TEST_F(ContactIndexTest, SurvivesBrokenText) {
  add(30, "\xF0\x9F\xC3", "7");
  add(31, "", "8");
  index.update(contacts, 2, 1);
  EXPECT_EQ(index.find("8"), (Found{31, 10}));
  EXPECT_EQ(index.find("\xE2\x82"), index.find("\xE2\x82"));
  EXPECT_EQ(index.find("").size(), contacts.size() - 1);
}

TEST_F(ContactIndexTest, FollowsTheDirectory) {
  contacts[2].name = "Aiko Yamada";
  EXPECT_EQ(index.find("yamada"), Found{});
  index.update(contacts, 2, 1);
  EXPECT_EQ(index.find("yamada"), Found{2});
}

TEST(ContactIndex, FindsExactlyThoseAmongTwentyThousand) {
  ContactIndex::Contacts contacts;
  Found expected;
  constexpr int kPeople = 20'000;
  for (int i = 1; i <= kPeople; ++i) {
    const auto user = static_cast<model::UserId>(i);
    const bool wanted = i % 1000 == 7;
    const std::string family = wanted ? "Müller" : "Mustermann";
    contacts[user] = {
        user, "Person" + std::to_string(100'000 + i) + " " + family, std::to_string(30'000 + i), {}, false};
    if (wanted) expected.push_back(user);
  }
  ContactIndex index;
  index.update(contacts, 1, 0);
  EXPECT_EQ(index.find("mull"), expected);
  EXPECT_EQ(index.find("person100007"), Found{7});
  EXPECT_EQ(index.find("49999"), Found{19'999});
  EXPECT_EQ(index.find("").size(), static_cast<std::size_t>(kPeople));
}

}  // namespace
}  // namespace sidetone::shell
