#include "shell/text/text_engine.hpp"

#include <algorithm>
#include <unordered_map>

#include <imgui.h>
#include "shell/text/font_loader.hpp"
#include "shell/text/runs.hpp"
#include "shell/text/unicode.hpp"

namespace sidetone::shell::text {
namespace {

constexpr std::uint64_t kTextFrames = 4;   ///< how long a shaped text stays without being asked for
constexpr std::uint64_t kRunFrames = 240;  ///< a run, with its place in the atlas
constexpr int kAtlasWidth = 4096;
constexpr int kAtlasHeight = 2048;

/// Those of the offsets that stand between two characters of scripts without blanks: elsewhere a line breaks at blanks.
std::vector<std::size_t> between_unspaced(std::string_view utf8, const std::vector<std::size_t>& starts) {
  std::vector<std::size_t> kept;
  auto next = starts.begin();
  bool unspaced = false;
  for (std::string_view rest = utf8; !rest.empty();) {
    const std::size_t at = utf8.size() - rest.size();
    while (next != starts.end() && *next < at) ++next;
    const char32_t code = take_code(rest);
    // Khmer may have it between words.
    if (code == kZeroWidthSpace) continue;
    const bool before = unspaced;
    unspaced = is_unspaced(code);
    if (before && unspaced && next != starts.end() && *next == at) kept.push_back(at);
  }
  return kept;
}

bool has_unspaced(std::string_view utf8) {
  // All of them are three bytes that begin so; plain text is passed over quickly.
  while (!utf8.empty())
    if (static_cast<unsigned char>(utf8.front()) < 0xE0)
      utf8.remove_prefix(1);
    else if (is_unspaced(take_code(utf8)))
      return true;
  return false;
}

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

struct TextEngine::Impl {
  struct CachedText {
    ShapedText shaped;
    std::uint64_t last_used = 0;
  };

  struct CachedWords {
    std::vector<std::size_t> starts;
    std::uint64_t last_used = 0;
  };

  Impl(GlyphSource& source, ImFontAtlas& to)
      : glyphs(source), atlas(to), regular{&source, &runs, false, false}, strong{&source, &runs, true, false} {}

  std::string_view shaped(std::string_view utf8, bool right_to_left) {
    std::string key(1, right_to_left ? 'R' : 'L');
    key += utf8;
    const auto [entry, fresh] = texts.try_emplace(std::move(key));
    CachedText& text = entry->second;
    if (fresh) {
      text.shaped = shape_text(utf8, right_to_left, runs, frame);
    } else if (text.last_used != frame) {
      for (const char32_t number : text.shaped.numbers) runs.touch(number, frame);
    }
    text.last_used = frame;
    return text.shaped.utf8;
  }

  /// Byte offsets at which a line may break although there is no blank. Valid until 4 frames unused.
  const std::vector<std::size_t>& breaks(std::string_view utf8) {
    static const std::vector<std::size_t> kNone;
    if (!has_unspaced(utf8)) return kNone;
    const auto [entry, fresh] = words.try_emplace(std::string(utf8));
    if (fresh) {
      std::vector<std::size_t> starts;
      glyphs.part_words(utf8, starts);
      entry->second.starts = between_unspaced(utf8, starts);
    }
    entry->second.last_used = frame;
    return entry->second.starts;
  }

  GlyphSource& glyphs;
  ImFontAtlas& atlas;
  RunTable runs;
  LoadedFont regular;
  LoadedFont strong;
  ImFont* regular_font = nullptr;
  ImFont* strong_font = nullptr;
  std::unordered_map<std::string, CachedText> texts;
  std::unordered_map<std::string, CachedWords> words;
  std::uint64_t frame = kTextFrames + 1;
};

TextEngine::TextEngine(GlyphSource& source, ImFontAtlas& atlas) : impl_(std::make_unique<Impl>(source, atlas)) {
  atlas.TexMaxWidth = kAtlasWidth;
  atlas.TexMaxHeight = kAtlasHeight;
  impl_->regular_font = add_font(atlas, impl_->regular);
  impl_->strong_font = add_font(atlas, impl_->strong);
}

TextEngine::~TextEngine() = default;

ImFont* TextEngine::font(bool strong) const { return strong ? impl_->strong_font : impl_->regular_font; }

std::string_view TextEngine::shape(std::string_view utf8) {
  return is_plain(utf8) ? utf8 : impl_->shaped(utf8, is_right_to_left(utf8));
}

/// Takes as much of a line as fits, in the order in which it is read.
class TextEngine::LineBreaker {
 public:
  /// @param line  without line feeds; outlives this. @param width  device pixels
  LineBreaker(TextEngine& engine, std::string_view line, bool strong, float size_px, float width)
      : engine_(engine),
        breaks_(engine.impl_->breaks(line)),
        line_(line),
        font_(*engine.font(strong)),
        size_px_(size_px),
        width_(width),
        space_(width_of(" ")) {}

