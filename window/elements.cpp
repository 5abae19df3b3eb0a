#include "window/elements.hpp"

#include <algorithm>

namespace sidetone::window {
namespace {

using shell::Node;
using shell::NodeId;
using shell::Role;
using shell::Semantics;

bool takes_focus(const Node& node) { return (node.flags & shell::kDisabled) == 0 && shell::is_interactive(node.role); }

/// Only what is inside an open modal dialog can be reached.
NodeId modal_of(const Semantics& semantics) {
  NodeId modal = 0;
  for (const Node& node : semantics.nodes())
    if (node.role == Role::kDialog && (node.flags & shell::kModal) != 0) modal = node.id;
  return modal;
}

template <class Accept>
const Node* around(const Semantics& semantics, NodeId id, Accept accept) {
  for (const Node* node = semantics.find(id); node != nullptr; node = semantics.find(node->parent))
    if (accept(*node)) return node;
  return nullptr;
}

bool reachable(const Semantics& semantics, const Node& node, NodeId modal) {
  return modal == 0 || around(semantics, node.id, [&](const Node& one) { return one.id == modal; }) != nullptr;
}

/// Rows that are seen in part do not lie over what is outside their list.
bool is_cut_off(const Semantics& semantics, const Node& node, float x, float y) {
  return around(semantics, node.parent, [&](const Node& one) {
           const bool clips = one.role == Role::kList || one.role == Role::kListbox || one.role == Role::kLog;
           return clips && !one.rect.contains(x, y);
         }) != nullptr;
}

bool is_item_of(Role item, Role list) {
  return (list == Role::kList && item == Role::kListItem) || (list == Role::kListbox && item == Role::kOption) ||
         (list == Role::kTablist && item == Role::kTab) || (list == Role::kRadioGroup && item == Role::kRadio);
}

const Node* list_of(const Semantics& semantics, const Node& item) {
  const Node* parent = semantics.find(item.parent);
  return parent != nullptr && is_item_of(item.role, parent->role) ? parent : nullptr;
}

std::vector<const Node*> items_of(const Semantics& semantics, NodeId list) {
  std::vector<const Node*> items;
  for (const Node& node : semantics.nodes())
    if (node.parent == list && takes_focus(node) && list_of(semantics, node) != nullptr) items.push_back(&node);
  return items;
}

NodeId stop_of(const Semantics& semantics, NodeId list) {
  const auto items = items_of(semantics, list);
  const auto chosen = std::find_if(items.begin(), items.end(), [](const Node* item) {
    return (item->flags & (shell::kSelected | shell::kChecked)) != 0;
  });
  return (chosen == items.end() ? items.front() : *chosen)->id;
}

}  // namespace

NodeId element_at(const Semantics& semantics, float x, float y) {
  const NodeId modal = modal_of(semantics);
  NodeId found = 0;
  for (const Node& node : semantics.nodes()) {
    if (node.role == Role::kDialog && node.rect.contains(x, y)) found = 0;
    if (takes_focus(node) && node.rect.contains(x, y) && reachable(semantics, node, modal) &&
        !is_cut_off(semantics, node, x, y))
      found = node.id;
  }
  return found;
}

NodeId next_stop(const Semantics& semantics, NodeId focus, bool back) {
  const NodeId modal = modal_of(semantics);
  std::vector<NodeId> stops;
  for (const Node& node : semantics.nodes()) {
    if (!takes_focus(node) || !reachable(semantics, node, modal)) continue;
    const Node* list = list_of(semantics, node);
    if (node.id == focus || list == nullptr || stop_of(semantics, list->id) == node.id) {
      const Node* here = semantics.find(focus);
      const bool beside = list != nullptr && here != nullptr && here->parent == list->id && node.id != focus;
      if (!beside || list_of(semantics, *here) == nullptr) stops.push_back(node.id);
    }
  }
  if (stops.empty()) return 0;
  const auto at = std::find(stops.begin(), stops.end(), focus);
  if (at == stops.end()) return back ? stops.back() : stops.front();
  if (back) return at == stops.begin() ? stops.back() : *(at - 1);
  return at + 1 == stops.end() ? stops.front() : *(at + 1);
}

NodeId next_item(const Semantics& semantics, NodeId item, std::string_view key) {
  const Node* node = semantics.find(item);
  const Node* list = node == nullptr ? nullptr : list_of(semantics, *node);
  if (list == nullptr) return 0;
  const bool row = list->role == Role::kTablist || list->role == Role::kRadioGroup;
  const auto items = items_of(semantics, list->id);
  const auto at = std::find(items.begin(), items.end(), node);
  if (at == items.end()) return 0;
  if (key == "Home") return items.front()->id;
  if (key == "End") return items.back()->id;
  const bool forth = key == "ArrowDown" || (row && key == "ArrowRight");
  const bool back = key == "ArrowUp" || (row && key == "ArrowLeft");
  if (forth && at + 1 != items.end()) return (*(at + 1))->id;
  if (back && at != items.begin()) return (*(at - 1))->id;
  return 0;
}

NodeId form_of(const Semantics& semantics, NodeId element) {
  const Node* form = around(semantics, element, [](const Node& node) { return node.role == Role::kForm; });
  return form == nullptr ? 0 : form->id;
}

}  // namespace sidetone::window
