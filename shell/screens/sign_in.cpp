#include <algorithm>

#include "shell/screens/app_state.hpp"

namespace sidetone::shell {
namespace {

constexpr float kSignInFormWidth = 351;
constexpr float kSignInPaneWidth = 480;
/// Narrower, there is only the form.
constexpr float kSignInPictureFrom = 1040;

std::string sign_in_error(const Scene& scene) {
  const auto& ui = scene.ui;
  const auto& state = scene.app.sign_in;
  if (state.error_code.empty()) return {};
  if (state.error_code == "unauthenticated" || state.error_code == "out_of_range") return ui.tr("sign_in.wrong");
  if (state.error_code == "second_factor") return ui.tr("second_factor.wrong_code");
  if (state.error_code == "rate_limited") return scene.wait_words(state.retry_after_ms);
  if (state.error_code == "unavailable" || state.error_code == "timeout") return ui.tr("sign_in.unreachable");
  return ui.tr("sign_in.refused", {{"reason", state.error_text}});
}

void sign_in_box(Ui& ui, const Rect& box, float radius) {
  ui.fill(box, Color::kRaised, radius);
  ui.border(box, Color::kLineStrong, radius);
}

/// The bars of the mark, growing away from `side`.
void sign_in_mark(Ui& ui, const Rect& where, bool mirrored) {
  constexpr float kHeights[] = {44, 24, 8};
  for (int i = 0; i < 3; ++i) {
    const float offset = ui.px(static_cast<float>(i - 1) * 13) * (mirrored ? -1.0F : 1.0F);
    ui.fill(where.moved(offset, 0).middle(ui.px(8), ui.px(kHeights[i])), Color::kAccent, 4);
  }
}

/// The voice goes from desk to desk, the virtual desktop only steers.
void sign_in_picture(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  Rect head = area.inset(ui.px(56), ui.px(48)).cut_top(ui.px(32));
  const Rect mark = ui.cut_leading(head, ui.px(28));
  constexpr float kHeights[] = {26, 14, 6};
  for (int i = 0; i < 3; ++i) {
    const float offset = ui.px(static_cast<float>(i - 1) * 10) * (ui.rtl() ? -1.0F : 1.0F);
    ui.fill(mark.moved(offset, 0).middle(ui.px(6), ui.px(kHeights[i])), Color::kAccent, 3);
  }
  ui.cut_leading(head, ui.px(size::kSpace4));
  ui.label(head, ui.tr("product.name"), TextStyle::kHeading, Color::kText);

  const Rect picture = area.middle(ui.px(540), ui.px(230));
  ui.semantics.add(ui.id("picture"), Role::kImage, ui.tr("sign_in.picture"), picture);
  const float desk = ui.px(80);
  const float top = picture.top + ui.px(28);
  const Rect mine{picture.left, top, picture.left + desk, top + ui.px(100)};
  const Rect theirs{picture.right - desk, top, picture.right, top + ui.px(100)};
  const Rect desktop{picture.center_x() - ui.px(80), picture.bottom - ui.px(60), picture.center_x() + ui.px(80),
                     picture.bottom};
  const Rect way{mine.right, mine.center_y() - ui.px(3), theirs.left, mine.center_y() + ui.px(3)};
  ui.fill(way, Color::kAccent);
  const std::string words = ui.tr("sign_in.straight");
  const Rect gap = way.middle(ui.text_width(words, TextStyle::kBodyStrong) + ui.px(size::kSpace6), ui.px(24));
  ui.fill(gap, Color::kCanvas);
  ui.text(gap, words, TextStyle::kBodyStrong, Color::kText, 0.5F);
  for (float y = mine.bottom; y < desktop.center_y(); y += ui.px(6)) {
    ui.fill({mine.center_x(), y, mine.center_x() + ui.px(1), y + ui.px(2)}, Color::kLineStrong);
    ui.fill({theirs.center_x(), y, theirs.center_x() + ui.px(1), y + ui.px(2)}, Color::kLineStrong);
  }
  for (float x = mine.center_x(); x < theirs.center_x(); x += ui.px(6))
    ui.fill({x, desktop.center_y(), x + ui.px(2), desktop.center_y() + ui.px(1)}, Color::kLineStrong);
  sign_in_box(ui, mine, size::kRadiusCard);
  sign_in_box(ui, theirs, size::kRadiusCard);
  ui.fill(desktop, Color::kCanvas, size::kRadiusCard);
  sign_in_box(ui, desktop, size::kRadiusCard);
  sign_in_mark(ui, mine, false);
  sign_in_mark(ui, theirs, true);
  const auto above = [&](const Rect& box) {
    return Rect{box.left - ui.px(60), picture.top, box.right + ui.px(60), picture.top + ui.px(20)};
  };
  ui.text(above(mine), ui.tr("sign_in.your_desk"), TextStyle::kBody, Color::kTextMuted, 0.5F);
  ui.text(above(theirs), ui.tr("sign_in.their_desk"), TextStyle::kBody, Color::kTextMuted, 0.5F);
  ui.text(desktop, ui.tr("sign_in.your_desktop"), TextStyle::kBody, Color::kTextMuted, 0.5F);

  Rect foot = area.inset(ui.px(56), ui.px(48));
  if (!scene.facts.service.empty())
    ui.label(foot.cut_bottom(ui.px(20)), scene.facts.service, TextStyle::kBody, Color::kTextMuted);
}

/// An icon and a sentence; @return height.
float sign_in_note(Ui& ui, Rect where, std::string_view name, Icon icon, std::string_view words, Role role,
                   Color color) {
  Rect line = where;
  const Rect mark = ui.cut_leading(line, ui.px(size::kSpace6));
  const float height = ui.paragraph_height(words, TextStyle::kSmall, line.width());
  line.bottom = line.top + height;
  ui.icon(icon,
          {mark.left, mark.top, mark.left + ui.px(size::kIconSmall), mark.top + ui.line_height(TextStyle::kSmall)},
          size::kIconSmall, color);
  auto& node = ui.semantics.add(ui.id(name), role, words, line);
  node.value = words;
  node.text_px = ui.text_px(TextStyle::kSmall);
  ui.paragraph(line, words, TextStyle::kSmall, color);
  return height;
}

/// The code was wanted for another account.
void forget_code(SignInState& state) {
  if (!state.code_wanted) return;
  state.code_wanted = false;
  state.code.clear();
  state.error_code.clear();
}

void sign_in_submit(Scene& scene) {
  auto& state = scene.app.sign_in;
  if (state.intent != 0) return;
  state.error_code.clear();
  state.error_text.clear();
  if (state.user.empty()) {
    state.error_code = "out_of_range";
    state.wants_focus = true;
    return;
  }
  const bool too_long = state.code.size() > protocol::limits::kOneTimeCodeBytes;
  if (state.code_wanted && (state.code.empty() || too_long)) {
    if (too_long) state.error_code = "second_factor";
    state.wants_focus = true;
    return;
  }
  state.intent = scene.out.send(
      client::SignIn{state.user, state.password, state.code_wanted ? std::optional(state.code) : std::nullopt});
}

struct SignInNotes {
  std::string error;
  std::string status;  ///< what is going on, or why the form is here
};

SignInNotes sign_in_notes(const Scene& scene) {
  const auto& state = scene.app.sign_in;
  SignInNotes notes{sign_in_error(scene), {}};
  if (state.intent != 0)
    notes.status = scene.ui.tr("sign_in.waiting");
  else if (!scene.facts.network)
    notes.status = scene.ui.tr("sign_in.no_network");
  else if (notes.error.empty() && !state.code_wanted && !scene.client.connection.reason.empty())
    notes.status = scene.ui.tr("sign_in.ended", {{"reason", scene.client.connection.reason}});
  else if (scene.facts.storage_lost)
    notes.status = scene.ui.tr("sign_in.not_kept");
  return notes;
}

void sign_in_fields(Scene& scene, Rect& area, const SignInNotes& notes) {
  auto& ui = scene.ui;
  auto& state = scene.app.sign_in;
  const bool waiting = state.intent != 0;
  const float label_height = ui.line_height(TextStyle::kSmall) + ui.px(size::kSpace3);
  const float field_height = ui.px(scene.phone() ? size::kControlTouch : size::kControlField);

  ui.text(area.cut_top(label_height), ui.tr("sign_in.user"), TextStyle::kSmallStrong, Color::kText);
  ui::FieldOptions user;
  user.autocomplete = "username";
  user.disabled = waiting;
  if (ui::text_field(ui, area.cut_top(field_height), "user", ui.tr("sign_in.user"), state.user, user))
    forget_code(state);
  area.cut_top(ui.px(size::kSpace5));

  Rect above = area.cut_top(label_height);
  const std::string show = ui.tr(state.show_password ? "sign_in.hide_password" : "sign_in.show_password");
  ui::ButtonOptions quiet;
  quiet.kind = ui::ButtonKind::kQuiet;
  quiet.height = size::kControlSmall;
  const Rect toggle = ui.cut_trailing(above, ui::button_width(ui, show, quiet));
  ui.text(above, ui.tr("sign_in.password"), TextStyle::kSmallStrong, Color::kText);
  ui::FieldOptions password;
  password.autocomplete = "current-password";
  password.password = !state.show_password;
  password.disabled = waiting;
  if (!state.code_wanted) password.error = notes.error;
  ui::text_field(ui, area.cut_top(field_height), "password", ui.tr("sign_in.password"), state.password, password);
  if (state.wants_focus && !waiting) {
    ui.request_focus(ui.id(state.user.empty() ? "user" : state.code_wanted ? "code" : "password"));
    state.wants_focus = false;
  }
  // After the field, so that the way from the name leads to it.
  if (ui::button(ui, toggle, "show_password", show, quiet)) state.show_password = !state.show_password;
  if (state.code_wanted) {
    area.cut_top(ui.px(size::kSpace5));
    ui.text(area.cut_top(label_height), ui.tr("sign_in.code"), TextStyle::kSmallStrong, Color::kText);
    ui::FieldOptions code;
    code.autocomplete = "one-time-code";
    code.disabled = waiting;
    code.error = notes.error;
    ui::text_field(ui, area.cut_top(field_height), "code", ui.tr("sign_in.code"), state.code, code);
    area.cut_top(ui.px(size::kSpace3));
    area.cut_top(sign_in_note(ui, area, "code_text", Icon::kShieldCheck, ui.tr("sign_in.code_text"), Role::kStatus,
                              Color::kTextMuted));
  }
  if (!notes.error.empty()) {
    area.cut_top(ui.px(size::kSpace3));
    area.cut_top(sign_in_note(ui, area, "error", Icon::kAlert, notes.error, Role::kAlert, Color::kDanger));
  }
}

/// In place of the form: signing in here would ring twice.
void sign_in_other_window(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  ui.heading(area.cut_top(ui.line_height(TextStyle::kDisplay)), ui.tr("product.name"), TextStyle::kDisplay, 1);
  area.cut_top(ui.px(size::kSpace5));
  area.cut_top(ui.label_paragraph(area, ui.tr("notice.other_window"), TextStyle::kBodyStrong, Color::kText));
  area.cut_top(ui.label_paragraph(area, ui.tr("notice.other_window_then"), TextStyle::kBody, Color::kTextMuted));
  area.cut_top(ui.px(size::kSpace6));
  ui::ButtonOptions take;
  take.kind = ui::ButtonKind::kPrimary;
  take.height = scene.phone() ? size::kControlTouch : size::kControlLarge;
  if (ui::button(ui, area.cut_top(ui.px(take.height)), "take_telephone", ui.tr("notice.take_telephone"), take))
    scene.out.request("take_telephone");
}

void sign_in_form(Scene& scene, Rect pane) {
  auto& ui = scene.ui;
  const float gutter = ui.px(scene.phone() ? size::kSpace5 : size::kSpace6);
  const float width = std::min(ui.px(kSignInFormWidth), pane.width() - 2 * gutter);
  const float top = std::max(pane.top + gutter, pane.top + pane.height() * 0.17F);
  Rect area{pane.center_x() - width / 2, top, pane.center_x() + width / 2, pane.bottom - gutter};
  if (!scene.facts.owns_telephone) return sign_in_other_window(scene, area);
  const SignInNotes notes = sign_in_notes(scene);

  ui.heading(area.cut_top(ui.line_height(TextStyle::kDisplay)), ui.tr("sign_in.title"), TextStyle::kDisplay, 1);
  ui.label(area.cut_top(ui.line_height(TextStyle::kBody) + ui.px(size::kSpace3)), ui.tr("sign_in.with_account"),
           TextStyle::kBody, Color::kTextMuted);
  area.cut_top(ui.px(size::kSpace6));

  const NodeId form = ui.id("form");
  ui.semantics.begin(form, Role::kForm, ui.tr("sign_in.title"), area);
  sign_in_fields(scene, area, notes);
  area.cut_top(ui.px(size::kSpace6));
  ui::ButtonOptions go;
  go.kind = ui::ButtonKind::kPrimary;
  go.height = scene.phone() ? size::kControlTouch : size::kControlLarge;
  go.submit = true;
  go.disabled = scene.app.sign_in.intent != 0;
  const bool pressed =
      ui::button(ui, area.cut_top(ui.px(go.height)), "go", ui.tr(go.disabled ? "sign_in.going" : "sign_in.go"), go);
  ui.semantics.end();
  if (pressed || ui.submitted(form)) sign_in_submit(scene);

  area.cut_top(ui.px(size::kSpace5));
  if (!notes.status.empty())
    sign_in_note(ui, area, "status", Icon::kInfo, notes.status, Role::kStatus, Color::kTextMuted);
}

}  // namespace

void sign_in_screen(Scene& scene, Rect area) {
  auto& ui = scene.ui;
  ui.push_scope("sign_in");
  ui.semantics.begin(ui.id("main"), Role::kMain, ui.tr("sign_in.title"), area);
  Rect pane = area;
  if (area.width() >= ui.px(kSignInPictureFrom)) {
    pane = ui.cut_trailing(area, ui.px(kSignInPaneWidth));
    ui.fill(area, Color::kCanvas);
    sign_in_picture(scene, area);
  }
  ui.fill(pane, Color::kRaised);
  if (pane.width() < ui.screen.width()) {
    const float edge = ui.rtl() ? pane.right : pane.left;
    ui.line(edge, pane.top, edge, pane.bottom, Color::kLine);
  }
  sign_in_form(scene, pane);
  ui.semantics.end();
  ui.pop_scope();
}

}  // namespace sidetone::shell