  /// Words from `at` on, each with the blanks behind it. @return the end of what fits
  std::size_t words(std::size_t at) {
    used_ = 0;
    while (at < line_.size()) {
      const auto next = std::upper_bound(breaks_.begin(), breaks_.end(), at);
      const std::size_t word = next == breaks_.end() ? line_.size() : *next;
      const std::size_t word_end = std::min({line_.find(' ', at), word, line_.size()});
      const std::size_t blanks_end = std::min(line_.find_first_not_of(' ', word_end), line_.size());
      const float word_width = width_of(line_.substr(at, word_end - at));
      if (used_ + word_width > width_) break;
      used_ += word_width + space_ * static_cast<float>(blanks_end - word_end);
      at = blanks_end;
    }
    return at;
  }

  /// Characters of the word at `at`, behind the words that were taken. Shaped text is cut like any other.
  std::size_t characters(std::size_t at) {
    while (at < line_.size() && line_[at] != ' ') {
      const std::size_t end = character_end(at);
      const float character = width_of(line_.substr(at, end - at));
      if (used_ + character > width_) break;
      used_ += character;
      at = end;
    }
    return at;
  }

  /// @return the end of the character at `at`, with what hangs on it
  [[nodiscard]] std::size_t character_end(std::size_t at) const {
    std::string_view after = line_.substr(at);
    take_code(after);
    for (std::string_view next = after; !next.empty(); after = next)
      if (const char32_t code = take_code(next);
          !is_mark(code) && code != kZeroWidthJoiner && !is_variation_selector(code) && !is_skin_tone(code))
        break;
    return line_.size() - after.size();
  }

  [[nodiscard]] float width_of_shaped(std::string_view seen) const {
    return font_.CalcTextSizeA(size_px_, FLT_MAX, 0, seen.data(), seen.data() + seen.size()).x;
  }

 private:
  float width_of(std::string_view text) { return width_of_shaped(engine_.shape(text)); }

  TextEngine& engine_;
  const std::vector<std::size_t>& breaks_;
  std::string_view line_;
  ImFont& font_;
  float size_px_;
  float width_;
  float space_;
  float used_ = 0;
};

std::vector<TextEngine::Line> TextEngine::wrap(std::string_view utf8, bool strong, float size_px, float width) {
  std::vector<Line> lines;
  while (!utf8.empty() && lines.size() < kLines) {
    const std::string_view paragraph = utf8.substr(0, utf8.find('\n'));
    utf8.remove_prefix(std::min(paragraph.size() + 1, utf8.size()));
    const bool right_to_left = is_right_to_left(paragraph);
    if (paragraph.empty()) lines.push_back({paragraph, 0});
    LineBreaker breaker(*this, paragraph, strong, size_px, width);
    for (std::size_t at = 0; at < paragraph.size() && lines.size() < kLines;) {
      const std::size_t begin = at;
      at = breaker.words(begin);
      if (at == begin) at = std::max(breaker.characters(begin), breaker.character_end(begin));
      std::string_view line = paragraph.substr(begin, at - begin);
      if (at < paragraph.size()) line = without_blanks_behind(line);
      const std::string_view seen = is_plain(line) ? line : impl_->shaped(line, right_to_left);
      lines.push_back({seen, breaker.width_of_shaped(seen)});
    }
  }
  return lines;
}

std::string_view TextEngine::beginning(std::string_view utf8, bool strong, float size_px, float width) {
  if (is_plain(utf8)) {
    const char* rest = utf8.data();
    font(strong)->CalcTextSizeA(size_px, std::max(width, 0.0F), 0, utf8.data(), utf8.data() + utf8.size(), &rest);
    return without_blanks_behind(utf8.substr(0, static_cast<std::size_t>(rest - utf8.data())));
  }
  LineBreaker breaker(*this, utf8, strong, size_px, width);
  std::size_t end = breaker.words(0);
  std::string_view rest = utf8.substr(end);
  // What is left of a shaped word has other shapes: it goes as a whole unless it is all there is.
  if (end == 0 || (!rest.empty() && !is_shaped(take_code(rest)))) end = breaker.characters(end);
  return impl_->shaped(without_blanks_behind(utf8.substr(0, end)), is_right_to_left(utf8));
}

void TextEngine::end_frame() {
  Impl& impl = *impl_;
  ++impl.frame;
  for (auto text = impl.texts.begin(); text != impl.texts.end();)
    text = text->second.last_used + kTextFrames < impl.frame ? impl.texts.erase(text) : std::next(text);
  for (auto text = impl.words.begin(); text != impl.words.end();)
    text = text->second.last_used + kTextFrames < impl.frame ? impl.words.erase(text) : std::next(text);
  // While there is room a run stays for some seconds; otherwise only what no kept text holds.
  const bool crowded = impl.runs.size() > RunTable::kCapacity * 3 / 4;
  const std::uint64_t age = crowded ? kTextFrames : kRunFrames;
  if (impl.frame > age)
    for (const char32_t number : impl.runs.evict_before(impl.frame - age)) forget_character(impl.atlas, number);
  make_space(impl.atlas, impl.regular.atlas_full || impl.strong.atlas_full);
  impl.regular.atlas_full = impl.strong.atlas_full = false;
}

}  // namespace sidetone::shell::text
