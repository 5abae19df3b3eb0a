#include "shell/screens/contact_index.hpp"

#include <gtest/gtest.h>

namespace sidetone::shell {
namespace {

using Found = std::vector<model::UserId>;

class ContactIndexTest : public ::testing::Test {
 protected:
  ContactIndex::Contacts contacts;
  ContactIndex::Favourites favourites;
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
    index.update(contacts, 1, 1, favourites);
  }
  void add(model::UserId user, std::string name, std::string number, std::optional<std::string> address = {}) {
    contacts[user] = {user, std::move(name), std::move(number), std::move(address), false};
  }
};

TEST_F(ContactIndexTest, FindsByTheBeginningOfAnyWord) {
  EXPECT_EQ(index.find("tan").people, Found{2});
  EXPECT_EQ(index.find("aiko tan").people, Found{2});
  EXPECT_EQ(index.find("tan aik").people, Found{2});
  EXPECT_EQ(index.find("anaka").people, Found{}) << "not by its middle";
  EXPECT_EQ(index.find("aiko sokolov").people, Found{}) << "every word has to fit";
  EXPECT_EQ(index.find("strasse").people, Found{12});
}

TEST_F(ContactIndexTest, FindsWithoutAccentsAndInAnyCase) {
  EXPECT_EQ(index.find("sean o bri").people, Found{5});
  EXPECT_EQ(index.find("WISNIEWSKI").people, Found{8});
  EXPECT_EQ(index.find("lukasz").people, Found{8});
  EXPECT_EQ(index.find("ŁUKASZ").people, Found{8});
  EXPECT_EQ(index.find("nguyen tram").people, Found{9});
  EXPECT_EQ(index.find("παπαδοπουλου").people, Found{6});
  EXPECT_EQ(index.find("СОКОЛОВ").people, Found{3});
  // The same name with combining accents, as some systems type it.
  EXPECT_EQ(index.find("Sea\xCC\x81n").people, Found{5});
}

TEST_F(ContactIndexTest, FindsWritingWithoutSpacesByAnyPart) {
  EXPECT_EQ(index.find("愛子").people, Found{2});
  EXPECT_EQ(index.find("子").people, Found{2});
  EXPECT_EQ(index.find("서연").people, Found{10});
}

TEST_F(ContactIndexTest, FindsByNumberAsItIsWritten) {
  EXPECT_EQ(index.find("44").people, Found{2}) << "oneself is left out";
  EXPECT_EQ(index.find("44 17").people, Found{2});
  EXPECT_EQ(index.find("+82 2-24").people, Found{10});
  EXPECT_EQ(index.find("417").people, Found{}) << "from its beginning";
}

TEST_F(ContactIndexTest, FindsByAddress) { EXPECT_EQ(index.find("ute.s@exam").people, Found{12}); }

TEST_F(ContactIndexTest, PutsThoseFirstWhoseNameBeginsSo) {
  add(20, "Adam Tanner", "1");
  add(21, "Tanja Adler", "2");
  index.update(contacts, 2, 1, favourites);
  EXPECT_EQ(index.find("tan").people, (Found{21, 20, 2}));
}

TEST_F(ContactIndexTest, PutsFavouritesFirstAmongEqualsAndBeforeEverybody) {
  add(20, "Adam Tanner", "1");
  add(21, "Tanja Adler", "2");
  add(22, "Tanja Zeller", "3");
  favourites = {22, 2, 77};
  index.update(contacts, 2, 1, favourites);
  EXPECT_EQ(index.find("tan").people, (Found{22, 21, 2, 20}))
      << "one whose name begins so stays before one whose does not";
  const auto& all = index.find("");
  EXPECT_EQ(all.people.size(), contacts.size() - 1) << "each once";
  EXPECT_EQ((Found{all.people[0], all.people[1], all.people[2]}), (Found{2, 22, 20})) << "by name, and then the others";
  using Kind = ContactSection::Kind;
  EXPECT_EQ(all.sections, (std::vector<ContactSection>{{Kind::kFavourites, {}, 0, 2},
                                                       {Kind::kEverybody, {}, 2, all.people.size() - 2}}));
  favourites.clear();
  index.update(contacts, 2, 1, favourites);
  EXPECT_EQ(index.find("").people[0], 20U) << "the directory is the same, the favourites are not";
}

TEST_F(ContactIndexTest, StandsUnderLettersWhereThereAreMany) {
  for (model::UserId user = 100; user < 200; ++user) add(user, "Bea " + std::to_string(user), std::to_string(user));
  add(201, "Émile", "201");
  add(202, "4 U Ltd", "202");
  add(203, "田中", "203");
  add(204, "김철수", "204");
  add(205, "ბერიძე", "205");
  index.update(contacts, 2, 1, favourites);
  std::vector<std::string> letters;
  std::size_t next = 0;
  for (const auto& section : index.find("").sections) {
    EXPECT_EQ(section.first, next) << "none is left out";
    EXPECT_GT(section.count, 0U);
    next += section.count;
    letters.push_back(section.letter);
  }
  EXPECT_EQ(next, contacts.size() - 1);
  EXPECT_EQ(letters, (std::vector<std::string>{"#", "A", "B", "E", "L", "N", "S", "U", "Ε", "Д", "ბ", "漢", "ㄱ"}));
}

TEST_F(ContactIndexTest, SurvivesBrokenText) {
  add(30, "\xF0\x9F\xC3", "7");
  add(31, "", "8");
  index.update(contacts, 2, 1, favourites);
  EXPECT_EQ(index.find("8").people, (Found{31, 10}));
  EXPECT_EQ(index.find("\xE2\x82").people, index.find("\xE2\x82").people);
  EXPECT_EQ(index.find("").people.size(), contacts.size() - 1);
}

TEST_F(ContactIndexTest, LettersMoreAndLessFindWhatANewSearchFinds) {
  for (model::UserId user = 100; user < 400; ++user)
    add(user, (user % 3 == 0 ? "Tanja " : "Tom ") + std::string(1, static_cast<char>('a' + user % 26)) + "lt",
        std::to_string(user));
  index.update(contacts, 2, 1, favourites);
  const auto anew = [&](std::string_view text) {
    ContactIndex other;
    other.update(contacts, 2, 1, favourites);
    return other.find(text).people;
  };
  for (const std::string text : {"tanja b", "tom c", "30 1x", "t...", "田中 t", "tanja"}) {
    for (std::size_t end = 1; end <= text.size(); ++end) {
      const auto part = std::string_view(text).substr(0, end);
      EXPECT_EQ(index.find(part).people, anew(part)) << part;
    }
    for (std::size_t end = text.size(); end-- > 0;) {
      const auto part = std::string_view(text).substr(0, end);
      EXPECT_EQ(index.find(part).people, anew(part)) << part;
    }
  }
  contacts[101].name = "Tanja Neu";
  index.update(contacts, 3, 1, favourites);
  EXPECT_EQ(index.find("tanja n").people, anew("tanja n")) << "what was found before is forgotten with its directory";
}

TEST_F(ContactIndexTest, FollowsTheDirectory) {
  contacts[2].name = "Aiko Yamada";
  EXPECT_EQ(index.find("yamada").people, Found{});
  index.update(contacts, 2, 1, favourites);
  EXPECT_EQ(index.find("yamada").people, Found{2});
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
  index.update(contacts, 1, 0, {});
  EXPECT_EQ(index.find("mull").people, expected);
  EXPECT_EQ(index.find("person100007").people, Found{7});
  EXPECT_EQ(index.find("49999").people, Found{19'999});
  EXPECT_EQ(index.find("").people.size(), static_cast<std::size_t>(kPeople));
}

}  // namespace
}  // namespace sidetone::shell
