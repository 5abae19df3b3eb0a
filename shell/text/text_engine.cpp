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

std::vector<std::string_view> TextEngine::wrap(std::string_view utf8, bool strong, float size_px, float width) {
  std::vector<std::string_view> lines;
  ImFont& font = *this->font(strong);
  const auto width_of = [&](std::string_view text) {
    const std::string_view seen = shape(text);
    return font.CalcTextSizeA(size_px, FLT_MAX, 0, seen.data(), seen.data() + seen.size()).x;
  };
  const float space = width_of(" ");
  while (!utf8.empty() && lines.size() < kLines) {
    const std::size_t end = std::min(utf8.find('\n'), utf8.size());
    std::string_view rest = utf8.substr(0, end);
    utf8.remove_prefix(std::min(end + 1, utf8.size()));
    const bool right_to_left = is_right_to_left(rest);
    const std::vector<std::size_t>& breaks = impl_->breaks(rest);
    const std::size_t size = rest.size();
    if (rest.empty()) lines.emplace_back();
    while (!rest.empty() && lines.size() < kLines) {
      // Words as long as they fit.
      std::size_t taken = 0;
      float line_width = 0;
      while (taken < rest.size()) {
        const std::size_t gone = size - rest.size();
        const auto next = std::upper_bound(breaks.begin(), breaks.end(), gone + taken);
        const std::size_t word = next == breaks.end() ? rest.size() : *next - gone;
        const std::size_t word_end = std::min({rest.find(' ', taken), word, rest.size()});
        const std::size_t blanks_end = std::min(rest.find_first_not_of(' ', word_end), rest.size());
        const float word_width = width_of(rest.substr(taken, word_end - taken));
        if (line_width + word_width > width) break;
        line_width += word_width + space * static_cast<float>(blanks_end - word_end);
        taken = blanks_end;
      }
      if (taken == 0) {
        // Not even one word: as many of its characters as fit, at least one. Shaped text is cut like any other.
        float cut_width = 0;
        while (taken < rest.size()) {
          std::string_view after = rest.substr(taken);
          take_code(after);
          for (std::string_view next = after; !next.empty(); after = next)
            if (const char32_t code = take_code(next);
                !is_mark(code) && code != kZeroWidthJoiner && !is_variation_selector(code) && !is_skin_tone(code))
              break;
          const std::size_t bytes = rest.size() - taken - after.size();
          cut_width += width_of(rest.substr(taken, bytes));
          if (taken > 0 && cut_width > width) break;
          taken += bytes;
        }
      }
      std::string_view line = rest.substr(0, taken);
      rest.remove_prefix(taken);
      while (!rest.empty() && !line.empty() && line.back() == ' ') line.remove_suffix(1);
      lines.push_back(is_plain(line) ? line : impl_->shaped(line, right_to_left));
    }
  }
  return lines;
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
