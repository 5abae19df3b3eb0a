#include <algorithm>
#include <cmath>

#include "shell/screens/settings_parts.hpp"

/// The second factor of the sign-in: off, being set up, its recovery codes, on.
namespace sidetone::shell {
namespace {

constexpr float kQrEdge = 240;  ///< CSS pixels at most, with its quiet zone
constexpr float kFormWidth = 351;
constexpr float kKeyWidth = 440;
constexpr std::size_t kKeyGroup = 4;

std::string second_factor_fault(const Scene& scene) {
  const auto& ui = scene.ui;
  const auto& form = scene.app.settings.second_factor;
  if (form.error_code.empty()) return {};
  if (form.error_code == "unauthenticated") return ui.tr("second_factor.wrong_password");
  if (form.error_code == "second_factor") return ui.tr("second_factor.wrong_code");
  if (form.error_code == "not_found") return ui.tr("second_factor.too_late");
  if (form.error_code == "rate_limited") return scene.wait_words(form.retry_after_ms);
  if (form.error_code == "unavailable" || form.error_code == "timeout") return ui.tr("sign_in.unreachable");
  return ui.tr("second_factor.refused", {{"reason", form.error_text}});
}

/// "JBSW Y3DP …": people type it.
std::string in_groups(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i > 0 && i % kKeyGroup == 0) out += ' ';
    out += key[i];
  }
  return out;
}

/// The first thing of what has just come can be used at once.
void take_focus(Scene& scene, std::string_view name) {
  auto& form = scene.app.settings.second_factor;
  if (!form.wants_focus || form.intent != 0) return;
  scene.ui.request_focus(scene.ui.id(name));
  form.wants_focus = false;
}

float field_height(const Scene& scene) {
  return scene.ui.px(scene.phone() ? size::kControlTouch : size::kControlField);
}

/// A field below its name.
void labelled_field(Scene& scene, LineCursor& cursor, std::string_view name, const std::string& words,
                    std::string& text, const ui::FieldOptions& options) {
  auto& ui = scene.ui;
  ui.text(cursor.line(TextStyle::kSmall), words, TextStyle::kSmallStrong, Color::kText);
  cursor.gap(size::kSpace2);
  const Rect place = cursor.take(field_height(scene));
  if (ui::text_field(ui, place, name, words, text, options)) scene.app.settings.second_factor.error_code.clear();
  cursor.gap(size::kSpace4);
}

void second_factor_password(Scene& scene, LineCursor& cursor) {
  auto& form = scene.app.settings.second_factor;
  const auto fault = form.error_code == "unauthenticated" ? second_factor_fault(scene) : std::string();
  ui::FieldOptions options;
  options.autocomplete = "current-password";
  options.password = true;
  options.disabled = form.intent != 0;
  options.error = fault;
  labelled_field(scene, cursor, "password", scene.ui.tr("sign_in.password"), form.password, options);
}

void second_factor_code(Scene& scene, LineCursor& cursor) {
  auto& form = scene.app.settings.second_factor;
  const auto fault = form.error_code == "second_factor" ? second_factor_fault(scene) : std::string();
  ui::FieldOptions options;
  options.autocomplete = "one-time-code";
  options.disabled = form.intent != 0;
  options.error = fault;
  labelled_field(scene, cursor, "code", scene.ui.tr("sign_in.code"), form.code, options);
}

/// Of a form with so many fields, device pixels.
float second_factor_form_height(const Scene& scene, int fields, float width) {
  auto& ui = scene.ui;
  const float field =
      ui.line_height(TextStyle::kSmall) + ui.px(size::kSpace2) + field_height(scene) + ui.px(size::kSpace4);
  const auto fault = second_factor_fault(scene);
  const float words = fault.empty() ? 0 : ui.paragraph_height(fault, TextStyle::kSmall, width) + ui.px(size::kSpace3);
  return static_cast<float>(fields) * field + words + setting_row(scene);
}

/// The way on from a form, and the way out of it.
struct SecondFactorWays {
  std::string go;
  ui::ButtonKind kind = ui::ButtonKind::kPrimary;
  std::string_view leave = "second_factor.cancel";
  bool complete = false;  ///< nothing is left to be typed
};

