#include <algorithm>
#include <cmath>

#include "core/client/view.hpp"
#include "shell/screens/call_parts.hpp"
#include "shell/screens/settings_parts.hpp"

/// The endpoint that carries the voice, notifications, signed-in devices, about, and leaving.
namespace sidetone::shell {
namespace {

constexpr float kQuestionWidth = 440;
constexpr float kQuestionHeight = 168;

/// Where the next call's voice goes, and why.
std::string voice_sentence(Scene& scene, const model::Voice& voice) {
  const auto& hosts = scene.client.hosts.hosts;
  const auto found = voice.host ? hosts.find(*voice.host) : hosts.end();
  const auto name = found != hosts.end() ? found->second.name
                    : hosts.empty()      ? std::string()
                                         : hosts.begin()->second.name;
  const std::string reason(protocol::EnumNames<model::VoiceReason>::kNames[static_cast<std::size_t>(voice.reason)]);
  const std::string way(protocol::EnumNames<model::VoiceWay>::kNames[static_cast<std::size_t>(voice.way)]);
  return scene.ui.tr("endpoint.reason." + reason + "." + way, {{"name", name}});
}

void draw_host(Scene& scene, LineCursor& cursor, const model::Host& host) {
  auto& ui = scene.ui;
  ui.push_scope(host.host);
  const float words_height = ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kSmall);
  Rect card = cursor.take(words_height + 2 * ui.px(size::kSpace5));
  ui.border(card, Color::kLine, size::kRadiusCard);
  ui.semantics.begin(ui.id("host"), Role::kGroup, host.name, card);
  Rect line = card.inset(ui.px(size::kSpace5), 0);
  if (trailing_button(scene, line, "unpair", ui.tr("endpoint.unpair"), {ui::ButtonKind::kQuiet}))
    scene.app.settings.confirm_unpair = host.host;
  ui.icon(Icon::kHost, ui.cut_leading(line, ui.px(size::kIconLarge)), size::kIconLarge,
          host.online ? Color::kPositive : Color::kTextMuted);
  ui.cut_leading(line, ui.px(size::kSpace4));
  Rect lines = line.middle(line.width(), words_height);
  Rect first = lines.cut_top(ui.line_height(TextStyle::kBody));
  const float wide = std::min(ui.text_width(host.name, TextStyle::kBodyStrong) + ui.px(size::kSpace3), first.width());
  ui.label(ui.cut_leading(first, wide), host.name, TextStyle::kBodyStrong, Color::kText);
  const std::string_view state = host.link == model::HostLink::kFailed     ? "endpoint.failed"
                                 : !host.online                            ? "endpoint.offline"
                                 : host.link == model::HostLink::kAttached ? "endpoint.attached"
                                                                           : "endpoint.online";
  const bool good = host.online && host.link != model::HostLink::kFailed;
  if (first.width() > ui.px(size::kSpace8))
    ui::tag(ui, first, ui.tr(good ? "endpoint.paired" : "endpoint.not_ready"),
            good ? Color::kPositiveSoft : Color::kWarningSoft,
            good ? Color::kPositiveSoftText : Color::kWarningSoftText);
  ui.label(lines, ui.tr(state, {{"name", host.name}, {"reason", host.reason}}), TextStyle::kSmall, Color::kTextMuted);
  ui.semantics.end();
  cursor.gap(size::kSpace3);
  if (scene.app.settings.confirm_unpair == host.host) {
    cursor.paragraph(ui.tr("endpoint.unpair_text", {{"name", host.name}}), TextStyle::kSmall, Color::kText);
    Rect buttons = cursor.take(setting_row(scene));
    ui::ButtonOptions end;
    end.kind = ui::ButtonKind::kEnd;
    if (trailing_button(scene, buttons, "unpair_now", ui.tr("endpoint.unpair_now"), end)) {
      scene.out.send(client::UnpairHost{host.host});
      scene.app.settings.confirm_unpair.clear();
    }
    if (trailing_button(scene, buttons, "keep", ui.tr("endpoint.keep"))) scene.app.settings.confirm_unpair.clear();
  }
  ui.pop_scope();
}

void draw_pairing_form(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  draw_setting_head(scene, cursor, "endpoint.pair_another");
  cursor.paragraph(ui.tr("endpoint.pair_text"), TextStyle::kSmall, Color::kTextMuted);
  cursor.gap(size::kSpace3);
  const Rect whole = cursor.take(ui.px(scene.phone() ? size::kControlTouch : size::kControlField));
  const auto form = ui.id("pair_form");
  ui.semantics.begin(form, Role::kForm, ui.tr("endpoint.pair_another"), whole);
  Rect line = whole;
  ui::ButtonOptions options;
  options.kind = ui::ButtonKind::kPrimary;
  options.submit = true;
  options.disabled = settings.pairing_code.empty() || settings.pairing_intent != 0 || !scene.online();
  const bool pressed = trailing_button(scene, line, "pair", ui.tr("endpoint.pair"), options);
  ui::FieldOptions field;
  const auto hint = ui.tr("endpoint.code_hint");
  field.hint = hint;
  field.error = settings.pairing_error;
  field.autocomplete = "one-time-code";
  if (ui::text_field(ui, line, "pairing_code", ui.tr("endpoint.code"), settings.pairing_code, field))
    settings.pairing_error.clear();
  ui.semantics.end();
  if ((pressed || ui.submitted(form)) && !options.disabled) {
    settings.pairing_error.clear();
    settings.pairing_intent = scene.out.send(client::PairHost{settings.pairing_code});
  }
  if (!settings.pairing_error.empty()) {
    cursor.gap(size::kSpace2);
    cursor.paragraph(settings.pairing_error, TextStyle::kSmall, Color::kDanger);
  }
}

void draw_confirm_pairing(Scene& scene, LineCursor& cursor, const model::Pairing& pairing) {
  auto& ui = scene.ui;
  draw_setting_head(scene, cursor, "endpoint.is_it_yours");
  cursor.paragraph(ui.tr("endpoint.confirm_text", {{"name", pairing.name}, {"address", pairing.address}}),
                   TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  Rect line = cursor.take(setting_row(scene));
  ui::ButtonOptions yes;
  yes.kind = ui::ButtonKind::kPrimary;
  const bool accept = trailing_button(scene, line, "confirm", ui.tr("endpoint.confirm"), yes);
  const bool refuse = trailing_button(scene, line, "refuse", ui.tr("endpoint.refuse"));
  if (!accept && !refuse) return;
  scene.out.send(client::ConfirmHost{pairing.pairing, accept});
  scene.app.settings.pairing_code.clear();
}

}  // namespace

void endpoint_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto voice = client::choose_voice(scene.client);
  draw_setting_head(scene, cursor, "endpoint.voice_now");
  ui.label(cursor.line(TextStyle::kBody), scene.voice_words(), TextStyle::kBody, Color::kText);
  cursor.paragraph(voice_sentence(scene, voice), TextStyle::kSmall, Color::kTextMuted);
  cursor.gap(size::kSpace6);
  for (const auto& [id, host] : scene.client.hosts.hosts) draw_host(scene, cursor, host);
  cursor.gap(size::kSpace4);
  if (scene.client.hosts.pairing)
    draw_confirm_pairing(scene, cursor, *scene.client.hosts.pairing);
  else
    draw_pairing_form(scene, cursor);
}

