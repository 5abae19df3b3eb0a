#include "window/keyboard.hpp"

#include <utility>

#include "window/elements.hpp"

namespace sidetone::window {
namespace {

using shell::Input;
using shell::Node;
using shell::NodeId;
using shell::Role;
using shell::Semantics;

bool is_arrow(std::string_view chord) { return chord.substr(0, 5) == "Arrow" || chord == "Home" || chord == "End"; }

/// A field's own text as one takes it from the clipboard: lines only where there can be some.
std::string for_field(const Node& field, std::string_view utf8) {
  std::string out;
  for (const char byte : utf8)
    if (static_cast<unsigned char>(byte) >= 0x20 || (byte == '\n' && (field.flags & shell::kMultiline) != 0))
      out += byte;
  return out;
}

}  // namespace

const Node* Keyboard::field(const Semantics& semantics, const Input& input) {
  const Node* node = semantics.find(input.focus);
  return node != nullptr && node->role == Role::kTextField ? node : nullptr;
}

void Keyboard::strike(const Semantics& semantics, Input& input, std::string_view chord) {
  if (chord == "Tab" || chord == "Shift+Tab")
    return focus(semantics, input, next_stop(semantics, input.focus, chord != "Tab"), true);
  const Node* node = semantics.find(input.focus);
  if (node != nullptr && node->role == Role::kTextField) {
    const bool multiline = (node->flags & shell::kMultiline) != 0;
    if (multiline && chord == "Shift+Enter") return type(semantics, input, "\n");
    if (editing_.strike(chord)) return put(input);
    const NodeId form = form_of(semantics, node->id);
    if (chord == "Enter" && !multiline && form != 0) return input.submits.push_back({form});
  } else if (node != nullptr) {
    input.focus_visible = true;
    if (chord == "Enter" || chord == "Space") return input.clicks.push_back({node->id});
    if (node->role == Role::kSlider && is_arrow(chord)) {
      const float by = chord == "ArrowRight" || chord == "ArrowUp" ? node->step : -node->step;
      return input.values.push_back({node->id, node->now + by});
    }
    if (is_arrow(chord)) arrow_ = chord;
    chosen_by_arrow_ = node->role == Role::kTab || node->role == Role::kRadio;
    if (arrow_ && chosen_by_arrow_) return;
  }
  input.keys.push_back({std::string(chord), input.focus});
}

void Keyboard::type(const Semantics& semantics, Input& input, std::string_view utf8) {
  const Node* node = field(semantics, input);
  if (node == nullptr) return;
  editing_.insert(for_field(*node, utf8));
  put(input);
}

void Keyboard::press(const Semantics& semantics, Input& input, NodeId element) {
  focus(semantics, input, element, false);
}

void Keyboard::follow(const Semantics& semantics, Input& input, std::optional<NodeId> request) {
  const std::optional<std::string> arrow = std::exchange(arrow_, std::nullopt);
  if (request) {
    focus(semantics, input, *request, input.focus_visible);
  } else if (arrow) {
    if (const NodeId item = next_item(semantics, input.focus, *arrow); item != 0) {
      focus(semantics, input, item, true);
      if (chosen_by_arrow_) input.clicks.push_back({item});
    }
  }
  if (input.focus != 0 && semantics.find(input.focus) == nullptr) focus(semantics, input, 0, input.focus_visible);
  const Node* node = field(semantics, input);
  if (node == nullptr || node->value == editing_.text) return;
  // The interface has set another text: a sent message, a cleared field.
  editing_ = {node->value, node->value.size()};
  input.caret = editing_.caret;
}

void Keyboard::focus(const Semantics& semantics, Input& input, NodeId element, bool visible) {
  input.focus = element;
  input.focus_visible = visible;
  input.caret.reset();
  const Node* node = field(semantics, input);
  if (node == nullptr) return;
  editing_ = {node->value, node->value.size()};
  input.caret = editing_.caret;
}

void Keyboard::put(Input& input) const {
  input.texts.push_back({input.focus, editing_.text});
  input.caret = editing_.caret;
}

}  // namespace sidetone::window
