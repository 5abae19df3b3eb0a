#include "shell/screens/contact_index.hpp"

#include <algorithm>

namespace sidetone::shell {
namespace {

constexpr char kIndexMark = '\x01';
/// Fewer people are overlooked at a glance: a heading for each letter would only be in the way.
constexpr std::size_t kIndexLettersFrom = 100;
constexpr std::size_t kIndexSearches = 24;
constexpr std::size_t kIndexSearchedPeople = 65536;  ///< of all searches that are kept

/// Base letters of U+00C0…U+024F and of U+1E00…U+1EFF (Unicode's decompositions, and strokes and hooks); '.': none.
constexpr std::string_view kIndexLatin =
    "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccddddeeeeeeeeeegggggggg"
    "hhhhiiiiiiiiii..jjkkkllllll..llnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsbb.....c"
    "cdd...eee.fg...ikkl....ooo..........tttuu.vyyzz......................aaiioouuuuuuuuuueaaaa..ggggkkoo"
    "oo..j...gg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............................";
constexpr std::string_view kIndexLatinMore =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssss"
    "ssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee"
    "iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

struct IndexPair {
  std::uint32_t code;
  const char* folded;
};
constexpr IndexPair kIndexTwoLetters[] = {{0xC6, "ae"},  {0xE6, "ae"},  {0xDE, "th"},  {0xFE, "th"}, {0xDF, "ss"},
                                          {0x132, "ij"}, {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}};

/// @return the character at `at`, which moves on; a byte that begins none counts as U+FFFD.
std::uint32_t index_next(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0) return 0xFFFD;
  std::uint32_t code = lead & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) return 0xFFFD;
    code = code << 6U | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return code;
}

void index_append(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
    return put(0x80U | (code & 0x3FU));
  }
  if (code < 0x10000) {
    put(0xE0U | code >> 12U);
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
  }
  put(0x80U | (code >> 6U & 0x3FU));
  put(0x80U | (code & 0x3FU));
}

std::uint32_t index_fold_greek(std::uint32_t code) {
  switch (code) {
    case 0x386:
    case 0x3AC:
      return 0x3B1;
    case 0x388:
    case 0x3AD:
      return 0x3B5;
    case 0x389:
    case 0x3AE:
      return 0x3B7;
    case 0x38A:
    case 0x390:
    case 0x3AA:
    case 0x3AF:
    case 0x3CA:
      return 0x3B9;
    case 0x38C:
    case 0x3CC:
      return 0x3BF;
    case 0x38E:
    case 0x3AB:
    case 0x3B0:
    case 0x3CB:
    case 0x3CD:
      return 0x3C5;
    case 0x38F:
    case 0x3CE:
      return 0x3C9;
    case 0x3C2:
      return 0x3C3;
    default:
      return code >= 0x391 && code <= 0x3A9 ? code + 0x20 : code;
  }
}

std::uint32_t index_fold_cyrillic(std::uint32_t code) {
  if (code >= 0x400 && code <= 0x40F) code += 0x50;
  if (code >= 0x410 && code <= 0x42F) code += 0x20;
  return code == 0x451 ? 0x435 : code;  // ё is looked up as е
}

bool index_separates(std::uint32_t code) {
  if (code < 0x80) {
    const bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return !letter && !(code >= '0' && code <= '9');
  }
  return (code >= 0xA0 && code < 0xC0) || (code >= 0x2000 && code < 0x2070) || (code >= 0x3000 && code < 0x3003) ||
         code == 0x30FB;
}

/// Writing without spaces: what is typed may stand anywhere in a word.
bool index_has_no_words(std::string_view word) {
  std::size_t at = 0;
  const auto code = index_next(word, at);
  return (code >= 0x2E80 && code < 0xD7B0) || (code >= 0xF900 && code < 0xFB00) ||
         (code >= 0x20000 && code < 0x32000) || (code >= 0xE00 && code < 0xF00);
}

void index_fold(std::string& out, std::uint32_t code) {
  if (code >= 0x300 && code < 0x370) return;
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;
  if (code >= 'A' && code <= 'Z') code += 0x20;
  for (const auto& pair : kIndexTwoLetters) {
    if (pair.code != code) continue;
    out += pair.folded;
    return;
  }
  char base = '.';
  if (code >= 0xC0 && code < 0xC0 + kIndexLatin.size()) base = kIndexLatin[code - 0xC0];
  if (code >= 0x1E00 && code < 0x1E00 + kIndexLatinMore.size()) base = kIndexLatinMore[code - 0x1E00];
  if (base != '.') return out.push_back(base);
  if (code >= 0x386 && code < 0x3D0) code = index_fold_greek(code);
  if (code >= 0x400 && code < 0x460) code = index_fold_cyrillic(code);
  index_append(out, code);
}

