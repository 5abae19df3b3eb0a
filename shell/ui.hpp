#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shell/geometry.hpp"
#include "shell/icons.hpp"
#include "shell/locale.hpp"
#include "shell/pictures.hpp"
#include "shell/semantics.hpp"
#include "shell/text/text_engine.hpp"
#include "shell/theme.hpp"

struct ImDrawList;

/// What a screen draws with. Every widget function takes the rectangle that it fills; nothing lays itself out. Lengths
/// in the functions' options are CSS pixels, rectangles are device pixels: px() converts.
namespace sidetone::shell {

/// What the person did since the last frame.
struct Input {
  struct Click {
    NodeId node = 0;
  };
  struct Text {  ///< a field's whole text, after the person changed it
    NodeId node = 0;
    std::string text;
  };
  struct Value {  ///< of a slider
    NodeId node = 0;
    float value = 0;
  };
  struct Submit {  ///< of a form
    NodeId node = 0;
  };
  struct Key {  ///< only shortcuts: what types belongs to the fields. "Ctrl+K", "F8", "ArrowDown", "Escape", "Enter" …
    std::string chord;
    NodeId focus = 0;  ///< element that had the focus
  };
  std::vector<Click> clicks;
  std::vector<Text> texts;
  std::vector<Value> values;
  std::vector<Submit> submits;
  std::vector<Key> keys;
  float pointer_x = -1;  ///< device pixels; −1: outside
  float pointer_y = -1;
  float wheel = 0;             ///< device pixels to scroll down
  bool pointer_down = false;   ///< its button is pressed; only for looks and for dragging: a press is a click of a node
  bool touch = false;          ///< the last pointer was a finger
  NodeId focus = 0;            ///< element that has the focus
  bool focus_visible = false;  ///< by keyboard
  /// Byte offset in the text of the field that has the focus, where the platform has no elements that show it: the
  /// field then shows its text and caret itself.
  std::optional<std::size_t> caret;
  void clear();  ///< all but pointer, focus and caret
};

class Ui {
 public:
  Ui(text::TextEngine& engine, Locale& words) : text_engine(engine), locale(words) {}

  void begin_frame(const Rect& screen, float scale, double now_ms, ImDrawList* list);
  void end_frame();
  /// Frames that have begun.
  [[nodiscard]] int frames() const { return frames_; }

  text::TextEngine& text_engine;
  Locale& locale;
  Semantics semantics;
  Input input;
  ThemeName theme = ThemeName::kLight;
  bool less_motion = false;
  float text_scale = 1;  ///< 0.85 … 1.5
  Rect screen;
  float scale = 1;  ///< device pixels of one CSS pixel
  double now_ms = 0;
  ImDrawList* draw = nullptr;
  Pictures* pictures = nullptr;  ///< none: everybody has initials

  /// CSS pixels → device pixels, whole ones where it is a line or an edge.
  [[nodiscard]] float px(float css) const;
  [[nodiscard]] Abgr color(Color name) const { return color_of(theme, name); }
  [[nodiscard]] std::string tr(std::string_view key, std::initializer_list<Locale::Value> values = {}) const {
    return locale.text(key, values);
  }

  /// An id that stays the same from frame to frame: of the enclosing scope, the name and a number.
  [[nodiscard]] NodeId id(std::string_view name, std::uint64_t number = 0) const;
  /// An id for what has no name of its own: of its kind, its words and how many like it came before in this frame.
  NodeId next_id(std::string_view kind, std::string_view utf8 = {});
  /// A scope of ids: a screen, a row.
  void push_scope(std::string_view name, std::uint64_t number = 0);
  void pop_scope();

  [[nodiscard]] bool hovered(const Rect& rect) const;  ///< inside the clip, nothing modal above
  [[nodiscard]] bool clicked(NodeId node) const;       ///< its element was activated
  [[nodiscard]] bool submitted(NodeId form) const;
  [[nodiscard]] bool focused(NodeId node) const { return node != 0 && input.focus == node; }
  [[nodiscard]] bool key(std::string_view chord) const;
  /// Take a key so that nothing below sees it. @return whether it was struck.
  bool take_key(std::string_view chord);
  /// Give an element the focus after this frame.
  void request_focus(NodeId node) { focus_request = node; }
  std::optional<NodeId> focus_request;

  void push_clip(const Rect& rect);
  void pop_clip();
  [[nodiscard]] const Rect& clip() const { return clips_.back(); }

