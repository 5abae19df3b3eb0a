// What the module for pictures and tests under node has beyond the page's: letters from TrueType files, pixels to read.
#include <emscripten/emscripten.h>

#include <cstdint>

#include "shell/text/truetype_glyphs.hpp"
#include "wasm/platform/page_shell.hpp"

namespace {

/// A page's shell that knows where its letters come from.
struct StageShell : sidetone::page::PageShell {
  sidetone::shell::text::TrueTypeGlyphs& fonts;

  StageShell(sidetone::client::Bridge& client, std::unique_ptr<sidetone::shell::text::TrueTypeGlyphs> glyphs)
      : StageShell(client, *glyphs, std::move(glyphs)) {}

 private:
  StageShell(sidetone::client::Bridge& client, sidetone::shell::text::TrueTypeGlyphs& borrowed,
             std::unique_ptr<sidetone::shell::text::TrueTypeGlyphs> glyphs)
      : PageShell(client, std::move(glyphs), false), fonts(borrowed) {}
};

}  // namespace

extern "C" {

/// A shell as of shell_create, with TrueType files in place of the browser's fonts. Their bytes outlive it.
/// @return null: not fonts.
EMSCRIPTEN_KEEPALIVE StageShell* stage_create(sidetone::client::Bridge* client, const std::uint8_t* regular,
                                              std::size_t regular_bytes, const std::uint8_t* strong,
                                              std::size_t strong_bytes) {
  auto glyphs = std::make_unique<sidetone::shell::text::TrueTypeGlyphs>();
  if (!glyphs->add({regular, regular_bytes}, false) || !glyphs->add({strong, strong_bytes}, true)) return nullptr;
  return new StageShell(*client, std::move(glyphs));
}

EMSCRIPTEN_KEEPALIVE void stage_destroy(StageShell* self) { delete self; }

/// One more font, for what the earlier ones have not got. Its bytes outlive the shell.
/// @return 0: not a font.
EMSCRIPTEN_KEEPALIVE int stage_add_font(StageShell* self, const std::uint8_t* font, std::size_t bytes, int strong) {
  return self->fonts.add({font, bytes}, strong != 0) ? 1 : 0;
}

/// @return the picture as R, G, B, A
EMSCRIPTEN_KEEPALIVE const std::uint32_t* stage_pixels(StageShell* self) { return self->program.screen().pixels(); }
}
