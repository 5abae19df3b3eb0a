#include "shell/locale.hpp"

#include <array>
#include <vector>

#include "shell/text/unicode.hpp"

namespace sidetone::shell {
namespace {

std::string_view locale_primary(std::string_view language) { return language.substr(0, language.find('-')); }

std::string locale_two_digits(std::int64_t value) {
  std::string out = std::to_string(value);
  return out.size() < 2 ? "0" + out : out;
}

std::string locale_unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
  }
  return out;
}

/// A sentence that begins with a name in another script keeps the direction of its language.
std::string locale_directed(std::string sentence, bool right_to_left) {
  if (text::begins_right_to_left(sentence).value_or(right_to_left) == right_to_left) return sentence;
  std::string mark;
  append_code(mark, right_to_left ? text::kRightToLeftMark : text::kLeftToRightMark);
  return mark + sentence;
}

/// The same of a text without places, unless all of it is of another language: a name, as those of languages are.
std::string locale_of_language(std::string text, bool right_to_left) {
  if (text.find('{') != std::string::npos) return text;
  for (std::string_view rest = text; !rest.empty();) {
    const char32_t code = take_code(rest);
    if (right_to_left ? text::is_strong_right_to_left(code) : text::is_strong_left_to_right(code))
      return locale_directed(std::move(text), right_to_left);
  }
  return text;
}

std::string locale_filled(std::string_view text, const std::vector<Locale::Value>& values) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const Locale::Value* found = nullptr;
    for (const Locale::Value& value : values)
      if (value.name == name) found = &value;
    out += text.substr(0, open);
    out += found != nullptr ? found->text : text.substr(open, close - open + 1);
    text.remove_prefix(close + 1);
  }
  out += text;
  return out;
}

/// Days since 1970-01-01, rounded down.
std::int64_t locale_day_number(std::int64_t local_s) {
  return local_s >= 0 ? local_s / 86400 : -((86399 - local_s) / 86400);
}

struct LocaleDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

/// @source Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days
LocaleDate locale_date(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          static_cast<int>(of_year - (153 * shifted_month + 2) / 5 + 1)};
}

}  // namespace

std::string_view plural_category(std::string_view language, std::int64_t count) {
  const std::string_view primary = locale_primary(language);
  const std::int64_t n = count < 0 ? -count : count;
  const bool millions = n != 0 && n % 1000000 == 0;
  if (primary == "ja") return "other";
  if (primary == "ar") {
    if (n == 0) return "zero";
    if (n == 1) return "one";
    if (n == 2) return "two";
    if (n % 100 >= 3 && n % 100 <= 10) return "few";
    return n % 100 >= 11 ? "many" : "other";
  }
  if (primary == "fr") return n <= 1 ? "one" : millions ? "many" : "other";
  if (primary == "es") return n == 1 ? "one" : millions ? "many" : "other";
  return n == 1 ? "one" : "other";
}

void Locale::load(std::string_view language, std::string_view table) {
  static constexpr std::array<std::string_view, 10> kRightToLeft{"ar", "arc", "ckb", "dv", "fa",
                                                                 "he", "ps",  "sd",  "ug", "ur"};
  language_ = language;
  right_to_left_ = false;
  for (const std::string_view one : kRightToLeft) right_to_left_ = right_to_left_ || one == locale_primary(language);
  texts_.clear();
  while (!table.empty()) {
    const std::size_t end = table.find('\n');
    const std::string_view line = table.substr(0, end);
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos)
      texts_.insert_or_assign(std::string(line.substr(0, tab)),
                              locale_of_language(locale_unescaped(line.substr(tab + 1)), right_to_left_));
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
  }
}

std::string Locale::text(std::string_view key, std::initializer_list<Value> values) const {
  const auto found = texts_.find(std::string(key));
  if (found == texts_.end()) return std::string(key);
  return values.size() == 0 ? found->second : locale_directed(locale_filled(found->second, values), right_to_left_);
}

std::string Locale::text_for(std::string_view key, std::int64_t count, std::initializer_list<Value> values) const {
  auto found = texts_.find(std::string(key).append("#").append(plural_category(language_, count)));
  if (found == texts_.end()) found = texts_.find(std::string(key) + "#other");
  if (found == texts_.end()) found = texts_.find(std::string(key));
  if (found == texts_.end()) return std::string(key);
  const std::string number_of = number(count);
  std::vector<Value> all(values);
  all.push_back({"count", number_of});
  return locale_directed(locale_filled(found->second, all), right_to_left_);
}

std::string Locale::clock(std::int64_t unix_s) const {
  const std::int64_t local = unix_s + utc_offset_s_;
  const std::int64_t minutes = (local - locale_day_number(local) * 86400) / 60;
  return locale_two_digits(minutes / 60) + ":" + locale_two_digits(minutes % 60);
}

std::string Locale::day(std::int64_t unix_s, std::int64_t now_unix_s) const {
  const std::int64_t day = locale_day_number(unix_s + utc_offset_s_);
  const std::int64_t today = locale_day_number(now_unix_s + utc_offset_s_);
  const std::string time = clock(unix_s);
  if (day == today) return time;
  if (day == today - 1) return text("time.yesterday", {{"time", time}});
  const LocaleDate date = locale_date(day);
  const std::string number_of_day = std::to_string(date.day);
  const std::string month = text("time.month." + std::to_string(date.month));
  if (date.year != locale_date(today).year) {
    const std::string year = std::to_string(date.year);
    return text("time.date_of_year", {{"day", number_of_day}, {"month", month}, {"year", year}});
  }
  // 1970-01-01 was a Thursday; 1 is Monday (ISO 8601).
  const std::int64_t weekday = ((day + 3) % 7 + 7) % 7 + 1;
  const std::string weekday_name = text("time.weekday." + std::to_string(weekday));
  return text("time.date", {{"weekday", weekday_name}, {"day", number_of_day}, {"month", month}});
}

std::string Locale::day_alone(std::int64_t unix_s, std::int64_t now_unix_s) const {
  if (day_number(unix_s) + 1 != day_number(now_unix_s)) return day(unix_s, now_unix_s);
  return text("time.yesterday_alone", {{"time", clock(unix_s)}});
}

std::int64_t Locale::day_number(std::int64_t unix_s) const { return locale_day_number(unix_s + utc_offset_s_); }

std::string Locale::duration(std::int64_t seconds) const {
  const std::int64_t whole = seconds < 0 ? 0 : seconds;
  const std::int64_t hours = whole / 3600;
  const std::int64_t minutes = whole / 60 % 60;
  std::string out = hours > 0 ? std::to_string(hours) + ":" + locale_two_digits(minutes) : std::to_string(minutes);
  return out + ":" + locale_two_digits(whole % 60);
}

std::string Locale::number(std::int64_t value) const {
  const std::string_view primary = locale_primary(language_);
  const std::string_view separator = primary == "de" || primary == "es" ? "." : primary == "fr" ? "\u202f" : ",";
  std::string digits = std::to_string(value);
  const std::size_t sign = value < 0 ? 1 : 0;
  // Spanish leaves four digits together (CLDR minimumGroupingDigits).
  if (digits.size() - sign < (primary == "es" ? 5U : 4U)) return digits;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, separator);
  }
  return digits;
}

}  // namespace sidetone::shell
