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

}  // namespace

std::vector<store::Account> demo_company() {
  std::vector<store::Account> accounts;
  int extension = kFirstExtension;
  for (const auto& person : kPeople)
    accounts.push_back(
        {0, std::string(person.login), std::string(person.name), std::to_string(extension++), "", false});
  for (auto& robot : robots()) accounts.push_back(std::move(robot));
  return accounts;
}

void seed_demo_company(store::Store& store, const accounts::PasswordCost& cost, Random& random,
                       std::function<void(Result<std::size_t>)> done) {
  store.run<std::size_t>(
      [cost, &random](store::Transaction& t) -> Result<std::size_t> {
        if (!t.load_directory().entries.empty()) return std::size_t{0};
        std::size_t added = 0;
        // Everybody knows the password: one hash does, and the first start is quick.
        SIDETONE_TRY(const auto hash, accounts::hash_password(kPassword, cost, random));
        for (auto& account : demo_company()) {
          if (!account.robot) account.password_hash = hash;
          SIDETONE_TRY(account.user, t.add_account(account));
          ++added;
        }
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
