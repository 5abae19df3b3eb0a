#include "shell/text/runs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "shell/text/text_engine.hpp"
#include "shell/text/unicode.hpp"

namespace sidetone::shell::text {
namespace {

/// A character with what hangs on it: marks, joined emoji, the second half of a flag.
struct Cluster {
  std::string utf8;
  char32_t base = 0;
  bool plain = true;  ///< one character, drawn as such
};

bool is_cluster_extension(char32_t code) {
  return is_mark(code) || is_variation_selector(code) || is_skin_tone(code) || code == kZeroWidthJoiner ||
         code == kZeroWidthNonJoiner;
}

char32_t peek_code(std::string_view rest) { return rest.empty() ? 0 : take_code(rest); }

/// @return false at the end of the text; a cluster may be empty: all of it was dropped.
bool take_cluster(std::string_view& rest, Cluster& cluster) {
  if (rest.empty()) return false;
  cluster.utf8.clear();
  cluster.plain = true;
  char32_t code = take_code(rest);
  if (code == '\t') code = ' ';
  if (code == 0x2028 || code == 0x2029) code = '\n';
  if (is_private(code)) code = kReplacement;
  cluster.base = code;
  if (code == '\n' || code == ' ') {
    append_code(cluster.utf8, code);
    return true;
  }
  // A mark without its base is none.
  if (is_dropped(code) || (is_mark(code) && !is_shaped(code))) return true;
  append_code(cluster.utf8, code);
  cluster.plain = code < 0x10000;
  if (is_regional(code) && is_regional(peek_code(rest))) append_code(cluster.utf8, take_code(rest));
  int marks = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    const char32_t next = take_code(after);
    const bool tag = code == 0x1F3F4 && is_flag_tag(next);
    if (!tag && !is_cluster_extension(next)) break;
    rest = after;
    const bool joiner = next == kZeroWidthJoiner || next == kZeroWidthNonJoiner;
    // A joiner says something only inside of a shaped word or an emoji sequence.
    if (joiner && !is_shaped(code) && !(next == kZeroWidthJoiner && is_pictograph(code))) continue;
    if (joiner && is_pictograph(code)) {
      const char32_t joined = peek_code(rest);
      if (!is_pictograph(joined) || cluster.utf8.size() > kRunBytes / 2) continue;
      append_code(cluster.utf8, next);
      append_code(cluster.utf8, take_code(rest));
    } else if (tag ? cluster.utf8.size() <= kRunBytes / 2 : ++marks <= kMarksOfBase) {
      append_code(cluster.utf8, next);
    } else {
      continue;
    }
    cluster.plain = false;
  }
  return true;
}

struct Word {
  std::string utf8;    ///< shaped
  std::string turned;  ///< the same as it stands right to left, where that is another
  bool right_to_left = false;
  bool space = false;
  bool strong = false;  ///< has a direction of its own
};

bool is_digit(char32_t code) {
  return (code >= '0' && code <= '9') || (code >= 0x0660 && code <= 0x0669) || (code >= 0x06F0 && code <= 0x06F9);
}

/// Stays with the number beside it. @source UAX #9, class ET; a plus or minus does, too, as people expect of telephone
/// numbers
bool belongs_to_number(char32_t code) {
  return code == '#' || code == '$' || code == '%' || code == '+' || code == '-' || code == 0xB0 || code == 0x066A ||
         (code >= 0xA2 && code <= 0xA5) || (code >= 0x2030 && code <= 0x2034) || (code >= 0x20A0 && code <= 0x20CF) ||
         code == 0x2212;
}

/// What stands in the place of a bracket where the text runs the other way. @source Unicode 14, BidiMirroring.txt
std::string mirrored(const Cluster& cluster) {
  constexpr std::string_view kPairs = "()[]{}<>";
  if (cluster.utf8 == "«") return "»";
  if (cluster.utf8 == "»") return "«";
  const auto at = cluster.utf8.size() == 1 ? kPairs.find(cluster.utf8.front()) : std::string_view::npos;
  return at == std::string_view::npos ? cluster.utf8 : std::string(1, kPairs[at ^ 1U]);
}

class LineShaper {
 public:
  LineShaper(RunTable& runs, std::uint64_t frame, bool right_to_left)
      : runs_(runs), frame_(frame), right_to_left_(right_to_left) {}

  void add_space() {
    end_word();
    words_.push_back({" ", {}, false, true, false});
  }
  void add_cluster(Cluster cluster) {
    if (!cluster.utf8.empty()) word_.push_back(std::move(cluster));
  }
  void end_line(ShapedText& out) {
    end_word();
    resolve_directions();
    append_in_order(out.utf8);
    out.numbers.insert(out.numbers.end(), numbers_.begin(), numbers_.end());
    words_.clear();
    numbers_.clear();
  }