std::string index_digits(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if ((c >= '0' && c <= '9') || c == '*' || c == '#') digits.push_back(c);
  return digits;
}

bool index_is_ideograph(std::uint32_t code) {
  return (code >= 0x3400 && code < 0xA000) || (code >= 0xF900 && code < 0xFB00) || (code >= 0x20000 && code < 0x32000);
}

/// What a name that has been folded stands under in a list: its first letter, of a Hangul syllable the first consonant
/// (Unicode §3.12), one heading for all ideographs and one for what is no letter.
std::string index_letter(std::string_view folded) {
  static constexpr std::string_view kConsonants[] = {"ㄱ", "ㄲ", "ㄴ", "ㄷ", "ㄸ", "ㄹ", "ㅁ", "ㅂ", "ㅃ", "ㅅ",
                                                     "ㅆ", "ㅇ", "ㅈ", "ㅉ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"};
  constexpr std::uint32_t kHangul = 0xAC00;
  constexpr std::uint32_t kSyllablesOfAConsonant = 588;
  std::size_t at = 1;  // after the mark
  std::uint32_t code = folded.size() > 1 ? index_next(folded, at) : '#';
  if (code >= kHangul && code < kHangul + std::size(kConsonants) * kSyllablesOfAConsonant)
    return std::string(kConsonants[(code - kHangul) / kSyllablesOfAConsonant]);
  if (index_is_ideograph(code)) return "漢";
  const bool no_letter = (code < 0x80 && (code < 'a' || code > 'z')) || code == 0xFFFD || code >= 0x1F000;
  if (no_letter) return "#";
  // As they were folded: small letters of Latin, Greek and Cyrillic.
  if (code < 0x80 || (code >= 0x3B1 && code <= 0x3C9) || (code >= 0x430 && code <= 0x44F)) code -= 0x20;
  if (code >= 0x450 && code <= 0x45F) code -= 0x50;
  std::string letter;
  index_append(letter, code);
  return letter;
}

/// Whether a word begins with `word`, which has its mark.
bool index_has_word(std::string_view words, std::string_view word) {
  if (index_has_no_words(word.substr(1))) return words.find(word.substr(1)) != std::string_view::npos;
  for (std::size_t at = 0; at + word.size() <= words.size(); ++at)
    if (words[at] == kIndexMark && words.compare(at, word.size(), word) == 0) return true;
  return false;
}

/// One bit of 32 for the byte that a word begins with.
std::uint32_t index_initial(char first) { return 1U << (static_cast<unsigned char>(first) & 31U); }

/// Of all words.
std::uint32_t index_initials(std::string_view words) {
  std::uint32_t initials = 0;
  for (std::size_t at = 0; at + 1 < words.size(); ++at)
    if (words[at] == kIndexMark) initials |= index_initial(words[at + 1]);
  return initials;
}

/// What somebody has to have who is found by this word; 0: it may stand inside of a word.
std::uint32_t index_wanted_initial(std::string_view word) {
  return word.size() < 2 || index_has_no_words(word.substr(1)) ? 0 : index_initial(word[1]);
}

/// Whether two names that have been folded begin with the same character.
bool index_same_first(std::string_view a, std::string_view b) {
  std::size_t end_a = 1;
  std::size_t end_b = 1;
  return a.size() > 1 && b.size() > 1 && index_next(a, end_a) == index_next(b, end_b);
}

std::vector<std::string_view> index_split(std::string_view folded) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < folded.size();) {
    const auto next = std::min(folded.find(kIndexMark, at + 1), folded.size());
    words.push_back(folded.substr(at, next - at));
    at = next;
  }
  return words;
}

}  // namespace

std::string fold_words(std::string_view utf8) {
  std::string out;
  bool inside = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto code = index_next(utf8, at);
    if (index_separates(code)) {
      inside = false;
      continue;
    }
    if (!inside) out.push_back(kIndexMark);
    inside = true;
    index_fold(out, code);
  }
  return out;
}

bool looks_like_number(std::string_view text) {
  return !index_digits(text).empty() && text.find_first_not_of("0123456789*#+-/(). ") == std::string_view::npos;
}

void ContactIndex::update(const Contacts& contacts, std::uint64_t version, model::UserId self,
                          const Favourites& favourites) {
  if (favourites != favourites_) {
    favourites_ = favourites;
    searched_ = false;
  }
  if (version == version_ && contacts.size() == size_ && self == self_) return;
  version_ = version;
  size_ = contacts.size();
  self_ = self;
  searched_ = false;
  searches_.clear();
  entries_.clear();
  words_.clear();
  entries_.reserve(contacts.size());
  for (const auto& [user, person] : contacts) {
    if (user == self) continue;
    Entry entry{user, static_cast<std::uint32_t>(words_.size())};
    words_ += fold_words(person.name);
    const auto digits = index_digits(person.number);
    if (!digits.empty()) words_ += kIndexMark + digits;
    if (person.address) words_ += fold_words(*person.address);
    entry.end = static_cast<std::uint32_t>(words_.size());
    entry.initials = index_initials(words_of(entry));
    entries_.push_back(entry);
  }
  std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
    const int order = words_of(a).compare(words_of(b));
    return order != 0 ? order < 0 : a.user < b.user;
  });
}

