#include "service/admin/demo_company.hpp"

#include <array>
#include <string_view>

namespace sidetone::service::admin {
namespace {

struct Person {
  std::string_view login;
  std::string_view name;
};

constexpr std::string_view kPassword = "sidetone";
constexpr int kFirstExtension = 1001;
constexpr std::uint32_t kFirstMadeUp = 20'000;
constexpr std::int64_t kBetweenMessagesS = 300;

constexpr std::array<Person, 25> kPeople{{
    {"alice", "Alice Adams"},
    {"bob", "Bob Brown"},
    {"carol", "Carol Çelik"},
    {"dave", "Dave O’Neill"},
    {"erin", "Erin Müller-Lüdenscheidt"},
    {"frank", "Frank Ångström"},
    {"grace", "Grace Ọkọnkwọ"},
    {"heidi", "Heidi Größe"},
    {"ivan", "Иван Соколов"},
    {"judy", "Judy Lefèvre"},
    {"kim", "김민준"},
    {"leila", "لیلا کریمی"},
    {"mei", "王小梅"},
    {"noam", "נועם לוי"},
    {"olga", "Ольга Шевченко"},
    {"priya", "प्रिया शर्मा"},
    {"qasim", "قاسم الحربي"},
    {"rasa", "Rasa Žukauskaitė"},
    {"somchai", "สมชาย ใจดี"},
    {"thuy", "Nguyễn Thị Thùy"},
    {"umeko", "佐藤 梅子"},
    {"vasilis", "Βασίλης Παπαδόπουλος"},
    {"wanjiru", "Wanjirũ Kamau"},
    {"xavier", "Xavier García i Puig"},
    {"yusuf", "Yusuf Şahin"},
}};

std::vector<store::Account> robots() {
  return {{0, "echo", "Echo", "1100", "", true}, {0, "music", "Music", "1101", "", true}};
}

/// First name of one, last name of another, and a number where the pairs have been used up: "Carol Müller-Lüdenscheidt
/// 3".
std::string made_up_name(std::uint32_t i) {
  const auto part = [](std::string_view name, bool last) {
    const auto gap = name.find(' ');
    if (gap == std::string_view::npos) return name;
    return last ? name.substr(gap + 1) : name.substr(0, gap);
  };
  constexpr auto kMany = static_cast<std::uint32_t>(kPeople.size());
  std::string name(part(kPeople[i % kMany].name, false));
  name += ' ';
  name += part(kPeople[i / kMany % kMany].name, true);
  if (const std::uint32_t round = i / (kMany * kMany); round > 0) name += ' ' + std::to_string(round + 1);
  return name;
}

Status seed_messages(store::Transaction& t, UserId one, UserId other, std::uint32_t count, std::int64_t now) {
  if (count == 0) return {};
  constexpr std::array<std::string_view, 5> kLines{
      "Good morning. Have you seen the numbers?", "Yes. They look right now.",
      "https://example.com/report is the newest one.", "Call me when you are back at your desk.",
      "どうもありがとうございます"};
  const auto conversation = t.open_pair(one, other).conversation;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i + 1);
    SIDETONE_CHECK(t.append_message({conversation, i % 2 == 0 ? one : other, "demo-" + number,
                                     number + ". " + std::string(kLines[i % kLines.size()]),
                                     now - kBetweenMessagesS * (count - 1 - i)}));
  }
  return {};
}

}  // namespace

std::vector<store::Account> demo_company(std::uint32_t people) {
  std::vector<store::Account> accounts;
  int extension = kFirstExtension;
  for (const auto& person : kPeople)
    accounts.push_back(
        {0, std::string(person.login), std::string(person.name), std::to_string(extension++), "", false});
  for (auto i = static_cast<std::uint32_t>(kPeople.size()); i < people; ++i) {
    accounts.push_back(
        {0, "person" + std::to_string(i + 1), made_up_name(i), std::to_string(kFirstMadeUp + i + 1), "", false});
  }
  for (auto& robot : robots()) accounts.push_back(std::move(robot));
  return accounts;
}

void seed_demo_company(store::Store& store, DemoSize size, const accounts::PasswordCost& cost, Random& random,
                       std::int64_t now, std::function<void(Result<std::size_t>)> done) {
  store.run<std::size_t>(
      [size, cost, &random, now](store::Transaction& t) -> Result<std::size_t> {
        if (!t.load_directory().entries.empty()) return std::size_t{0};
        std::size_t added = 0;
        // Everybody knows the password: one hash does, and the first start is quick.
        SIDETONE_TRY(const auto hash, accounts::hash_password(kPassword, cost, random));
        std::vector<UserId> users;
        for (auto& account : demo_company(size.people)) {
          if (!account.robot) account.password_hash = hash;
          SIDETONE_TRY(account.user, t.add_account(account));
          users.push_back(account.user);
          ++added;
        }
        SIDETONE_CHECK(seed_messages(t, users[0], users[1], size.messages, now));
        return added;
      },
      std::move(done));
}

void seed_robots(store::Store& store, std::function<void(Status)> done) {
  store.submit(
      [](store::Transaction& t) -> Status {
        for (auto& robot : robots()) {
          if (t.find_account(robot.login)) continue;
          SIDETONE_TRY(robot.user, t.add_account(robot));
        }
        return {};
      },
      std::move(done));
}

}  // namespace sidetone::service::admin