 private:
  void append_run(std::string& out, std::string_view utf8, bool right_to_left) {
    const char32_t number = runs_.number_of(utf8, right_to_left, frame_);
    if (number != kReplacement) numbers_.push_back(number);
    append_code(out, number);
  }

  using Clusters = std::vector<Cluster>;

  void end_word() {
    if (word_.empty()) return;
    const auto clusters = std::exchange(word_, {});
    const bool strong = std::any_of(clusters.begin(), clusters.end(), [](const Cluster& one) {
      return is_strong_right_to_left(one.base) || is_strong_left_to_right(one.base);
    });
    if (strong)
      add_word(clusters);
    else
      add_number(clusters);
  }

  void add_word(const Clusters& clusters) {
    Word word;
    for (const Cluster& cluster : clusters) {
      word.right_to_left = word.right_to_left || is_strong_right_to_left(cluster.base);
      word.strong = word.strong || word.right_to_left || is_strong_left_to_right(cluster.base);
    }
    if (word.right_to_left)
      shape_right_to_left(clusters, word.utf8);
    else
      shape_left_to_right(clusters, word.utf8);
    words_.push_back(std::move(word));
  }

  /// A number never turns round, but the signs before and behind it stand where the line comes from and goes on.
  /// @source UAX #9 W5, W6, N1
  void add_number(const Clusters& clusters) {
    const auto digit = [](const Cluster& one) { return is_digit(one.base); };
    auto first = std::find_if(clusters.begin(), clusters.end(), digit);
    if (first == clusters.end()) return add_word(clusters);
    auto last = std::find_if(clusters.rbegin(), clusters.rend(), digit).base();
    while (first != clusters.begin() && belongs_to_number(std::prev(first)->base)) --first;
    while (last != clusters.end() && belongs_to_number(last->base)) ++last;
    add_signs({clusters.begin(), first});
    add_word({first, last});
    add_signs({last, clusters.end()});
  }

  void add_signs(Clusters clusters) {
    if (clusters.empty()) return;
    add_word(clusters);
    std::reverse(clusters.begin(), clusters.end());
    for (Cluster& cluster : clusters) cluster.utf8 = mirrored(cluster);
    shape_left_to_right(clusters, words_.back().turned);
  }

  /// The whole word goes to who draws it, with its direction: he orders it.
  void shape_right_to_left(const Clusters& clusters, std::string& out) {
    std::vector<std::string> pieces(1);
    for (const Cluster& cluster : clusters) {
      if (!pieces.back().empty() && pieces.back().size() + cluster.utf8.size() > kRunBytes) pieces.emplace_back();
      pieces.back() += cluster.utf8;
    }
    for (std::size_t i = pieces.size(); i-- > 0;) append_run(out, pieces[i], true);
  }

  void shape_left_to_right(const Clusters& clusters, std::string& out) {
    std::string run;
    const auto end_run = [&] {
      if (!run.empty()) append_run(out, run, false);
      run.clear();
    };
    for (const Cluster& cluster : clusters) {
      if (is_shaped(cluster.base)) {
        if (run.size() + cluster.utf8.size() > kRunBytes) end_run();
        run += cluster.utf8;
        continue;
      }
      end_run();
      if (cluster.plain) {
        out += cluster.utf8;
      } else {
        append_run(out, cluster.utf8, false);
      }
    }
    end_run();
  }

  /// Words without a direction take that of their neighbours if these agree, that of the line otherwise (UAX #9 N1,
  /// N2).
  void resolve_directions() {
    std::size_t i = 0;
    bool before = right_to_left_;
    while (i < words_.size()) {
      if (words_[i].strong) {
        before = words_[i].right_to_left;
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < words_.size() && !words_[end].strong) ++end;
      const bool after = end < words_.size() ? words_[end].right_to_left : right_to_left_;
      for (; i < end; ++i) words_[i].right_to_left = before == after ? before : right_to_left_;
    }
  }

  void append_in_order(std::string& out) {
    // Every stretch against the line's direction is turned round; a line right to left as a whole, too.
    for (std::size_t i = 0; i < words_.size();) {
      std::size_t end = i;
      while (end < words_.size() && words_[end].right_to_left == words_[i].right_to_left) ++end;
      if (words_[i].right_to_left != right_to_left_) std::reverse(words_.begin() + long(i), words_.begin() + long(end));
      i = end;
    }
    if (right_to_left_) std::reverse(words_.begin(), words_.end());
    for (const Word& word : words_) out += word.right_to_left && !word.turned.empty() ? word.turned : word.utf8;
  }

