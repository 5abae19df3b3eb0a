#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "shell/screens/contact_index.hpp"

/// How long it takes to find somebody among 20 000 people: the slowest of several searches, milliseconds. It has to fit
/// into one frame, 16 ms.
namespace {

using sidetone::shell::ContactIndex;

constexpr int kPeople = 20'000;
constexpr std::string_view kFirst[] = {"Maximiliane", "Łukasz", "Дмитрий", "Ελένη", "Nguyễn", "Seán", "Özlem", "Aiko"};
constexpr std::string_view kLast[] = {"von Hohenstein-Wittelsbach",
                                      "Wiśniewski",
                                      "Соколов",
                                      "Παπαδοπούλου",
                                      "Ngọc Trâm",
                                      "Ó Briain",
                                      "Karadağ-Müller",
                                      "Tanaka · 田中"};

template <class Work>
double milliseconds(Work work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count();
}

}  // namespace

int main() {
  ContactIndex::Contacts contacts;
  for (int i = 0; i < kPeople; ++i) {
    const auto user = static_cast<sidetone::model::UserId>(i + 1);
    const std::string name = std::string(kFirst[i % 8]) + " " + std::string(kLast[i / 8 % 8]) + " " + std::to_string(i);
    contacts[user] = {user, name, std::to_string(30'000 + i), "user" + std::to_string(i) + "@service.example", false};
  }
  ContactIndex index;
  const double build = milliseconds([&] { index.update(contacts, 1, 0, {}); });
  double slowest = 0;
  std::size_t found = 0;
  for (const std::string_view typed : {"", "m", "wisn", "lukasz wisniewski 1", "nobody", "317", "παπ 19", "田"})
    slowest = std::max(slowest, milliseconds([&] { found += index.find(typed).people.size(); }));
  std::printf("{\"people\":%d,\"build_ms\":%.2f,\"slowest_search_ms\":%.2f,\"found\":%zu}\n", kPeople, build, slowest,
              found);
  return 0;
}
