#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/semantics.hpp"

/// What a browser does for the page and nobody does for a window: which element lies at a point, where Tab and arrows
/// lead. Over the nodes of the last frame.
namespace sidetone::window {

/// The uppermost enabled element at a point, device pixels, that can be pressed; 0: none.
shell::NodeId element_at(const shell::Semantics& semantics, float x, float y);

/// The element that Tab leads to from `focus`, wrapping round: every element that takes the focus in reading order, but
/// of a list, tab list or radio group only the chosen item, else the first. 0: there is none.
shell::NodeId next_stop(const shell::Semantics& semantics, shell::NodeId focus, bool back);

/// The item that an arrow, Home or End leads to in the list of `item`; 0: it leads nowhere, or `item` is in none.
shell::NodeId next_item(const shell::Semantics& semantics, shell::NodeId item, std::string_view key);

/// The form around an element; 0: none.
shell::NodeId form_of(const shell::Semantics& semantics, shell::NodeId element);

}  // namespace sidetone::window
