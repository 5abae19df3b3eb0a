#include "shell/text/text_engine.hpp"

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

}  // namespace

struct TextEngine::Impl {
  struct CachedText {
    ShapedText shaped;
    std::uint64_t last_used = 0;
  };

  Impl(GlyphSource& source, ImFontAtlas& to)
      : atlas(to), regular{&source, &runs, false, false}, strong{&source, &runs, true, false} {}

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

  ImFontAtlas& atlas;
  RunTable runs;
  LoadedFont regular;
  LoadedFont strong;
  ImFont* regular_font = nullptr;
  ImFont* strong_font = nullptr;
  std::unordered_map<std::string, CachedText> texts;
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
    if (rest.empty()) lines.emplace_back();
    while (!rest.empty() && lines.size() < kLines) {
      // Words as long as they fit.
      std::size_t taken = 0;
      float line_width = 0;
      while (taken < rest.size()) {
        const std::size_t word_end = std::min(rest.find(' ', taken), rest.size());
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
          const std::size_t size = rest.size() - taken - after.size();
          cut_width += width_of(rest.substr(taken, size));
          if (taken > 0 && cut_width > width) break;
          taken += size;
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
  // While there is room a run stays for some seconds; otherwise only what no kept text holds.
  const bool crowded = impl.runs.size() > RunTable::kCapacity * 3 / 4;
  const std::uint64_t age = crowded ? kTextFrames : kRunFrames;
  if (impl.frame > age)
    for (const char32_t number : impl.runs.evict_before(impl.frame - age)) forget_character(impl.atlas, number);
  make_space(impl.atlas, impl.regular.atlas_full || impl.strong.atlas_full);
  impl.regular.atlas_full = impl.strong.atlas_full = false;
}

}  // namespace sidetone::shell::text
