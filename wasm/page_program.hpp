#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/bridge.hpp"
#include "shell/app.hpp"
#include "shell/render/raster.hpp"

struct ImDrawData;

/// The interface as the page drives it, without a browser: what happened goes in, a frame goes to a screen, semantics
/// and wishes come out.
namespace sidetone::page {

/// Where frames go.
class Screen {
 public:
  virtual ~Screen() = default;
  virtual void resize(int width, int height) = 0;
  /// Show a frame; what does not differ from the one before may stay. @return pixels drawn anew
  virtual std::int64_t show(ImDrawData& data, std::uint32_t background) = 0;
  /// @return rows of R, G, B, A; nullptr where they are not in memory.
  [[nodiscard]] virtual const std::uint32_t* pixels() const { return nullptr; }
};

/// Draws on the processor.
class RasterScreen final : public Screen {
 public:
  /// Bring these parts of the picture, rows of `width` pixels, before the person.
  using Present = std::function<void(const std::uint32_t* pixels, int width, int height,
                                     const std::vector<shell::render::IntRect>& rects)>;
  explicit RasterScreen(Present present) : present_(std::move(present)) {}
  void resize(int width, int height) override { raster_.resize(width, height); }
  std::int64_t show(ImDrawData& data, std::uint32_t background) override;
  [[nodiscard]] const std::uint32_t* pixels() const override { return raster_.pixels(); }

 private:
  shell::render::Raster raster_;
  Present present_;
};

class PageProgram {
 public:
  /// @param client  outlives the program.
  PageProgram(client::Bridge& client, std::unique_ptr<shell::text::GlyphSource> glyphs,
              const std::function<std::unique_ptr<Screen>()>& make_screen);
  ~PageProgram();
  PageProgram(const PageProgram&) = delete;
  PageProgram& operator=(const PageProgram&) = delete;

  /// Device pixels; device pixels of a CSS pixel.
  void resize(int width, int height, float scale);
  /// Go on with another screen: the one before has been lost. The next frame is drawn whole.
  void draw_on(std::unique_ptr<Screen> screen);
  void set_preferences(shell::ThemeName theme, float text_scale, bool less_motion);
  [[nodiscard]] shell::App& app() { return *app_; }

  struct Frame {
    bool presented = false;  ///< pixels changed
    bool semantics = false;  ///< the nodes changed
    bool outbox = false;     ///< something waits in it
  };
  Frame frame(double now_ms, double unix_s);
  /// JSON of shell/semantics.hpp. @param changes  who is the same since the last time is an id alone.
  std::string tell_semantics(bool changes);
  /// Milliseconds from the last frame on after which the next one is wanted.
  [[nodiscard]] std::optional<double> next_wake() const;
  [[nodiscard]] const Screen& screen() const { return *screen_; }
  /// {"frames":…,"presented":…,"pixels":…,"glyphs":…,"atlas_width":…,"atlas_height":…}
  [[nodiscard]] std::string stats_json() const;

 private:
  /// Counts what the source underneath draws.
  class CountedGlyphs final : public shell::text::GlyphSource {
   public:
    explicit CountedGlyphs(std::unique_ptr<shell::text::GlyphSource> source) : source_(std::move(source)) {}
    bool rasterize(const shell::text::GlyphRequest& request, shell::text::GlyphBitmap& out) override {
      ++count;
      return source_->rasterize(request, out);
    }
    void part_words(std::string_view utf8, std::vector<std::size_t>& starts) override {
      source_->part_words(utf8, starts);
    }
    std::int64_t count = 0;

   private:
    std::unique_ptr<shell::text::GlyphSource> source_;
  };

  client::Bridge& client_;
  CountedGlyphs glyphs_;
  std::unique_ptr<shell::App> app_;
  std::unique_ptr<Screen> screen_;
  int width_ = 1;
  int height_ = 1;
  std::vector<shell::Node> nodes_;  ///< of the frame before
  std::vector<shell::Node> told_;   ///< by tell_semantics()
  shell::ThemeName theme_ = shell::ThemeName::kLight;
  double now_ms_ = 0;
  std::int64_t frames_ = 0;
  std::int64_t presented_ = 0;
  std::int64_t pixels_ = 0;
  int atlas_width_ = 0;
  int atlas_height_ = 0;
};

}  // namespace sidetone::page