  /// The pointer's button went down in this frame.
  [[nodiscard]] bool pressed_now() const { return input.pointer_down && !was_down_; }
  /// What is being dragged, and where in it it was taken, device pixels; gone when the button is let go.
  struct Drag {
    NodeId node = 0;
    float grab = 0;
  };
  std::optional<Drag> drag;
  /// The most that this meter's level has been during the last second.
  float peak(NodeId meter, float level);

  /// Draw this above everything else, at the end of the frame.
  void draw_above(std::function<void()> what) { above_.push_back(std::move(what)); }
  /// The pointer has rested on the rectangle for this long; a frame is wanted when it will have.
  bool rested(const Rect& rect, double ms);
  /// More words about it are to be seen: the pointer rests on it, or it has got the focus by keyboard, and no key
  /// has been struck since. Escape then does no more than that. @source WCAG 2.2, 1.4.13
  bool wants_tip(const Rect& rect, NodeId node);

  /// Draw again at this time (`now_ms` of it) without anything having happened: timers, meters.
  void wake_at(double ms);
  std::optional<double> next_wake_ms;

  // --- drawing; colours by name ---
  void fill(const Rect& rect, Color color, float radius_css = 0);
  void border(const Rect& rect, Color color, float radius_css = 0, float width_css = 1);
  void line(float x1, float y1, float x2, float y2, Color color, float width_css = 1);
  void icon(Icon icon, const Rect& where, float size_css, Color color);  ///< in its middle
  /// One line of text; "…" where it does not fit.
  /// @param align  0 leading, 0.5 middle, 1 trailing (mirrored right to left); vertically in the middle of `rect`.
  /// @return where it stands
  Rect text(const Rect& rect, std::string_view utf8, TextStyle style, Color color, float align = 0);
  /// One line in the middle of `rect`, as large as what it stands in wants it: initials.
  void text_of_size(const Rect& rect, std::string_view utf8, float size_px, bool strong, Color color);
  /// Width of one line, device pixels.
  [[nodiscard]] float text_width(std::string_view utf8, TextStyle style);
  /// Text in as many lines as it needs, from the top of `rect`. @return height, device pixels; 0 for no text.
  float paragraph(const Rect& rect, std::string_view utf8, TextStyle style, Color color, float align = 0);
  [[nodiscard]] float paragraph_height(std::string_view utf8, TextStyle style, float width);
  [[nodiscard]] float line_height(TextStyle style) const;
  /// Size of the style's text, device pixels: what Node::text_px wants.
  [[nodiscard]] float text_px(TextStyle style) const;

  /// Text that is seen and in the semantics: most texts of a screen.
  /// @param selectable  it can be marked and copied, and takes presses from what it lies on.
  Rect label(const Rect& rect, std::string_view utf8, TextStyle style, Color color, float align = 0,
             bool selectable = true);
  /// A paragraph that is seen and in the semantics. @return height, device pixels.
  float label_paragraph(const Rect& rect, std::string_view utf8, TextStyle style, Color color, float align = 0);
  Rect heading(const Rect& rect, std::string_view utf8, TextStyle style, int level, Color color = Color::kText);

  /// Mirrored when the language runs right to left: the leading edge is the right one then.
  [[nodiscard]] bool rtl() const { return locale.right_to_left(); }
  /// First strong direction of a text; without one that of the language.
  [[nodiscard]] bool reads_right_to_left(std::string_view utf8) const;
  Rect cut_leading(Rect& rect, float by) const { return rtl() ? rect.cut_right(by) : rect.cut_left(by); }
  Rect cut_trailing(Rect& rect, float by) const { return rtl() ? rect.cut_left(by) : rect.cut_right(by); }

 private:
  struct Cover {  ///< something floats there
    NodeId node = 0;
    Rect rect;
    bool modal = false;
  };
  int frames_ = 0;
  std::vector<Rect> clips_;
  std::vector<NodeId> scopes_;
  std::vector<Cover> covers_;  ///< of the last frame: what floats comes after what it covers
  std::vector<std::function<void()>> above_;
  Rect resting_on_;
  double resting_since_ms_ = 0;
  bool still_resting_ = false;
  std::optional<Rect> tip_;        ///< whose more words are seen
  std::optional<Rect> dismissed_;  ///< whose have been dismissed, as long as pointer or focus stays there
  bool still_dismissed_ = false;
  bool was_down_ = false;
  struct Peak {
    float level = 0;
    double until_ms = 0;
  };
  std::unordered_map<NodeId, Peak> peaks_;
  std::unordered_map<NodeId, std::uint64_t> same_texts_;
};

}  // namespace sidetone::shell
