#include "window/program.hpp"

#include <SDL.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "core/client/commands.hpp"
#include "window/chords.hpp"
#include "window/elements.hpp"

namespace sidetone::window {
namespace {

constexpr float kWheelStep = 60;  ///< CSS pixels of one notch
constexpr std::string_view kThemeKey = "F2";
constexpr std::string_view kCloseKey = "Ctrl+Q";

Answer failed(std::string why) {
  Answer answer;
  answer.error = std::move(why);
  return answer;
}
Answer with_text(std::string text) {
  Answer answer;
  answer.text = std::move(text);
  return answer;
}

}  // namespace

Program::Program(Surface& surface)
    : surface_(surface),
      page_(
          client_,
          [this] {
            auto glyphs = std::make_unique<shell::text::TrueTypeGlyphs>();
            glyphs_ = glyphs.get();
            return glyphs;
          }(),
          [this] {
            return std::make_unique<page::RasterScreen>(
                [this](const std::uint32_t* pixels, int width, int height, const auto& rects) {
                  surface_.present(pixels, width, height, rects);
                });
          }) {}

// --- what who opened the window asks ---

std::optional<std::string> Program::carry_out(std::string_view request) {
  auto frame = protocol::decode<Requests>(request, 2 * kTextBytes);
  if (const auto* error = std::get_if<protocol::FrameError>(&frame))
    return protocol::encode_record(failed(to_string(error->error)));
  dirty_ = true;
  auto& message = std::get<protocol::Frame<Requests>>(frame).message;
  const Answer given = std::visit([this](const auto& one) { return answer(one); }, message);
  if (waiting_) return std::nullopt;
  return protocol::encode_record(given);
}

Answer Program::answer(const AddFont& request) {
  std::ifstream file(request.path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file || !glyphs_->add(bytes, request.strong)) return failed(request.path + " is no TrueType font");
  fonts_.push_back(std::move(bytes));
  return {};
}

Answer Program::answer(const Resize& request) {
  constexpr int kMost = shell::render::Raster::kLargestEdge;
  if (request.width < 1 || request.height < 1 || request.width > kMost || request.height > kMost)
    return failed("a window is 1 to " + std::to_string(kMost) + " device pixels wide and high");
  scale_ = static_cast<float>(request.scale);
  if (const Status status = surface_.resize(request.width, request.height); !status)
    return failed(to_string(status.error()));
  page_.resize(request.width, request.height, scale_);
  return {};
}

Answer Program::answer(const Speak& request) {
  page_.app().locale().load(request.language, request.table);
  return {};
}

Answer Program::answer(const Prefer& request) {
  preferences_ = request;
  page_.set_preferences(static_cast<shell::ThemeName>(request.theme), static_cast<float>(request.text_scale), true);
  return {};
}

Answer Program::answer(const SetFacts& request) {
  const Status status = page_.app().set_facts(request.json);
  return status ? Answer{} : failed(to_string(status.error()));
}

Answer Program::answer(const Dispatch& request) { return with_text(client_.dispatch(request.event)); }

Answer Program::answer(const TellDone& request) {
  const auto done = protocol::decode_record<client::IntentDone>(request.json);
  if (!done) return failed(to_string(done.error()));
  page_.app().intent_done(*done);
  return {};
}

Answer Program::answer(const Click& request) {
  input().clicks.push_back({request.node});
  return {};
}

Answer Program::answer(const SetText& request) {
  input().texts.push_back({request.node, request.text});
  return {};
}

Answer Program::answer(const Submit& request) {
  input().submits.push_back({request.node});
  return {};
}

Answer Program::answer(const Strike& request) {
  input().keys.push_back({request.chord, 0});
  return {};
}

Answer Program::answer(const Point& request) {
  input().pointer_x = static_cast<float>(request.x);
  input().pointer_y = static_cast<float>(request.y);
  return {};
}

Answer Program::answer(const Draw& request) {
  const page::PageProgram::Frame frame = page_.frame(request.now_ms, request.unix_s);
  page_.app().take_focus_request();
  Answer given;
  given.number = (frame.presented ? 1 : 0) | (frame.semantics ? 2 : 0) | (frame.outbox ? 4 : 0);
  return given;
}

Answer Program::answer(const ListNodes& /*request*/) { return with_text(semantics().to_json()); }
Answer Program::answer(const TakeOutbox& /*request*/) { return with_text(page_.app().outbox().take_json()); }

Answer Program::answer(const Copy& request) {
  return SDL_SetClipboardText(request.text.c_str()) == 0 ? Answer{} : failed(SDL_GetError());
}

Answer Program::answer(const Wait& request) {
  waiting_ = {request, std::chrono::steady_clock::now()};
  return {};
}

// --- the person ---

void Program::happened(const SDL_Event& event) {
  switch (event.type) {
    case SDL_QUIT:
      closed_ = true;
      return;
    case SDL_WINDOWEVENT:
      if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) resized(event.window.data1, event.window.data2);
      if (event.window.event == SDL_WINDOWEVENT_EXPOSED) surface_.repeat();
      if (event.window.event != SDL_WINDOWEVENT_LEAVE) return;
      input().pointer_x = input().pointer_y = -1;
      break;
    case SDL_MOUSEMOTION:
      input().pointer_x = static_cast<float>(event.motion.x);
      input().pointer_y = static_cast<float>(event.motion.y);
      break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
      if (event.button.button != SDL_BUTTON_LEFT) return;
      input().pointer_x = static_cast<float>(event.button.x);
      input().pointer_y = static_cast<float>(event.button.y);
      press(event.type == SDL_MOUSEBUTTONDOWN);
      break;
    case SDL_MOUSEWHEEL:
      input().wheel -= event.wheel.preciseY * kWheelStep * scale_;
      break;
    case SDL_KEYDOWN:
      strike(chord_of(event.key.keysym));
      break;
    case SDL_TEXTINPUT:
      type(static_cast<const char*>(event.text.text));
      break;
    default:
      return;
  }
  dirty_ = true;
}

