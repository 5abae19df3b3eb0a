#pragma once

#include <functional>

#include "core/model/contact.hpp"
#include "shell/ui.hpp"

/// The parts that screens are made of, as shell/design/components.md has them. Each draws and adds its semantics; each
/// that can be pressed returns whether it was.
namespace sidetone::shell::ui {

enum class ButtonKind { kPlain, kPrimary, kAnswer, kEnd, kQuiet };
struct ButtonOptions {
  ButtonKind kind = ButtonKind::kPlain;
  std::optional<Icon> icon;
  bool disabled = false;
  bool submit = false;                   ///< submits the form around it
  std::string_view description;          ///< e.g. its key
  float height = size::kControlDefault;  ///< CSS pixels
};
/// Width that the button's content wants, device pixels.
float button_width(Ui& ui, std::string_view label, const ButtonOptions& options = {});
bool button(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, const ButtonOptions& options = {});

struct IconButtonOptions {
  bool selected = false;
  bool toggle = false;  ///< kToggle with kPressed = selected
  bool disabled = false;
  Color color = Color::kTextMuted;
  std::string_view key;  ///< shown in the tooltip
};
/// @param label  its name and tooltip.
bool icon_button(Ui& ui, const Rect& rect, std::string_view name, Icon icon, std::string_view label,
                 const IconButtonOptions& options = {});

/// A big key of the call screen (84 × 64): icon over its label. One whose label tells its state is no toggle.
struct CallKeyOptions {
  bool on = false;
  bool toggle = false;
  bool broken = false;
  bool disabled = false;
  bool end = false;
  std::string_view key;
};
bool call_key(Ui& ui, const Rect& rect, std::string_view name, Icon icon, std::string_view label,
              const CallKeyOptions& options = {});

/// A key of the dial pad (88 × 56).
bool dial_key(Ui& ui, const Rect& rect, std::string_view digit, std::string_view letters, bool sounding);

struct FieldOptions {
  std::string_view hint;
  std::string_view error;         ///< empty: nothing is wrong; drawn by the caller below, told here
  std::string_view autocomplete;  ///< HTML autofill token
  bool password = false;
  bool multiline = false;
  bool disabled = false;
  std::optional<Icon> icon;
  std::string_view key;  ///< shown at its end, e.g. Ctrl K
};
/// The frame of a text field; its text is the element's own on the web. The node's rectangle is where the text stands,
/// so the element has no padding; Node::text_px is the size of its text. @param text  in and out. @return it was
/// changed.
bool text_field(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, std::string& text,
                const FieldOptions& options = {});

/// A button with which a file is chosen: the element is the real thing.
/// @param accept  media types, as HTML's accept has them. @return what the page has made of the file; empty: nothing
/// could be made of it.
std::optional<std::string> file_button(Ui& ui, const Rect& rect, std::string_view name, std::string_view label,
                                       std::string_view accept);

bool switch_row(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool& on);
bool checkbox(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool& on);
/// One of a kRadioGroup that the caller has begun.
bool radio(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool chosen);
bool slider(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, float& value, float low,
            float high, float step);
/// A segment or chip of a kTablist that the caller has begun.
bool chip(Ui& ui, const Rect& rect, std::string_view name, std::string_view label, bool chosen, int position,
          int count);
float chip_width(Ui& ui, std::string_view label);

enum class Dot { kFree, kBusy, kInCall, kDoNotDisturb, kAway, kRinging, kOffline };
Dot dot_of(const model::Presence* presence, bool service_online);
/// Words for it: "Free", "In a call" … with the status text.
std::string presence_words(Ui& ui, const model::Presence* presence, bool service_online);
/// @param rim  colour of the fill below.
void presence_dot(Ui& ui, float center_x, float center_y, float size_css, Dot dot, Color rim);
/// How somebody looks: borrowed for the call.
struct Face {
  std::uint64_t user = 0;
  std::string_view name;
  std::string_view picture;  ///< name of it; empty: none
};
/// A picture, or initials on one of six fills; with its dot where `dot` is given.
void avatar(Ui& ui, const Rect& square, const Face& face, std::optional<Dot> dot, Color rim);

/// Fill and sideline of a row that can be pressed; adds the option or list item and returns whether it was pressed.
struct RowOptions {
  Role role = Role::kOption;
  bool selected = false;
  bool focused_look = false;
  bool disabled = false;
  std::optional<Color> sideline;
  int position = 0;
  int count = 0;
  std::string_view description;
};
bool row(Ui& ui, const Rect& rect, std::string_view name, std::uint64_t number, std::string_view label,
         const RowOptions& options = {});

/// @param trailing  its trailing edge. Nothing for 0; "99+" at most. @return its width, device pixels.
float badge(Ui& ui, float trailing, float center_y, std::int64_t count);
/// What a tag takes, device pixels.
float tag_width(Ui& ui, std::string_view text, std::optional<Icon> icon);
/// At the leading edge of `rect`; on Color::kRaised or kSurface with a line around it. @return its width, device
/// pixels.
float tag(Ui& ui, const Rect& rect, std::string_view text, Color fill, Color color, std::optional<Icon> icon = {});
/// At the leading edge of `rect`, as high as it is: a row's begins 8 below its top and ends 8 above its bottom.
void sideline(Ui& ui, const Rect& rect, Color color);
/// @param told  it is a heading to those who do not see it, too; not within a list box, which has options alone.
void section_head(Ui& ui, const Rect& rect, std::string_view text, std::string_view trailing = {}, bool told = true);
void focus_ring(Ui& ui, const Rect& rect, NodeId node, float radius_css, bool inside = false);
/// A tooltip for what the pointer rests on or the keyboard's focus is on, until Escape; drawn above everything at the
/// end of the frame.
void tooltip(Ui& ui, const Rect& rect, NodeId node, std::string_view text, std::string_view key = {});

/// Edge of a QR code with its quiet zone, up to `most` device pixels where that is possible: its modules are whole
/// ones, or cameras see stripes.
float qr_code_edge(std::uint32_t side, float most);
/// A QR code, black on white in every theme, in a square of qr_code_edge().
/// @param modules  side × side, by rows from the top left: '1' is dark. Of another size: nothing is drawn.
void qr_code(Ui& ui, const Rect& square, std::string_view name, std::string_view label, std::uint32_t side,
             std::string_view modules);

/// Level of sound, 0 … 1, as segments.
void level_meter(Ui& ui, const Rect& rect, std::string_view label, float level);
/// @param values  oldest first. @param limit  drawn as danger above it; 0: none.
void graph(Ui& ui, const Rect& rect, std::string_view label, const std::vector<float>& values, float low, float high,
           float limit);

enum class BannerKind { kWarning, kDanger, kPositive };
struct BannerAction {
  std::string_view name;
  std::string label;
};
/// @return index of the action that was pressed.
std::optional<std::size_t> banner(Ui& ui, const Rect& rect, BannerKind kind, Icon icon, std::string_view fact,
                                  std::string_view consequence, std::initializer_list<BannerAction> actions = {});

/// Fill, line and rim of something that floats: a card, a dialog, a toast.
void floating(Ui& ui, const Rect& rect);
/// A short word in the lower middle of the screen, read out politely.
void toast(Ui& ui, std::string_view text);

/// What there is when there is nothing: picture, words and a next step.
bool empty_state(Ui& ui, const Rect& rect, Icon icon, std::string_view title, std::string_view text,
                 std::string_view action = {});

/// A list that scrolls, of rows that are made only while they are seen.
struct ScrollState {
  float offset = 0;    ///< device pixels from the top
  bool at_end = true;  ///< nothing stands below what is seen
};
class Scroll {
 public:
  /// @param content_height  device pixels. Clips to `area` and handles wheel, drag of its bar and requests of the page,
  ///                        which come as Input::Value of ui.id(name): the id of the list that the caller has begun.
  /// @param stays_at_end    a chat: begins at the end, and stays there while it grows until somebody scrolls up.
  Scroll(Ui& ui, const Rect& area, std::string_view name, ScrollState& state, float content_height,
         bool stays_at_end = false);
  ~Scroll();
  Scroll(const Scroll&) = delete;
  Scroll& operator=(const Scroll&) = delete;
  /// A rectangle of the content, in the screen. @param y, height  device pixels from the content's top.
  [[nodiscard]] Rect place(float y, float height) const;
  [[nodiscard]] bool visible(float y, float height) const;
  /// Scroll so far that it is seen.
  void reveal(float y, float height);

 private:
  Ui& ui_;
  Rect area_;
  ScrollState& state_;
  float content_height_;
  NodeId node_;
};

}  // namespace sidetone::shell::ui
