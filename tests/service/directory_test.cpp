#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "tests/service/support/rig.hpp"

namespace sidetone::service::testing {
namespace {

using namespace protocol;

std::string gunzip(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

/// A person as a big company has them: a frequent given name, a family name of three syllables that few share, a number
/// of five digits in no order, and an address made of the name.
Contact generated(UserId user, std::mt19937& dice) {
  static const std::vector<std::string> given{
      "Anna",  "Ben",    "Chloé", "David", "Eva",   "Felix", "Greta",  "Hannah", "Igor",   "Jana",   "Karl",
      "Lena",  "Milan",  "Nadia", "Omar",  "Paula", "Ravi",  "Sofia",  "Tariq",  "Ulla",   "Viktor", "Wanda",
      "Zoë",   "Björn",  "Núria", "İpek",  "Søren", "Renée", "Jürgen", "Ömer",   "Yuki",   "Mateo",  "Aisha",
      "Pedro", "Ingrid", "Kofi",  "Leila", "Noah",  "Priya", "Quinn",  "Rasa",   "Stefan", "Thomas", "Ursula"};
  static const std::vector<std::string> syllables{
      "mül", "ler", "schmi", "dt",  "gar", "cía",  "no",  "wak", "ros", "si",  "sil", "va",  "jen",
      "sen", "ko",  "val",   "ski", "du",  "bois", "mor", "eau", "we",  "ber", "lar", "vir", "ta",
      "nen", "ka",  "ya",    "yıl", "maz", "po",   "pes", "cu",  "hor", "vat", "na",  "gy",  "iva",
      "nov", "pet", "rov",   "tan", "ak",  "su",   "zu",  "ki",  "kha", "sin", "gh",  "pat", "el",
      "oka", "for", "men",   "sah", "had", "dad",  "co",  "hen", "an",  "der", "lin", "holm"};
  const auto syllable = [&] { return syllables[dice() % syllables.size()]; };
  const auto& first = given[dice() % given.size()];
  const auto family = syllable() + syllable() + syllable();
  return {user, first + " " + family, std::to_string(10'000 + dice() % 90'000), first + "." + family, false};
}

TEST(DirectorySnapshotTest, TwentyThousandContactsCostAtMostThirtyBytesEach) {
  std::mt19937 dice(1);
  protocol::Directory whole;
  whole.version = 20'000;
  for (UserId user = 1; user <= 20'000; ++user) whole.contacts.push_back(generated(user, dice));
  const auto snapshot = directory::make_snapshot(whole);
  const double each = static_cast<double>(snapshot->gzip->size()) / static_cast<double>(whole.contacts.size());
  RecordProperty("bytes_per_contact", std::to_string(each));
  std::printf("{\"directory_bytes_per_contact\":%.1f}\n", each);
  EXPECT_LE(each, 30.0);
  EXPECT_EQ(gunzip(*snapshot->gzip, snapshot->plain->size()), *snapshot->plain);
  auto decoded = decode<ServiceToClient>(*snapshot->plain, limits::kSnapshotBytes);
  ASSERT_TRUE(std::holds_alternative<Frame<ServiceToClient>>(decoded));
  EXPECT_EQ(std::get<protocol::Directory>(std::get<Frame<ServiceToClient>>(decoded).message), whole);
}

using KnownContacts = std::map<UserId, Contact>;

void apply(KnownContacts& known, std::uint64_t& version, const protocol::Directory& change) {
  if (change.since == 0) known.clear();
  for (const auto& contact : change.contacts) known[contact.user] = contact;
  for (const auto user : change.removed) known.erase(user);
  version = change.version;
}

KnownContacts fresh(Rig& rig) {
  KnownContacts known;
  std::uint64_t version = 0;
  apply(known, version, rig.service->directory().changes_since(0));
  return known;
}

TEST(DirectoryTest, AFirstSyncIsASnapshotAndALaterOneADelta) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto first = alice.ask_for<DirectorySnapshot>(DirectorySync{0});
  EXPECT_EQ(first.path, "/directory/" + std::to_string(first.version));
  EXPECT_EQ(rig.service->directory().snapshot(), rig.service->directory().snapshot()) << "prepared once";
  EXPECT_TRUE(alice.ask_for<protocol::Directory>(DirectorySync{first.version}).contacts.empty());
  alice.ask_for<DirectorySnapshot>(DirectorySync{first.version + 100});  // a version from another life
}

TEST(DirectoryTest, ChangesReachWhoIsThereAndWhoComesLater) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto version = rig.service->directory().version();
  rig.service->directory().change(rig.user("bob"), "Bob B. Brown", "2002",
                                  [](Status status) { EXPECT_TRUE(status.ok()); });
  rig.settle();
  const auto events = alice.events<protocol::Directory>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].since, version);
  ASSERT_EQ(events[0].contacts.size(), 1u);
  EXPECT_EQ(events[0].contacts[0].number, "2002");
  EXPECT_EQ(alice.ask_for<protocol::Directory>(DirectorySync{version}), events[0]);
  EXPECT_EQ(rig.service->directory().find_number("1002"), nullptr);
  rig.service->directory().change(rig.user("carol"), "Carol", "2002",
                                  [](Status status) { EXPECT_FALSE(status.ok()) << "the number is taken"; });
  rig.settle();
  EXPECT_TRUE(alice.events<protocol::Directory>().empty());
}

TEST(DirectoryTest, AnOldSnapshotPlusTheEventsSinceIsAFreshSnapshot) {
  Rig rig;
  auto& watcher = rig["alice"];
  KnownContacts known = fresh(rig);
  std::uint64_t version = rig.service->directory().version();
  const KnownContacts old = known;
  const std::uint64_t old_version = version;
  std::mt19937 dice(3);
  std::vector<UserId> left;
  for (const auto& [user, contact] : known)
    if (user != watcher.user()) left.push_back(user);
  for (int i = 0; i < 60; ++i) {
    const auto at = dice() % left.size();
    if (dice() % 5 == 0 && left.size() > 3) {
      rig.service->directory().remove(left[at], [](Status) {});
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      rig.service->directory().change(left[at], "Name " + std::to_string(i), std::to_string(5000 + i), [](Status) {});
    }
    rig.settle();
    for (const auto& event : watcher.events<protocol::Directory>()) {
      EXPECT_EQ(event.since, version);
      apply(known, version, event);
    }
  }
  EXPECT_EQ(known, fresh(rig));
  // And for a client that was away all the time.
  KnownContacts late = old;
  std::uint64_t late_version = old_version;
  apply(late, late_version, watcher.ask_for<protocol::Directory>(DirectorySync{old_version}));
  EXPECT_EQ(late, fresh(rig));
  EXPECT_EQ(late_version, version);
}

}  // namespace
}  // namespace sidetone::service::testing
