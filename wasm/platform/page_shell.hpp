#pragma once

#include <memory>
#include <string>

#include "wasm/page_program.hpp"
#include "wasm/platform/present.hpp"

namespace sidetone::page {

/// What JavaScript holds by its address.
struct PageShell {
  PageProgram program;
  std::string text;  ///< what was returned last

  /// @param webgl  draw by WebGL2, on the processor where there is none.
  PageShell(client::Bridge& client, std::unique_ptr<shell::text::GlyphSource> glyphs, bool webgl)
      : program(client, std::move(glyphs), [webgl]() -> std::unique_ptr<Screen> {
          if (webgl)
            if (std::unique_ptr<Screen> screen = make_webgl_screen()) return screen;
          return std::make_unique<RasterScreen>(present_on_canvas);
        }) {}

  const char* give(std::string value) {
    text = std::move(value);
    return text.c_str();
  }
  shell::Input& input() { return program.app().input(); }
};

}  // namespace sidetone::page
