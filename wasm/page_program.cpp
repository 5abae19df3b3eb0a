#include "wasm/page_program.hpp"

#include <algorithm>
#include <cmath>

#include <imgui.h>

namespace sidetone::page {

std::int64_t RasterScreen::show(ImDrawData& data, std::uint32_t background) {
  const std::vector<shell::render::IntRect> rects = raster_.render(data, background, false);
  std::int64_t pixels = 0;
  for (const shell::render::IntRect& rect : rects) pixels += rect.area();
  if (!rects.empty() && present_) present_(raster_.pixels(), raster_.width(), raster_.height(), rects);
  return pixels;
}

PageProgram::PageProgram(client::Bridge& client, std::unique_ptr<shell::text::GlyphSource> glyphs,
                         const std::function<std::unique_ptr<Screen>()>& make_screen)
    : client_(client),
      glyphs_(std::move(glyphs)),
      app_(std::make_unique<shell::App>(glyphs_)),
      screen_(make_screen()) {}

PageProgram::~PageProgram() = default;

void PageProgram::resize(int width, int height, float scale) {
  width = std::clamp(width, 1, shell::render::Raster::kLargestEdge);
  height = std::clamp(height, 1, shell::render::Raster::kLargestEdge);
  app_->resize(width, height, std::isfinite(scale) ? std::clamp(scale, 0.25F, 8.0F) : 1);
  screen_->resize(width, height);
  width_ = width;
  height_ = height;
}

void PageProgram::draw_on(std::unique_ptr<Screen> screen) {
  screen_ = std::move(screen);
  screen_->resize(width_, height_);
}

void PageProgram::set_preferences(shell::ThemeName theme, float text_scale, bool less_motion) {
  theme_ = theme;
  app_->set_theme(theme);
  app_->set_text_scale(text_scale);
  app_->set_less_motion(less_motion);
}

PageProgram::Frame PageProgram::frame(double now_ms, double unix_s) {
  now_ms_ = now_ms;
  Frame result;
  ImDrawData* data = app_->frame(client_.state(), now_ms, unix_s);
  const std::int64_t pixels = screen_->show(*data, shell::color_of(theme_, shell::Color::kCanvas));
  ++frames_;
  if (pixels > 0) {
    result.presented = true;
    ++presented_;
    pixels_ += pixels;
  }
  if (const ImTextureData* atlas = app_->drawing().atlas().TexData; atlas != nullptr) {
    atlas_width_ = atlas->Width;
    atlas_height_ = atlas->Height;
  }
  if (nodes_ != app_->semantics().nodes()) {
    nodes_ = app_->semantics().nodes();
    result.semantics = true;
  }
  result.outbox = !app_->outbox().empty();
  return result;
}

std::string PageProgram::tell_semantics(bool changes) {
  const shell::Semantics& semantics = app_->semantics();
  std::string json = changes ? semantics.to_json(told_) : semantics.to_json();
  told_ = semantics.nodes();
  return json;
}

std::optional<double> PageProgram::next_wake() const {
  const std::optional<double> at = app_->next_wake_ms();
  if (!at) return std::nullopt;
  return std::max(0.0, *at - now_ms_);
}

std::string PageProgram::stats_json() const {
  const auto member = [](const char* name, std::int64_t value) {
    return std::string("\"") + name + "\":" + std::to_string(value);
  };
  return "{" + member("frames", frames_) + "," + member("presented", presented_) + "," + member("pixels", pixels_) +
         "," + member("glyphs", glyphs_.count) + "," + member("atlas_width", atlas_width_) + "," +
         member("atlas_height", atlas_height_) + "}";
}

}  // namespace sidetone::page