void Program::strike(const std::string& chord) {
  const shell::Node* field = Keyboard::field(semantics(), input());
  // A blank in a field comes as text.
  if (chord.empty() || (field != nullptr && chord == "Space")) return;
  if (chord == kCloseKey) {
    closed_ = true;
  } else if (chord == kThemeKey) {
    preferences_.theme = (preferences_.theme + 1) % 3;
    answer(preferences_);
  } else if (field != nullptr && chord == "Ctrl+V") {
    const std::unique_ptr<char, decltype(&SDL_free)> text(SDL_GetClipboardText(), SDL_free);
    if (text != nullptr) type(text.get());
  } else if (field != nullptr && chord == "Ctrl+C") {
    if ((field->flags & shell::kPassword) == 0) SDL_SetClipboardText(field->value.c_str());
  } else {
    keyboard_.strike(semantics(), input(), chord);
  }
}

void Program::type(std::string_view utf8) {
  if (Keyboard::field(semantics(), input()) != nullptr) return keyboard_.type(semantics(), input(), utf8);
  // Beside the fields a character is a key like others, the blank has come as one.
  if (utf8 != " ") keyboard_.strike(semantics(), input(), utf8);
}

void Program::press(bool down) {
  input().pointer_down = down;
  const shell::NodeId element = element_at(semantics(), input().pointer_x, input().pointer_y);
  if (down) {
    pressed_on_ = element;
    keyboard_.press(semantics(), input(), element);
    return;
  }
  if (element == 0 || element != pressed_on_) return;
  const shell::Node* node = semantics().find(element);
  if (node->role == shell::Role::kSlider) {
    const float part = (input().pointer_x - node->rect.left) / std::max(node->rect.width(), 1.0F);
    const float value = node->low + part * (node->high - node->low);
    input().values.push_back({element, node->step > 0 ? std::round(value / node->step) * node->step : value});
  } else if (node->role == shell::Role::kLink && node->hint.compare(0, 4, "http") == 0) {
    SDL_OpenURL(node->hint.c_str());
  } else if (node->role != shell::Role::kTextField) {
    input().clicks.push_back({element});
  }
}

void Program::resized(int width, int height) {
  if (!surface_.resize(width, height)) return;
  page_.resize(width, height, scale_);
  dirty_ = true;
}

// --- frames ---

double Program::now_ms() const {
  const std::chrono::duration<double, std::milli> gone = std::chrono::steady_clock::now() - waiting_->since;
  return waiting_->request.now_ms + gone.count();
}

std::optional<int> Program::idle_after_ms() const {
  if (!waiting_) return std::nullopt;
  if (dirty_ || closed_ || wants_) return 0;
  const std::optional<double> wake = page_.next_wake();
  if (!wake) return std::nullopt;
  return static_cast<int>(std::clamp(std::ceil(drawn_ms_ + *wake - now_ms()), 0.0, 60'000.0));
}

void Program::draw_live() {
  const double now = now_ms();
  dirty_ = false;
  drawn_ms_ = now;
  const page::PageProgram::Frame frame =
      page_.frame(now, waiting_->request.unix_s + (now - waiting_->request.now_ms) / 1000);
  wants_ = frame.outbox;
  keyboard_.follow(semantics(), input(), page_.app().take_focus_request());
  if (const shell::Node* field = Keyboard::field(semantics(), input())) {
    const SDL_Rect place{static_cast<int>(field->rect.left), static_cast<int>(field->rect.top),
                         static_cast<int>(field->rect.width()), static_cast<int>(field->rect.height())};
    SDL_SetTextInputRect(&place);
  }
}

std::optional<std::string> Program::idle() {
  if (!waiting_) return std::nullopt;
  if (!closed_ && idle_after_ms() == 0) draw_live();
  if (!wants_ && !closed_) return std::nullopt;
  Answer given;
  given.number = now_ms();
  given.closed = closed_;
  wants_ = false;
  waiting_.reset();
  return protocol::encode_record(given);
}

}  // namespace sidetone::window
