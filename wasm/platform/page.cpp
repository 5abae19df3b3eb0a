// The C interface of the page's program to JavaScript, beside that of the core (bridge.cpp). Strings are UTF-8 with
// their bytes, or end with a zero; what is returned belongs to the shell and holds until its next call.
#include <emscripten/emscripten.h>

#include "core/client/commands.hpp"
#include "wasm/platform/browser_glyphs.hpp"
#include "wasm/platform/page_shell.hpp"

namespace page = sidetone::page;
namespace shell = sidetone::shell;
using Shell = page::PageShell;

extern "C" {

/// @param renderer  0: the processor; 1: WebGL2, the processor where there is none.
EMSCRIPTEN_KEEPALIVE Shell* shell_create(sidetone::client::Bridge* client, int renderer) {
  return new Shell(*client, std::make_unique<page::BrowserGlyphs>(), renderer == 1);
}

EMSCRIPTEN_KEEPALIVE void shell_destroy(Shell* self) { delete self; }

EMSCRIPTEN_KEEPALIVE void shell_resize(Shell* self, int width, int height, double scale) {
  self->program.resize(width, height, static_cast<float>(scale));
}

EMSCRIPTEN_KEEPALIVE void shell_locale(Shell* self, const char* language, const char* table, std::size_t bytes,
                                       int utc_offset_s) {
  shell::Locale& locale = self->program.app().locale();
  locale.load(language, {table, bytes});
  locale.set_utc_offset(utc_offset_s);
}

/// The WebGL context is lost: go on by the processor.
EMSCRIPTEN_KEEPALIVE void shell_draw_on_processor(Shell* self) {
  self->program.draw_on(std::make_unique<page::RasterScreen>(page::present_on_canvas));
}

/// @param theme  0 light, 1 dark, 2 contrast
EMSCRIPTEN_KEEPALIVE void shell_preferences(Shell* self, int theme, double text_scale, int less_motion) {
  const auto name = theme == 2   ? shell::ThemeName::kContrast
                    : theme == 1 ? shell::ThemeName::kDark
                                 : shell::ThemeName::kLight;
  self->program.set_preferences(name, static_cast<float>(text_scale), less_motion != 0);
}

/// @return 0: not well formed; the facts stay as they were.
EMSCRIPTEN_KEEPALIVE int shell_facts(Shell* self, const char* json, std::size_t bytes) {
  return self->program.app().set_facts({json, bytes}) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE void shell_click(Shell* self, std::uint32_t node) { self->input().clicks.push_back({node}); }

EMSCRIPTEN_KEEPALIVE void shell_text(Shell* self, std::uint32_t node, const char* text, std::size_t bytes) {
  self->input().texts.push_back({node, std::string(text, bytes)});
}

EMSCRIPTEN_KEEPALIVE void shell_value(Shell* self, std::uint32_t node, double value) {
  self->input().values.push_back({node, static_cast<float>(value)});
}

EMSCRIPTEN_KEEPALIVE void shell_submit(Shell* self, std::uint32_t node) { self->input().submits.push_back({node}); }

EMSCRIPTEN_KEEPALIVE void shell_key(Shell* self, const char* chord, std::uint32_t focus) {
  self->input().keys.push_back({chord, focus});
}

EMSCRIPTEN_KEEPALIVE void shell_pointer(Shell* self, double x, double y, int touch) {
  self->input().pointer_x = static_cast<float>(x);
  self->input().pointer_y = static_cast<float>(y);
  self->input().touch = touch != 0;
}

/// The pointer's button, for dragging and looks.
EMSCRIPTEN_KEEPALIVE void shell_press(Shell* self, int down) { self->input().pointer_down = down != 0; }

EMSCRIPTEN_KEEPALIVE void shell_wheel(Shell* self, double pixels) { self->input().wheel += static_cast<float>(pixels); }

EMSCRIPTEN_KEEPALIVE void shell_focus(Shell* self, std::uint32_t node, int visible) {
  self->input().focus = node;
  self->input().focus_visible = visible != 0;
}

EMSCRIPTEN_KEEPALIVE void shell_intent_done(Shell* self, const char* json, std::size_t bytes) {
  if (const auto done = sidetone::protocol::decode_record<sidetone::client::IntentDone>({json, bytes}))
    self->program.app().intent_done(*done);
}

/// A picture that show_picture asked for. @param rgba  edge × edge pixels.
EMSCRIPTEN_KEEPALIVE void shell_picture(Shell* self, const char* name, int edge, const std::uint32_t* rgba) {
  self->program.app().put_picture(name, edge, rgba);
}

/// @return 1: pixels changed and were presented; 2: the semantics changed; 4: something waits in the outbox
EMSCRIPTEN_KEEPALIVE int shell_frame(Shell* self, double now_ms, double unix_s) {
  const page::PageProgram::Frame frame = self->program.frame(now_ms, unix_s);
  return (frame.presented ? 1 : 0) | (frame.semantics ? 2 : 0) | (frame.outbox ? 4 : 0);
}

/// @param changes  1: who is the same since the last time is an id alone
EMSCRIPTEN_KEEPALIVE const char* shell_semantics(Shell* self, int changes) {
  return self->give(self->program.tell_semantics(changes != 0));
}

EMSCRIPTEN_KEEPALIVE const char* shell_outbox(Shell* self) {
  return self->give(self->program.app().outbox().take_json());
}

/// @return milliseconds from the last frame on after which the next one is wanted; −1: none is
EMSCRIPTEN_KEEPALIVE double shell_next_wake(Shell* self) { return self->program.next_wake().value_or(-1); }

/// @return element that shall have the focus; 0: as it is
EMSCRIPTEN_KEEPALIVE std::uint32_t shell_focus_request(Shell* self) {
  return self->program.app().take_focus_request().value_or(0);
}

EMSCRIPTEN_KEEPALIVE const char* shell_stats(Shell* self) { return self->give(self->program.stats_json()); }
}
