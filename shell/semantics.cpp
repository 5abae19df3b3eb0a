#include "shell/semantics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "shell/json_text.hpp"

namespace sidetone::shell {

Node& Semantics::add(NodeId id, Role role, std::string_view label, const Rect& rect) {
  Node& node = nodes_.emplace_back();
  node.id = id;
  node.role = role;
  node.parent = open_.empty() ? 0 : open_.back();
  node.label = label;
  node.rect = rect;
  return node;
}

Node& Semantics::begin(NodeId id, Role role, std::string_view label, const Rect& rect) {
  Node& node = add(id, role, label, rect);
  open_.push_back(id);
  return node;
}

const Node* Semantics::find(NodeId id) const {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) { return node.id == id; });
  return found == nodes_.end() ? nullptr : &*found;
}

bool Semantics::inside(NodeId container) const {
  return std::find(open_.begin(), open_.end(), container) != open_.end();
}

std::string Semantics::to_json(const std::vector<Node>& told) const {
  std::string out = "[";
  // Most nodes follow in what was told on the one before them.
  auto next = told.begin();
  const auto stays = [&](const Node& node) {
    const auto found = std::find_if(next, told.end(), [&](const Node& one) { return one.id == node.id; });
    if (found == told.end()) return false;
    next = found + 1;
    return *found == node;
  };
  // `end` stands behind the last member that is not its default: what follows is cut off.
  std::size_t end = 0;
  const auto text = [&](const std::string& value) {
    out += ',';
    append_json_string(out, value);
    if (!value.empty()) end = out.size();
  };
  const auto number = [&](double value) {
    out += ',';
    append_json_number(out, value);
    if (value != 0) end = out.size();
  };
  const auto four = [&](const std::array<float, 4>& values) {
    out += ",[";
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out += ',';
      append_json_number(out, values[i]);
    }
    out += ']';
    if (values != std::array<float, 4>{}) end = out.size();
  };
  for (const Node& node : nodes_) {
    if (out.size() > 1) out += ',';
    if (stays(node)) {
      out += std::to_string(node.id);
      continue;
    }
    out += '[';
    out += std::to_string(node.id);
    out += ",\"";
    out += role_name(node.role);
    out += '"';
    end = out.size();
    number(node.parent);
    text(node.label);
    text(node.value);
    text(node.description);
    text(node.hint);
    text(node.autocomplete);
    number(node.flags);
    four({std::round(node.rect.left), std::round(node.rect.top), std::round(node.rect.right),
          std::round(node.rect.bottom)});
    number(node.text_px);
    four({node.low, node.high, node.now, node.step});
    number(node.position);
    number(node.count);
    number(node.level);
    out.resize(end);
    out += ']';
  }
  out += ']';
  return out;
}

bool is_interactive(Role role) {
  switch (role) {
    case Role::kButton:
    case Role::kToggle:
    case Role::kLink:
    case Role::kTextField:
    case Role::kFile:
    case Role::kSwitch:
    case Role::kCheckbox:
    case Role::kRadio:
    case Role::kSlider:
    case Role::kOption:
    case Role::kTab:
      return true;
    default:
      return false;
  }
}

std::string_view role_name(Role role) {
  static constexpr std::array<std::string_view, 30> kNames{
      "navigation", "main",        "region",   "form",  "dialog", "list",   "list_item", "listbox",
      "tablist",    "radio_group", "log",      "group", "button", "toggle", "link",      "text_field",
      "file",       "switch",      "checkbox", "radio", "slider", "option", "tab",       "heading",
      "text",       "image",       "meter",    "timer", "status", "alert"};
  static_assert(kNames.size() == static_cast<std::size_t>(Role::kAlert) + 1);
  return kNames[static_cast<std::size_t>(role)];
}

}  // namespace sidetone::shell
