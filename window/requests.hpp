#pragma once

#include <string>
#include <variant>

#include "core/protocol/codec.hpp"

/// What the program that opened the window (tests/web/scenes/window_machine.ts) asks of it: one JSON object a line,
/// each answered by one Answer.
namespace sidetone::window {

using protocol::field;
using protocol::up_to;

inline constexpr std::size_t kTextBytes = protocol::limits::kSnapshotBytes;

struct AddFont {
  static constexpr std::string_view kType = "add_font";
  static constexpr std::string_view kDoc = "One more TrueType file, for what the earlier ones have not got.";
  std::string path;
  bool strong = false;
  static constexpr auto fields() {
    return protocol::field_list(field("path", &AddFont::path, "file", up_to(4096)),
                                field("strong", &AddFont::strong, "of the strong weight"));
  }
};

struct Resize {
  static constexpr std::string_view kType = "resize";
  static constexpr std::string_view kDoc = "Size of the window.";
  std::int32_t width = 0;
  std::int32_t height = 0;
  double scale = 1;
  static constexpr auto fields() {
    return protocol::field_list(field("width", &Resize::width, "device pixels"),
                                field("height", &Resize::height, "device pixels"),
                                field("scale", &Resize::scale, "device pixels of a CSS pixel"));
  }
};

struct Speak {
  static constexpr std::string_view kType = "speak";
  static constexpr std::string_view kDoc = "Words of the interface.";
  std::string language;
  std::string table;
  static constexpr auto fields() {
    return protocol::field_list(field("language", &Speak::language, "BCP 47", up_to(64)),
                                field("table", &Speak::table, "as Locale::load() takes it", up_to(kTextBytes)));
  }
};

struct Prefer {
  static constexpr std::string_view kType = "prefer";
  static constexpr std::string_view kDoc = "How the interface looks.";
  std::int32_t theme = 0;
  double text_scale = 1;
  static constexpr auto fields() {
    return protocol::field_list(field("theme", &Prefer::theme, "0 light, 1 dark, 2 contrast", up_to(2)),
                                field("text_scale", &Prefer::text_scale, "0.85 to 1.5"));
  }
};

struct SetFacts {
  static constexpr std::string_view kType = "set_facts";
  static constexpr std::string_view kDoc = "What a page would know: shell/facts.hpp.";
  std::string json;
  static constexpr auto fields() {
    return protocol::field_list(field("json", &SetFacts::json, "Facts", up_to(kTextBytes)));
  }
};

struct Dispatch {
  static constexpr std::string_view kType = "dispatch";
  static constexpr std::string_view kDoc = "Something has happened to the client. Answered by its commands.";
  std::string event;
  static constexpr auto fields() {
    return protocol::field_list(field("event", &Dispatch::event, "event with its moment", up_to(kTextBytes)));
  }
};

struct TellDone {
  static constexpr std::string_view kType = "tell_done";
  static constexpr std::string_view kDoc = "What came of something that the interface wanted.";
  std::string json;
  static constexpr auto fields() {
    return protocol::field_list(field("json", &TellDone::json, "client::IntentDone", up_to(kTextBytes)));
  }
};

struct Click {
  static constexpr std::string_view kType = "click";
  static constexpr std::string_view kDoc = "Activate an element.";
  std::uint32_t node = 0;
  static constexpr auto fields() { return protocol::field_list(field("node", &Click::node, "element")); }
};

struct SetText {
  static constexpr std::string_view kType = "set_text";
  static constexpr std::string_view kDoc = "The whole text of a field.";
  std::uint32_t node = 0;
  std::string text;
  static constexpr auto fields() {
    return protocol::field_list(field("node", &SetText::node, "field"),
                                field("text", &SetText::text, "text", up_to(kTextBytes)));
  }
};

struct Submit {
  static constexpr std::string_view kType = "submit";
  static constexpr std::string_view kDoc = "Send a form.";
  std::uint32_t node = 0;
  static constexpr auto fields() { return protocol::field_list(field("node", &Submit::node, "form")); }
};

struct Strike {
  static constexpr std::string_view kType = "strike";
  static constexpr std::string_view kDoc = "A key, while nothing has the focus.";
  std::string chord;
  static constexpr auto fields() { return protocol::field_list(field("chord", &Strike::chord, "\"Alt+1\"")); }
};

struct Point {
  static constexpr std::string_view kType = "point";
  static constexpr std::string_view kDoc = "The pointer rests here.";
  double x = -1;
  double y = -1;
  static constexpr auto fields() {
    return protocol::field_list(field("x", &Point::x, "device pixels"), field("y", &Point::y, "device pixels"));
  }
};

struct Draw {
  static constexpr std::string_view kType = "draw";
  static constexpr std::string_view kDoc =
      "One frame at this time. Answered by what it brought: 1 pixels, 2 semantics, 4 something in the outbox.";
  double now_ms = 0;
  double unix_s = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("now_ms", &Draw::now_ms, "the interface's clock"),
                                field("unix_s", &Draw::unix_s, "seconds since 1970"));
  }
};

struct ListNodes {
  static constexpr std::string_view kType = "list_nodes";
  static constexpr std::string_view kDoc = "Answered by the semantics of the last frame.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct TakeOutbox {
  static constexpr std::string_view kType = "take_outbox";
  static constexpr std::string_view kDoc = "Answered by what the interface wants done.";
  static constexpr auto fields() { return protocol::field_list(); }
};

struct Copy {
  static constexpr std::string_view kType = "copy";
  static constexpr std::string_view kDoc = "Put a text onto the clipboard.";
  std::string text;
  static constexpr auto fields() { return protocol::field_list(field("text", &Copy::text, "text", up_to(kTextBytes))); }
};

struct Wait {
  static constexpr std::string_view kType = "wait";
  static constexpr std::string_view kDoc =
      "Leave the window to the person, from this time on. Answered when the interface wants something (the time is "
      "`number`) or the window is closed (`closed`).";
  double now_ms = 0;
  double unix_s = 0;
  static constexpr auto fields() {
    return protocol::field_list(field("now_ms", &Wait::now_ms, "the interface's clock"),
                                field("unix_s", &Wait::unix_s, "seconds since 1970"));
  }
};

using Requests = protocol::MessageList<AddFont, Resize, Speak, Prefer, SetFacts, Dispatch, TellDone, Click, SetText,
                                       Submit, Strike, Point, Draw, ListNodes, TakeOutbox, Copy, Wait>;

struct Answer {
  std::optional<std::string> error;
  std::optional<std::string> text;
  std::optional<double> number;
  bool closed = false;
  static constexpr auto fields() {
    return protocol::field_list(field("error", &Answer::error, "why it was not done", up_to(kTextBytes)),
                                field("text", &Answer::text, "what was asked for", up_to(kTextBytes)),
                                field("number", &Answer::number, "what was asked for"),
                                field("closed", &Answer::closed, "the person has closed the window"));
  }
};

}  // namespace sidetone::window