std::string_view ContactIndex::words_of(const Entry& entry) const {
  return std::string_view(words_).substr(entry.begin, entry.end - entry.begin);
}

const ContactListing& ContactIndex::find(std::string_view find) {
  if (searched_ && searched_for_ == find) return found_;
  searched_ = true;
  searched_for_ = find;
  found_ = {};
  if (find.empty())
    list_everybody();
  else
    search(find);
  return found_;
}

void ContactIndex::list_everybody() {
  auto& [people, sections] = found_;
  people.reserve(entries_.size());
  for (const auto& entry : entries_)
    if (favourites_.count(entry.user) != 0) people.push_back(entry.user);
  if (!people.empty()) sections.push_back({ContactSection::Kind::kFavourites, {}, 0, people.size()});
  const bool letters = entries_.size() - people.size() >= kIndexLettersFrom;
  const auto kind = letters ? ContactSection::Kind::kLetter : ContactSection::Kind::kEverybody;
  const Entry* before = nullptr;
  for (const auto& entry : entries_) {
    if (favourites_.count(entry.user) != 0) continue;
    if (before == nullptr || (letters && !index_same_first(words_of(*before), words_of(entry)))) {
      auto letter = letters ? index_letter(words_of(entry)) : std::string();
      if (before == nullptr || sections.back().letter != letter)
        sections.push_back({kind, std::move(letter), people.size(), 0});
    }
    before = &entry;
    people.push_back(entry.user);
    ++sections.back().count;
  }
}

const std::vector<std::uint32_t>& ContactIndex::entries_with(const std::string& folded) {
  const auto newest = [this](const auto& fits) { return std::find_if(searches_.rbegin(), searches_.rend(), fits); };
  const auto same = newest([&](const Search& one) { return one.folded == folded; });
  if (same != searches_.rend()) {
    std::rotate(searches_.rbegin(), same, std::next(same));
    return searches_.back().entries;
  }
  // Whoever has the longer words has the shorter ones.
  const auto wider = newest([&](const Search& one) { return folded.compare(0, one.folded.size(), one.folded) == 0; });
  const auto wanted = index_split(folded);
  std::uint32_t initials = 0;
  for (const auto word : wanted) initials |= index_wanted_initial(word);
  Search search{folded, {}};
  const auto take = [&](std::uint32_t number) {
    if ((entries_[number].initials & initials) != initials) return;
    const auto words = words_of(entries_[number]);
    if (std::all_of(wanted.begin(), wanted.end(), [&](std::string_view word) { return index_has_word(words, word); }))
      search.entries.push_back(number);
  };
  if (wider != searches_.rend()) {
    for (const std::uint32_t number : wider->entries) take(number);
  } else {
    for (std::uint32_t number = 0; number < entries_.size(); ++number) take(number);
  }
  searches_.push_back(std::move(search));
  forget_old_searches();
  return searches_.back().entries;
}

void ContactIndex::forget_old_searches() {
  std::size_t people = 0;
  auto first = searches_.end();
  for (std::size_t kept = 0; first != searches_.begin() && kept < kIndexSearches; ++kept) {
    people += std::prev(first)->entries.size();
    if (kept > 0 && people > kIndexSearchedPeople) break;
    --first;
  }
  searches_.erase(searches_.begin(), first);
}

void ContactIndex::search(std::string_view find) {
  // A number may be typed as it is printed, "44 17": its digits are one word then.
  const std::string folded = looks_like_number(find) ? kIndexMark + index_digits(find) : fold_words(find);
  const std::string_view first_word = std::string_view(folded).substr(0, folded.find(kIndexMark, 1));
  std::vector<model::UserId> ranks[4];  // name begins so and favourite, only begins so, only favourite, neither
  for (const std::uint32_t number : entries_with(folded)) {
    const auto& entry = entries_[number];
    const bool first = words_of(entry).substr(0, first_word.size()) == first_word;
    ranks[(first ? 0U : 2U) + (favourites_.count(entry.user) != 0 ? 0U : 1U)].push_back(entry.user);
  }
  auto& people = found_.people;
  for (const auto& rank : ranks) people.insert(people.end(), rank.begin(), rank.end());
  if (!people.empty()) found_.sections.push_back({ContactSection::Kind::kFound, {}, 0, people.size()});
}

}  // namespace sidetone::shell
