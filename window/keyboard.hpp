#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shell/ui.hpp"
#include "window/text_editing.hpp"

namespace sidetone::window {

/// Focus, keys and typed text on their way into the interface, by the rules of the page (web/page/input.ts,
/// docs/adr/0007): what an element can do itself it does, all else the interface hears of as a chord.
class Keyboard {
 public:
  /// A key went down. @param chord  "Ctrl+K", "Tab", "Enter", "a"; of characters only those that no field takes.
  void strike(const shell::Semantics& semantics, shell::Input& input, std::string_view chord);
  /// Typed characters.
  void type(const shell::Semantics& semantics, shell::Input& input, std::string_view utf8);
  /// The pointer was pressed on this element; 0: beside all.
  void press(const shell::Semantics& semantics, shell::Input& input, shell::NodeId element);
  /// After a frame: elements and texts may have changed. @param request  element that shall have the focus
  void follow(const shell::Semantics& semantics, shell::Input& input, std::optional<shell::NodeId> request);
  /// The field that has the focus; nullptr: none has.
  [[nodiscard]] static const shell::Node* field(const shell::Semantics& semantics, const shell::Input& input);

 private:
  void focus(const shell::Semantics& semantics, shell::Input& input, shell::NodeId element, bool visible);
  void put(shell::Input& input) const;

  TextEditing editing_;
  /// An arrow that was struck in a list: the interface moves the focus, or leaves that to us.
  std::optional<std::string> arrow_;
  bool chosen_by_arrow_ = false;
};

}  // namespace sidetone::window
