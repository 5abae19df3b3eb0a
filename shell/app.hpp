#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/client/state.hpp"
#include "shell/draw_context.hpp"
#include "shell/facts.hpp"
#include "shell/outbox.hpp"
#include "shell/screens/app_state.hpp"
#include "shell/text/glyph_source.hpp"
#include "shell/ui.hpp"

struct ImDrawData;

namespace sidetone::shell {

/// The whole interface, without a platform: input in, pixels and semantics out. Owns what ImGui draws with.
/// @thread one. No clock: times come with the frames.
class App {
 public:
  /// @param glyphs  outlives the App.
  explicit App(text::GlyphSource& glyphs);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Size of the canvas in device pixels, device pixels of a CSS pixel.
  void resize(int width, int height, float scale);
  Input& input();
  AppState& state();
  Locale& locale();
  void set_theme(ThemeName theme);
  void set_text_scale(float scale);
  void set_less_motion(bool less);
  /// @error kMalformed …: the facts stay as they were.
  Status set_facts(std::string_view json);
  void intent_done(const client::IntentDone& done);
  /// A picture that was asked for by show_picture. @param rgba  see Pictures::put.
  void put_picture(std::string_view name, int edge, const std::uint32_t* rgba);

  /// Draw one frame out of what the client knows.
  /// @param unix_s  seconds since 1970 by this machine's clock, with their parts.
  /// @return what is to be drawn, until the next frame; textures in it are kept by ImGui (ImTextureData).
  ImDrawData* frame(const client::State& client, double now_ms, double unix_s);
  [[nodiscard]] const Semantics& semantics() const;
  [[nodiscard]] Outbox& outbox();
  [[nodiscard]] DrawContext& drawing();
  /// Milliseconds of `now_ms` at which a frame is wanted even if nothing happens.
  [[nodiscard]] std::optional<double> next_wake_ms() const;
  /// Element that shall have the focus; taken once.
  std::optional<NodeId> take_focus_request();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sidetone::shell
