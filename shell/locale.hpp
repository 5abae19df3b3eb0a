#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sidetone::shell {

/// CLDR plural category of a whole number: "zero", "one", "two", "few", "many" or "other".
/// @param language  BCP 47; one that is not known has English rules. @source CLDR 44, plurals.xml
std::string_view plural_category(std::string_view language, std::int64_t count);

/// The words of one language: web/locale/<language>.json, key → text. A text has places for values, "{name}", and may
/// differ by number: then it is an object {"one": …, "few": …, "many": …, "other": …} (CLDR plural categories).
class Locale {
 public:
  struct Value {
    std::string_view name;
    std::string_view text;
  };

  /// @param language  BCP 47: "en", "ar" …
  /// @param table     lines "key\ttext\n" as tools/locale.mjs makes them of the JSON; a plural is "key#one\ttext\n" …;
  ///                  in texts \n and \t are written as "\\n" and "\\t".
  void load(std::string_view language, std::string_view table);

  /// The text; the key itself where there is none, which a test finds.
  [[nodiscard]] std::string text(std::string_view key, std::initializer_list<Value> values = {}) const;
  /// The text for a number; its places may name {count}.
  [[nodiscard]] std::string text_for(std::string_view key, std::int64_t count,
                                     std::initializer_list<Value> values = {}) const;
  [[nodiscard]] bool right_to_left() const { return right_to_left_; }
  [[nodiscard]] const std::string& language() const { return language_; }

  /// "10:41", in the viewer's zone.
  [[nodiscard]] std::string clock(std::int64_t unix_s) const;
  /// "10:41" today, "yesterday 10:41", "Fri 20 Nov", "20 Nov 2025": the less, the longer ago.
  [[nodiscard]] std::string day(std::int64_t unix_s, std::int64_t now_unix_s) const;
  /// The same where it stands alone, not within a sentence: "Yesterday 10:41".
  [[nodiscard]] std::string day_alone(std::int64_t unix_s, std::int64_t now_unix_s) const;
  /// Days since 1970 in the viewer's zone: the same for two times of one day.
  [[nodiscard]] std::int64_t day_number(std::int64_t unix_s) const;
  /// "4:07", "1:04:07"
  [[nodiscard]] std::string duration(std::int64_t seconds) const;
  [[nodiscard]] std::string number(std::int64_t value) const;
  /// Seconds east of UTC, from the page.
  void set_utc_offset(std::int32_t seconds) { utc_offset_s_ = seconds; }

 private:
  std::string language_ = "en";
  bool right_to_left_ = false;
  std::int32_t utc_offset_s_ = 0;
  std::unordered_map<std::string, std::string> texts_;
};

}  // namespace sidetone::shell
