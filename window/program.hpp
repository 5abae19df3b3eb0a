#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/text/truetype_glyphs.hpp"
#include "wasm/page_program.hpp"
#include "window/keyboard.hpp"
#include "window/requests.hpp"
#include "window/surface.hpp"

union SDL_Event;

namespace sidetone::window {

/// The interface and the client's core in a window. What is outside of them (the service, peer connections, words) is
/// with who opened it.
/// @thread one
class Program {
 public:
  explicit Program(Surface& surface);

  /// @return the answer as a line; nothing for Wait, which is answered by idle().
  std::optional<std::string> carry_out(std::string_view request);
  void happened(const SDL_Event& event);
  /// Draw if a frame is due and the window is left to the person. @return the answer to Wait, when it has come.
  std::optional<std::string> idle();
  /// Milliseconds after which idle() has something to do even if nothing happens.
  [[nodiscard]] std::optional<int> idle_after_ms() const;

 private:
  /// The person's time: since when, on the clocks of the interface and of the machine.
  struct Waiting {
    Wait request;
    std::chrono::steady_clock::time_point since;
  };
  Answer answer(const AddFont& request);
  Answer answer(const Resize& request);
  Answer answer(const Speak& request);
  Answer answer(const Prefer& request);
  Answer answer(const SetFacts& request);
  Answer answer(const Dispatch& request);
  Answer answer(const TellDone& request);
  Answer answer(const Click& request);
  Answer answer(const SetText& request);
  Answer answer(const Submit& request);
  Answer answer(const Strike& request);
  Answer answer(const Point& request);
  Answer answer(const Draw& request);
  Answer answer(const ListNodes& request);
  Answer answer(const TakeOutbox& request);
  Answer answer(const Copy& request);
  Answer answer(const Wait& request);

  void strike(const std::string& chord);
  void type(std::string_view utf8);
  void press(bool down);
  void resized(int width, int height);
  void draw_live();
  [[nodiscard]] double now_ms() const;
  shell::Input& input() { return page_.app().input(); }
  const shell::Semantics& semantics() { return page_.app().semantics(); }

  Surface& surface_;
  client::Bridge client_;
  std::list<std::vector<std::uint8_t>> fonts_;  // before who draws with them
  shell::text::TrueTypeGlyphs* glyphs_ = nullptr;
  page::PageProgram page_;
  Keyboard keyboard_;
  Prefer preferences_;
  float scale_ = 1;
  shell::NodeId pressed_on_ = 0;
  std::optional<Waiting> waiting_;
  double drawn_ms_ = 0;
  bool dirty_ = true;   ///< something has changed since the last frame
  bool wants_ = false;  ///< something waits in the outbox
  bool closed_ = false;
};

}  // namespace sidetone::window
