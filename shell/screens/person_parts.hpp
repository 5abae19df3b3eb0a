#pragma once

#include "shell/screens/app_state.hpp"

/// What the contact card and the card of a call have in common.
namespace sidetone::shell {

/// Picture, name, presence, the favourites' star and the buttons Call and Chat, from the top of `area`.
void person_header(Scene& scene, Rect& area, protocol::UserId user, std::string_view call_words);

/// A small heading over a part of a card.
void card_head(Ui& ui, Rect& area, std::string_view words);
/// A line "name value" with a rule below.
void card_line(Ui& ui, Rect& area, std::string_view name, std::string_view value);

struct CallLook {
  Icon icon = Icon::kPhone;
  Color color = Color::kTextMuted;
  std::string words;  ///< "Missed call", "Received call" …
};
CallLook call_look(const Ui& ui, const model::CallRecord& record);
/// How long it took, or how it ended when nobody talked.
std::string call_length(const Ui& ui, const model::CallRecord& record);

/// Calls and messages with somebody, newest first.
/// @param except  a call record that is shown already; 0: none.
void person_history(Scene& scene, Rect& area, protocol::UserId user, std::uint64_t except);

/// A row of a list: a picture and two lines.
struct PicturedRow {
  std::string_view id;
  std::uint64_t number = 0;      ///< tells rows of one id apart
  std::string_view first;        ///< its name, too
  std::string_view second;       ///< may be empty
  std::string_view description;  ///< told with the name
  bool selected = false;
  int position = 0;
  int count = 0;
  int actions = 0;  ///< icons that it leaves room for at its trailing edge
  bool disabled = false;
  bool floats = false;  ///< in a card above everything
};
/// @param draw_picture  in a square, on this fill. @return it was pressed.
bool pictured_row(Scene& scene, const Rect& rect, const PicturedRow& row,
                  const std::function<void(const Rect& square, Color below)>& draw_picture);

/// A row of a person in a list: what stands in it, and what can be done.
struct PersonRow {
  protocol::UserId user = 0;
  std::string_view second;  ///< line below the name
  bool selected = false;
  int position = 0;
  int count = 0;
  bool favourite = false;
  bool disabled = false;
  bool floats = false;  ///< in a card above everything
};
/// @param actions  icons that the row leaves room for at its trailing edge. @return it was pressed
bool person_row(Scene& scene, const Rect& rect, const PersonRow& row, int actions);
/// The place of the action `index`, from the trailing edge, in such a row.
Rect row_action(const Ui& ui, const Rect& row, int index);
/// The height of a row, of which `css` is the least: it grows with the text.
float row_height(const Scene& scene, float css);

/// Arrows, Home and End in a list of `count` things of which `current` (−1: none) is chosen.
/// @return where to go.
std::optional<int> list_step(Ui& ui, int current, int count);

}  // namespace sidetone::shell