/// What went wrong, and the two ways. The button can be pressed whatever is typed: Enter right behind the last
/// character would find it as the frame before has left it. @return the way on was taken, and everything is there.
bool second_factor_ways(Scene& scene, LineCursor& cursor, NodeId form_node, const SecondFactorWays& ways) {
  auto& ui = scene.ui;
  auto& form = scene.app.settings.second_factor;
  if (const auto fault = second_factor_fault(scene); !fault.empty()) {
    const float height = ui.paragraph_height(fault, TextStyle::kSmall, cursor.width());
    const Rect place = cursor.take(height);
    ui.paragraph(place, fault, TextStyle::kSmall, Color::kDanger);
    auto& node = ui.semantics.add(ui.id("fault"), Role::kAlert, fault, place);
    node.value = fault;
    node.text_px = ui.text_px(TextStyle::kSmall);
    cursor.gap(size::kSpace3);
  }
  Rect line = cursor.take(setting_row(scene));
  ui::ButtonOptions options;
  options.kind = ways.kind;
  options.submit = true;
  options.disabled = form.intent != 0 || !scene.online();
  const bool pressed = trailing_button(scene, line, "go", ways.go, options);
  if (trailing_button(scene, line, "leave", ui.tr(ways.leave))) {
    if (scene.client.second_factor.setting_up) scene.out.send(client::LeaveSecondFactor{});
    form = SecondFactorForm{};
    form.asked = true;
    form.wants_focus = true;
    return false;
  }
  if ((!pressed && !ui.submitted(form_node)) || options.disabled) return false;
  form.error_code.clear();
  // Longer than any: no message carries it.
  if (form.password.size() > protocol::limits::kPasswordBytes) form.error_code = "unauthenticated";
  if (form.code.size() > protocol::limits::kOneTimeCodeBytes) form.error_code = "second_factor";
  const bool go = ways.complete && form.error_code.empty();
  form.wants_focus = !go;
  return go;
}

template <class Message>
void second_factor_send(Scene& scene, const Message& message) {
  scene.app.settings.second_factor.intent = scene.out.send(message);
}

/// A button that opens a form.
void second_factor_opener(Scene& scene, LineCursor& cursor, const std::string& words, const ui::ButtonOptions& look) {
  auto& form = scene.app.settings.second_factor;
  Rect line = cursor.take(setting_row(scene));
  take_focus(scene, "open");
  if (!trailing_button(scene, line, "open", words, look)) return;
  form.open = true;
  form.wants_focus = true;
}

/// A form with so many fields, which `draw(cursor, node)` fills.
template <class Draw>
void second_factor_form(Scene& scene, LineCursor& cursor, std::string_view name, const std::string& words, int fields,
                        const Draw& draw) {
  auto& ui = scene.ui;
  const float width = std::min(cursor.width(), ui.px(kFormWidth));
  Rect line = cursor.take(second_factor_form_height(scene, fields, width));
  const Rect place = ui.cut_leading(line, width);
  const NodeId node = ui.id(name);
  ui.semantics.begin(node, Role::kForm, words, place);
  LineCursor inside(ui, place);
  draw(inside, node);
  ui.semantics.end();
}

void draw_second_factor_off(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  auto& form = scene.app.settings.second_factor;
  cursor.paragraph(ui.tr("second_factor.off"), TextStyle::kSmall, Color::kTextMuted);
  cursor.gap(size::kSpace3);
  ui::ButtonOptions primary;
  primary.kind = ui::ButtonKind::kPrimary;
  if (!form.open) return second_factor_opener(scene, cursor, ui.tr("second_factor.turn_on"), primary);
  second_factor_form(scene, cursor, "turn_on", ui.tr("second_factor.turn_on"), 1, [&](LineCursor& inside, NodeId node) {
    take_focus(scene, "password");
    second_factor_password(scene, inside);
    SecondFactorWays ways{ui.tr("second_factor.go_on")};
    ways.complete = !form.password.empty();
    if (second_factor_ways(scene, inside, node, ways))
      second_factor_send(scene, client::BeginSecondFactor{form.password});
  });
}

/// The secret for whoever cannot scan it.
void draw_second_factor_key(Scene& scene, LineCursor& cursor, const std::string& secret) {
  auto& ui = scene.ui;
  cursor.paragraph(ui.tr("second_factor.or_type"), TextStyle::kBody, Color::kText);
  Rect line = cursor.take(setting_row(scene));
  line = ui.cut_leading(line, std::min(line.width(), ui.px(kKeyWidth)));
  if (trailing_button(scene, line, "copy", ui.tr("second_factor.copy"))) {
    scene.out.request("copy", secret);
    scene.say(ui.tr("second_factor.copied"));
  }
  const auto key = in_groups(secret);
  const float height = ui.paragraph_height(key, TextStyle::kBodyStrong, line.width());
  ui.label_paragraph(line.middle(line.width(), height), key, TextStyle::kBodyStrong, Color::kText);
}