void notifications_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto state = scene.facts.notifications;
  const std::string key(protocol::EnumNames<Permission>::kNames[static_cast<std::size_t>(state)]);
  cursor.paragraph(ui.tr("notifications." + key), TextStyle::kBody, Color::kText);
  cursor.gap(size::kSpace3);
  if (state != Permission::kDefault) return;
  Rect line = cursor.take(setting_row(scene));
  ui::ButtonOptions options;
  options.kind = ui::ButtonKind::kPrimary;
  if (trailing_button(scene, line, "allow_notifications", ui.tr("notifications.allow"), options))
    scene.out.request("allow_notifications");
}

void signed_in_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  auto& settings = scene.app.settings;
  if (!settings.devices_asked && scene.online()) {
    settings.devices_asked = true;
    scene.out.send(client::ListDevices{});
  }
  second_factor_part(scene, cursor);
  cursor.gap(size::kSpace6);
  draw_setting_head(scene, cursor, "signed_in.devices");
  const auto& devices = scene.client.account.devices;
  cursor.paragraph(ui.tr(devices.empty() ? "signed_in.loading" : "signed_in.text"), TextStyle::kSmall,
                   Color::kTextMuted);
  cursor.gap(size::kSpace3);
  const float words_height = ui.line_height(TextStyle::kBody) + ui.line_height(TextStyle::kSmall);
  for (const auto& device : devices) {
    const bool here = device.current || device.device == scene.client.account.device;
    ui.push_scope("device", device.device);
    Rect row = cursor.take(words_height + ui.px(size::kSpace5));
    ui.line(row.left, row.bottom, row.right, row.bottom, Color::kLine);
    ui.semantics.begin(ui.id("device"), Role::kGroup, device.name, row);
    if (!here) {
      ui::ButtonOptions options;
      options.kind = ui::ButtonKind::kQuiet;
      options.description = device.name;
      if (trailing_button(scene, row, "revoke", ui.tr("signed_in.sign_out"), options)) {
        scene.out.send(client::RevokeDevice{device.device});
        settings.devices_asked = false;
      }
    }
    Rect lines = row.middle(row.width(), words_height);
    ui.label(lines.cut_top(ui.line_height(TextStyle::kBody)), device.name, TextStyle::kBodyStrong, Color::kText);
    const auto seen = here ? ui.tr("signed_in.this_device")
                      : device.online
                          ? ui.tr("signed_in.online")
                          : ui.tr("signed_in.last_seen", {{"time", ui.locale.day(device.last_seen, scene.unix_s)}});
    ui.label(lines, seen, TextStyle::kSmall, here ? Color::kPositive : Color::kTextMuted);
    ui.semantics.end();
    ui.pop_scope();
  }
}

