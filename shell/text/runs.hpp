#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Text that has to be drawn as a whole, and the character numbers that stand for it.
namespace sidetone::shell::text {

inline constexpr std::size_t kRunBytes = 128;  ///< longer ones are cut between clusters
inline constexpr int kMarksOfBase = 8;         ///< combining marks that a base keeps

struct Run {
  std::string utf8;
  bool right_to_left = false;
  std::uint64_t last_used = 0;  ///< frame
};

/// Numbers runs from the private use area on. ImGui's tables are as long as the highest number in use, so characters
/// beyond U+FFFF are runs, too.
class RunTable {
 public:
  static constexpr char32_t kFirst = 0xE000;
  static constexpr std::size_t kCapacity = 4096;

  /// @return number of the run; kReplacement if all are in use in this frame.
  char32_t number_of(std::string_view utf8, bool right_to_left, std::uint64_t frame);
  [[nodiscard]] const Run* find(char32_t number) const;
  void touch(char32_t number, std::uint64_t frame);
  /// Forget the runs that were last used before `frame`; their numbers are given anew. @return those numbers.
  std::vector<char32_t> evict_before(std::uint64_t frame);
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }

 private:
  std::array<std::unique_ptr<Run>, kCapacity> runs_;
  std::unordered_map<std::string, char32_t> numbers_;  ///< direction and text → number
  std::vector<char32_t> free_;
  char32_t next_ = kFirst;
};

struct ShapedText {
  std::string utf8;               ///< in the order in which it is seen, left to right
  std::vector<char32_t> numbers;  ///< of its runs
};

/// Whether shape_text() would change nothing: plain characters that stand for themselves.
bool is_plain(std::string_view utf8);
/// Replace what has to be drawn as a whole by numbers of the table, drop what is never shown, limit combining marks,
/// and put the words into the order in which they are seen (UAX #9 by words: what is one run is ordered by who draws
/// it). Line feeds stay, every line is ordered by itself.
/// @param right_to_left  direction of the paragraph
ShapedText shape_text(std::string_view utf8, bool right_to_left, RunTable& runs, std::uint64_t frame);

}  // namespace sidetone::shell::text