void draw_second_factor_secret(Scene& scene, LineCursor& cursor, const protocol::SecondFactorSecret& secret) {
  auto& ui = scene.ui;
  auto& form = scene.app.settings.second_factor;
  cursor.paragraph(ui.tr("second_factor.scan"), TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  const float edge = ui::qr_code_edge(secret.qr_side, std::min(ui.px(kQrEdge), cursor.width()));
  Rect row = cursor.take(edge);
  ui::qr_code(ui, ui.cut_leading(row, edge), "qr", ui.tr("second_factor.picture"), secret.qr_side, secret.qr_modules);
  cursor.gap(size::kSpace4);
  draw_second_factor_key(scene, cursor, secret.secret);
  cursor.gap(size::kSpace3);
  cursor.paragraph(ui.tr("second_factor.first_code"), TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  second_factor_form(scene, cursor, "set_up", ui.tr("second_factor.turn_on"), 1, [&](LineCursor& inside, NodeId node) {
    take_focus(scene, "code");
    second_factor_code(scene, inside);
    SecondFactorWays ways{ui.tr("second_factor.turn_on")};
    ways.complete = !form.code.empty();
    if (second_factor_ways(scene, inside, node, ways))
      second_factor_send(scene, client::ConfirmSecondFactor{form.code});
  });
}

void draw_recovery_codes(Scene& scene, LineCursor& cursor, const std::vector<std::string>& codes) {
  auto& ui = scene.ui;
  cursor.paragraph(ui.tr("second_factor.keep_codes"), TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  const std::size_t columns = scene.phone() ? 1 : 2;
  const float height = ui.line_height(TextStyle::kBodyStrong) + ui.px(size::kSpace2);
  const std::size_t rows = (codes.size() + columns - 1) / columns;
  const Rect card = cursor.take(static_cast<float>(rows) * height + 2 * ui.px(size::kSpace4));
  ui.border(card, Color::kLine, size::kRadiusCard);
  ui.semantics.begin(ui.id("codes"), Role::kGroup, ui.tr("second_factor.recovery_codes"), card);
  Rect lines = card.inset(ui.px(size::kSpace5), ui.px(size::kSpace4));
  for (std::size_t i = 0; i < codes.size(); i += columns) {
    Rect line = lines.cut_top(height);
    const float column = line.width() / static_cast<float>(columns);
    for (std::size_t j = i; j < std::min(i + columns, codes.size()); ++j)
      ui.label(ui.cut_leading(line, column), codes[j], TextStyle::kBodyStrong, Color::kText);
  }
  ui.semantics.end();
  cursor.gap(size::kSpace2);
  Rect line = cursor.take(setting_row(scene));
  ui::ButtonOptions primary;
  primary.kind = ui::ButtonKind::kPrimary;
  take_focus(scene, "copy");
  if (trailing_button(scene, line, "kept", ui.tr("second_factor.kept"), primary)) {
    scene.out.send(client::LeaveSecondFactor{});
    scene.app.settings.second_factor.wants_focus = true;
  }
  if (!trailing_button(scene, line, "copy", ui.tr("second_factor.copy"))) return;
  std::string all;
  for (const auto& code : codes) all += code + "\n";
  scene.out.request("copy", all);
  scene.say(ui.tr("second_factor.copied"));
}

void draw_second_factor_on(Scene& scene, LineCursor& cursor, const protocol::SecondFactor& now) {
  auto& ui = scene.ui;
  auto& form = scene.app.settings.second_factor;
  cursor.paragraph(ui.tr("second_factor.on", {{"time", ui.locale.day(now.since.value_or(0), scene.unix_s)}}),
                   TextStyle::kBody, Color::kPositive);
  cursor.paragraph(ui.locale.text_for("second_factor.codes_left", now.recovery_codes), TextStyle::kSmall,
                   Color::kTextMuted);
  cursor.gap(size::kSpace3);
  if (!form.open) return second_factor_opener(scene, cursor, ui.tr("second_factor.turn_off"), {});
  cursor.paragraph(ui.tr("second_factor.turn_off_text"), TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  second_factor_form(
      scene, cursor, "turn_off", ui.tr("second_factor.turn_off"), 2, [&](LineCursor& inside, NodeId node) {
        take_focus(scene, form.password.empty() || form.error_code == "unauthenticated" ? "password" : "code");
        second_factor_password(scene, inside);
        second_factor_code(scene, inside);
        SecondFactorWays ways{ui.tr("second_factor.turn_off"), ui::ButtonKind::kEnd, "endpoint.keep"};
        ways.complete = !form.password.empty() && !form.code.empty();
        if (second_factor_ways(scene, inside, node, ways))
          second_factor_send(scene, client::RemoveSecondFactor{form.password, form.code});
      });
}

}  // namespace

void second_factor_part(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  auto& form = scene.app.settings.second_factor;
  if (!form.asked && scene.online()) {
    form.asked = true;
    scene.out.send(client::GetSecondFactor{});
  }
  const auto& state = scene.client.second_factor;
  ui.push_scope("second_factor");
  draw_setting_head(scene, cursor, "second_factor.title");
  if (!state.recovery_codes.empty())
    draw_recovery_codes(scene, cursor, state.recovery_codes);
  else if (state.setting_up)
    draw_second_factor_secret(scene, cursor, *state.setting_up);
  else if (!state.known)
    cursor.paragraph(ui.tr("second_factor.loading"), TextStyle::kSmall, Color::kTextMuted);
  else if (state.known->on)
    draw_second_factor_on(scene, cursor, *state.known);
  else
    draw_second_factor_off(scene, cursor);
  ui.pop_scope();
}

}  // namespace sidetone::shell