void about_section(Scene& scene, LineCursor& cursor) {
  auto& ui = scene.ui;
  const auto line = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    Rect row = cursor.take(setting_row(scene));
    ui.label(ui.cut_leading(row, std::floor(row.width() / 3)), ui.tr(key), TextStyle::kBody, Color::kTextMuted);
    ui.label(row, value, TextStyle::kBody, Color::kText);
  };
  line("about.account", scene.client.account.name);
  line("about.service", scene.facts.service);
  line("about.version", scene.facts.version);
}

void begin_sign_out(Scene& scene) {
  const bool waits = !scene.client.chat.outbox.empty() || scene.call_here() != nullptr;
  if (!waits) {
    scene.out.send(client::SignOut{});
    return;
  }
  scene.app.settings.confirm_sign_out = true;
  scene.app.settings.focus_question = true;
}

void sign_out_question(Scene& scene, Rect screen) {
  auto& settings = scene.app.settings;
  if (!settings.confirm_sign_out) return;
  auto& ui = scene.ui;
  ui.draw_above([&scene, &settings, screen] {
    auto& above = scene.ui;
    above.fill(screen, Color::kScrim);
    const Rect card = screen.middle(std::min(above.px(kQuestionWidth), screen.width() - 2 * above.px(size::kSpace5)),
                                    above.px(kQuestionHeight));
    ui::floating(above, card);
    const auto title = above.tr("sign_out.title");
    auto& dialog = above.semantics.begin(above.id("sign_out"), Role::kDialog, title, card);
    dialog.flags |= kModal;
    LineCursor cursor(above, card.inset(above.px(20)));
    above.heading(cursor.line(TextStyle::kTitle), title, TextStyle::kTitle, 2);
    cursor.gap(size::kSpace3);
    const auto waiting = static_cast<std::int64_t>(scene.client.chat.outbox.size());
    cursor.paragraph(waiting > 0 ? above.locale.text_for("sign_out.waiting", waiting) : above.tr("sign_out.in_call"),
                     TextStyle::kBody, Color::kText);
    Rect buttons = card.inset(above.px(20));
    buttons = buttons.cut_bottom(above.px(size::kControlTouch));
    ui::ButtonOptions end;
    end.kind = ui::ButtonKind::kEnd;
    if (trailing_button(scene, buttons, "sign_out_now", above.tr("sign_out.now"), end)) {
      scene.out.send(client::SignOut{});
      settings.confirm_sign_out = false;
    }
    if (trailing_button(scene, buttons, "stay", above.tr("sign_out.stay")) || above.take_key("Escape"))
      settings.confirm_sign_out = false;
    above.semantics.end();
    if (settings.focus_question) above.request_focus(above.id("stay"));
    settings.focus_question = false;
  });
}

}  // namespace sidetone::shell