  RunTable& runs_;
  std::uint64_t frame_;
  bool right_to_left_;
  Clusters word_;
  std::vector<Word> words_;
  std::vector<char32_t> numbers_;
};

}  // namespace

char32_t RunTable::number_of(std::string_view utf8, bool right_to_left, std::uint64_t frame) {
  std::string key(1, right_to_left ? 'R' : 'L');
  key += utf8;
  if (const auto known = numbers_.find(key); known != numbers_.end()) {
    touch(known->second, frame);
    return known->second;
  }
  char32_t number = kReplacement;
  if (!free_.empty()) {
    number = free_.back();
    free_.pop_back();
  } else if (next_ < kFirst + kCapacity) {
    number = next_++;
  } else {
    return kReplacement;
  }
  runs_[number - kFirst] = std::make_unique<Run>(Run{std::string(utf8), right_to_left, frame});
  numbers_.emplace(std::move(key), number);
  return number;
}

const Run* RunTable::find(char32_t number) const {
  if (number < kFirst || number >= kFirst + kCapacity) return nullptr;
  return runs_[number - kFirst].get();
}

void RunTable::touch(char32_t number, std::uint64_t frame) {
  if (number < kFirst || number >= kFirst + kCapacity) return;
  if (Run* run = runs_[number - kFirst].get(); run != nullptr) run->last_used = frame;
}

std::vector<char32_t> RunTable::evict_before(std::uint64_t frame) {
  std::vector<char32_t> evicted;
  for (auto entry = numbers_.begin(); entry != numbers_.end();) {
    std::unique_ptr<Run>& run = runs_[entry->second - kFirst];
    if (run->last_used >= frame) {
      ++entry;
      continue;
    }
    run.reset();
    evicted.push_back(entry->second);
    free_.push_back(entry->second);
    entry = numbers_.erase(entry);
  }
  return evicted;
}

bool is_plain(std::string_view utf8) {
  while (!utf8.empty()) {
    const auto lead = static_cast<unsigned char>(utf8.front());
    if (lead >= 0x20 && lead < 0x7F) {
      utf8.remove_prefix(1);
      continue;
    }
    const std::string_view before = utf8;
    const char32_t code = take_code(utf8);
    if (code == '\n') continue;
    const bool invalid = code == kReplacement && before.substr(0, 3) != "\xEF\xBF\xBD";
    if (invalid || code >= 0x10000 || code == '\t' || code == 0x2028 || code == 0x2029 || is_dropped(code) ||
        is_private(code) || is_shaped(code) || is_cluster_extension(code))
      return false;
  }
  return true;
}

ShapedText shape_text(std::string_view utf8, bool right_to_left, RunTable& runs, std::uint64_t frame) {
  ShapedText shaped;
  LineShaper line(runs, frame, right_to_left);
  Cluster cluster;
  while (take_cluster(utf8, cluster)) {
    if (cluster.base == '\n') {
      line.end_line(shaped);
      shaped.utf8 += '\n';
    } else if (cluster.base == ' ') {
      line.add_space();
    } else {
      line.add_cluster(cluster);
    }
  }
  line.end_line(shaped);
  return shaped;
}

bool TextEngine::is_right_to_left(std::string_view utf8) { return begins_right_to_left(utf8).value_or(false); }

std::string TextEngine::initials(std::string_view name) {
  std::vector<Cluster> firsts;
  bool at_start = true;
  Cluster cluster;
  while (take_cluster(name, cluster)) {
    if (cluster.utf8.empty()) continue;
    const bool separator = cluster.base == ' ' || cluster.base == '\n' || cluster.base == '-';
    if (separator) {
      at_start = true;
    } else if (at_start) {
      at_start = false;
      const bool shown = is_letter(cluster.base) || is_shaped(cluster.base) || !cluster.plain;
      const bool digit = cluster.base >= '0' && cluster.base <= '9';
      if (shown)
        firsts.push_back(cluster);
      else if (!digit && !firsts.empty())
        break;  // what follows "·" or "(" is not the name itself
    }
  }
  if (firsts.empty()) return {};
  std::string text = firsts.front().utf8;
  // Letters that join their neighbours say something else side by side.
  if (firsts.size() > 1 && !is_shaped(firsts.front().base) && !is_shaped(firsts.back().base))
    text += firsts.back().utf8;
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace sidetone::shell::text
