#include "shell/app.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sidetone::shell {

namespace {

bool app_signed_in(const client::State& client) {
  return client.connection.phase != client::ConnectionPhase::kSignedOut && client.account.user != 0;
}

void sign_in_refused(SignInState& state, const client::IntentDone& done) {
  const bool wants_code = done.code == "second_factor";
  // The password was right then. To be asked for a code is no fault, unless one had been given.
  state.error_code = wants_code && !state.code_wanted ? std::string() : done.code;
  state.error_text = done.text;
  state.retry_after_ms = done.retry_after_ms.value_or(0);
  state.wants_focus = true;
  if (!wants_code && done.code != "unauthenticated") return;
  state.code_wanted = wants_code;
  state.code.clear();
}

void second_factor_done(SecondFactorForm& form, const client::IntentDone& done) {
  form.intent = 0;
  form.wants_focus = true;
  form.code.clear();
  form.error_code = done.ok ? std::string() : done.code;
  form.error_text = done.text;
  form.retry_after_ms = done.retry_after_ms.value_or(0);
  if (!done.ok) return;
  form.password.clear();
  form.open = false;
}

bool app_used(const Input& input) {
  return !input.clicks.empty() || !input.texts.empty() || !input.values.empty() || !input.submits.empty() ||
         !input.keys.empty();
}

}  // namespace

struct App::Impl {
  DrawContext drawing;
  text::TextEngine text;
  Locale locale;
  Pictures pictures;
  Ui ui;
  Facts facts;
  AppState state;
  Outbox outbox;
  float width = 0;
  float height = 0;
  float scale = 1;
  double now_ms = 0;
  bool signed_in = false;

  explicit Impl(text::GlyphSource& glyphs)
      : text(glyphs, drawing.atlas()), pictures(drawing.atlas()), ui(text, locale) {
    ui.pictures = &pictures;
  }

  /// What was typed and looked at belongs to who was signed in.
  void forget_person() {
    AppState fresh;
    fresh.theme = state.theme;
    fresh.language = state.language;
    state = std::move(fresh);
  }
};

App::App(text::GlyphSource& glyphs) : impl_(std::make_unique<Impl>(glyphs)) {}
App::~App() = default;

void App::resize(int width, int height, float scale) {
  impl_->width = static_cast<float>(width);
  impl_->height = static_cast<float>(height);
  impl_->scale = scale;
}

Input& App::input() { return impl_->ui.input; }
AppState& App::state() { return impl_->state; }
Locale& App::locale() { return impl_->locale; }
void App::set_theme(ThemeName theme) { impl_->ui.theme = theme; }
void App::set_text_scale(float scale) { impl_->ui.text_scale = std::clamp(scale, 0.85F, 1.5F); }
void App::set_less_motion(bool less) { impl_->ui.less_motion = less; }

Status App::set_facts(std::string_view json) {
  SIDETONE_TRY(auto facts, protocol::decode_record<Facts>(json));
  impl_->facts = std::move(facts);
  impl_->state.theme = impl_->facts.theme;
  impl_->state.language = impl_->facts.language;
  return {};
}

void App::put_picture(std::string_view name, int edge, const std::uint32_t* rgba) {
  impl_->pictures.put(name, edge, rgba);
}

void App::intent_done(const client::IntentDone& done) {
  auto& state = impl_->state;
  auto words = state.failed_intents.extract(done.intent);
  if (done.intent == state.sign_in.intent) {
    state.sign_in.intent = 0;
    if (done.ok) {
      state.sign_in = SignInState{};
    } else {
      sign_in_refused(state.sign_in, done);
    }
    return;
  }
  if (done.intent == state.settings.second_factor.intent) return second_factor_done(state.settings.second_factor, done);
  if (done.intent == state.settings.pairing_intent) {
    state.settings.pairing_intent = 0;
    state.settings.pairing_error = done.ok ? std::string() : done.text;
    return;
  }
  if (done.intent == state.incoming.intent) {
    state.incoming.intent = 0;
    state.incoming.refusal = done.code;
    return;
  }
  if (done.ok) return;
  state.toast = Toast{words.empty() ? done.text : words.mapped(), impl_->now_ms + size::kMotionToastStays};
}

ImDrawData* App::frame(const client::State& client, double now_ms, double unix_s) {
  auto& impl = *impl_;
  impl.now_ms = now_ms;
  const bool signed_in = app_signed_in(client);
  if (impl.signed_in && !signed_in) impl.forget_person();
  impl.signed_in = signed_in;

  const bool used = app_used(impl.ui.input);
  const Rect screen{0, 0, impl.width, impl.height};
  impl.ui.begin_frame(screen, impl.scale, now_ms, &impl.drawing.begin(impl.width, impl.height));
  const double second = std::floor(unix_s);
  Scene scene{impl.ui,
              client,
              impl.facts,
              impl.state,
              impl.outbox,
              now_ms,
              static_cast<std::int64_t>(second) + client.connection.clock_offset_s,
              now_ms + 1000 * (second + 1 - unix_s)};
  if (signed_in)
    frame_screen(scene, screen);
  else
    sign_in_screen(scene, screen);
  impl.ui.end_frame();
  // A microphone is open for its meter, and closed when nobody sees that.
  if (!std::exchange(impl.state.settings.meter_shown, false) && impl.facts.testing_microphone)
    impl.outbox.request("test_microphone", "off");
  // What was pressed may have changed what has been drawn before it.
  if (used) impl.ui.wake_at(now_ms);
  impl.ui.input.clear();
  for (const auto& wanted : impl.pictures.take_wanted())
    impl.outbox.request("show_picture", wanted.name + ":" + std::to_string(wanted.edge));
  impl.pictures.end_frame();
  impl.text.end_frame();
  return &impl.drawing.end();
}

const Semantics& App::semantics() const { return impl_->ui.semantics; }
DrawContext& App::drawing() { return impl_->drawing; }
Outbox& App::outbox() { return impl_->outbox; }
std::optional<double> App::next_wake_ms() const { return impl_->ui.next_wake_ms; }
std::optional<NodeId> App::take_focus_request() { return std::exchange(impl_->ui.focus_request, std::nullopt); }

}  // namespace sidetone::shell
