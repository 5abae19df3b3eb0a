#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/geometry.hpp"

/// What the interface is to somebody who does not see it: a tree of roles, names and states beside the pixels. The page
/// mirrors it as real elements over the canvas (docs/adr/0007): it is how a screen reader, a keyboard, an input method,
/// a password manager and a test use the interface. A press arrives as the element's click, never from the pixels.
namespace sidetone::shell {

using NodeId = std::uint32_t;  ///< 0: none

enum class Role {
  // Containers: they hold what is opened after them until end().
  kNavigation,
  kMain,
  kRegion,  ///< a named part of the screen
  kForm,    ///< a real form: Enter in a field submits it
  kDialog,
  kList,  ///< of kListItem
  kListItem,
  kListbox,  ///< of kOption, one of which is chosen
  kTablist,  ///< of kTab
  kRadioGroup,
  kLog,  ///< messages, oldest first; new ones are read out
  kGroup,
  // Leaves.
  kButton,
  kToggle,  ///< a button that stays pressed: kPressed
  kLink,
  kTextField,
  kFile,  ///< a button that chooses a file; what is made of it comes as a text
  kSwitch,
  kCheckbox,
  kRadio,
  kSlider,
  kOption,
  kTab,
  kHeading,
  kText,
  kImage,  ///< a graph, a picture, a presence dot: its name says all
  kMeter,
  kTimer,
  kStatus,  ///< read out politely when it changes
  kAlert,   ///< read out at once when it appears
};

enum NodeFlag : std::uint32_t {
  kDisabled = 1U << 0,
  kChecked = 1U << 1,
  kSelected = 1U << 2,
  kExpanded = 1U << 3,
  kCollapsed = 1U << 4,
  kPressed = 1U << 5,
  kMultiline = 1U << 6,
  kPassword = 1U << 7,
  kInvalid = 1U << 8,
  kRightToLeft = 1U << 9,  ///< of its text
  kSubmit = 1U << 10,      ///< a button that submits its form
  kModal = 1U << 11,       ///< a dialog: nothing else can be reached
  kSelectable = 1U << 12,  ///< its text can be selected and copied
};

struct Node {
  NodeId id = 0;
  Role role = Role::kText;
  NodeId parent = 0;
  std::string label;
  std::string value;         ///< of a text field or slider; text of a status
  std::string description;   ///< what is wrong with a field; a key; more words
  std::string hint;          ///< placeholder; of a link: its address
  std::string autocomplete;  ///< of a text field: HTML autofill token
  std::uint32_t flags = 0;
  Rect rect;
  float text_px = 0;                           ///< size of its text, so that the element's text lies over the pixels
  float low = 0, high = 0, now = 0, step = 0;  ///< of a slider or meter
  std::int32_t position = 0, count = 0;        ///< in its list, from 1; 0: unknown
  std::int32_t level = 0;                      ///< of a heading
  bool operator==(const Node&) const = default;
};

/// Collects the nodes of a frame in reading order.
class Semantics {
 public:
  void begin_frame() {
    nodes_.clear();
    open_.clear();
  }
  /// @return the node, to be filled further until the next one is added.
  Node& add(NodeId id, Role role, std::string_view label, const Rect& rect);
  /// The same for a container.
  Node& begin(NodeId id, Role role, std::string_view label, const Rect& rect);
  void end() { open_.pop_back(); }

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const Node* find(NodeId id) const;
  /// Whether this container is open now.
  [[nodiscard]] bool inside(NodeId container) const;
  /// The nodes as JSON: an array of arrays in the order of the members above, trailing defaults left out (see
  /// web/page/mirror.ts).
  /// @param told  what the reader knows already, in the order of its frame: who is the same still is an id alone.
  [[nodiscard]] std::string to_json(const std::vector<Node>& told = {}) const;

 private:
  std::vector<Node> nodes_;
  std::vector<NodeId> open_;
};

/// Whether a person can press it, choose it or write in it.
bool is_interactive(Role role);

/// The words of the roles in the JSON: "navigation", "main", …
std::string_view role_name(Role role);

}  // namespace sidetone::shell
