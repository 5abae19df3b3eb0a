#pragma once

#include "shell/screens/app_state.hpp"

/// Numbers that the person keeps under names: parts of the dial pad.
namespace sidetone::shell {

/// The line below the number: keeps it, or says what it is kept as and changes that. On a phone, while there is no
/// number, it leads to the lists.
void saved_number_line(Scene& scene, const Rect& line);

/// A number that was chosen stands in the field.
void take_number(Scene& scene, const std::string& number);

/// In place of the keys while a number gets its name.
void name_saved_number(Scene& scene, const Rect& column);

/// All of them with their head, from the top of `area`, at most half of it. Nothing where there are none.
void saved_numbers_list(Scene& scene, Rect& area);

/// Those that begin with what is dialled, three at most, from the top of `area`. @return there are some.
bool saved_numbers_that_fit(Scene& scene, Rect& area);

}  // namespace sidetone::shell
