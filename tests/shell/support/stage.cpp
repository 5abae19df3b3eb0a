#include "tests/shell/support/stage.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

namespace sidetone::shell {
namespace {

void stage_append_line(std::string& table, std::string_view key, std::string_view text) {
  table.append(key).push_back('\t');
  for (const char c : text) {
    if (c == '\n')
      table += "\\n";
    else if (c == '\t')
      table += "\\t";
    else
      table.push_back(c);
  }
  table.push_back('\n');
}

/// What tools/locale.mjs makes of web/locale/en.json.
std::string stage_english() {
  std::ifstream file(SIDETONE_LOCALES "/en.json");
  std::stringstream text;
  text << file.rdbuf();
  std::string table;
  const auto words = boost::json::parse(text.str());
  for (const auto& [key, value] : words.as_object()) {
    if (const auto* plain = value.if_string()) {
      stage_append_line(table, key, *plain);
      continue;
    }
    for (const auto& [category, form] : value.as_object())
      stage_append_line(table, std::string(key) + "#" + std::string(category), form.as_string());
  }
  return table;
}

std::string stage_describe(const Node& node) {
  std::stringstream out;
  out << role_name(node.role) << " '" << node.label << "' (" << node.rect.left << ' ' << node.rect.top << ' '
      << node.rect.right << ' ' << node.rect.bottom << ")";
  return out.str();
}

}  // namespace

bool BoxGlyphs::rasterize(const text::GlyphRequest& request, text::GlyphBitmap& out) {
  std::size_t characters = 0;
  for (const char c : request.utf8) characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  out.advance = std::round(request.size_px / 2) * static_cast<float>(characters);
  out.width = std::max(1, static_cast<int>(out.advance) - 1);
  out.height = std::max(1, static_cast<int>(request.size_px * 0.7F));
  out.top = out.height;
  out.pixels.assign(static_cast<std::size_t>(out.width * out.height), 0xFFFFFFFFU);
  return true;
}

Stage::Stage(int width, int height, float scale) : app(glyphs_) {
  facts.service = "service.example";
  app.locale().load("en", stage_english());
  resize(width, height, scale);
  client.settings.browser_voice = true;
}

void Stage::resize(int width, int height, float scale) {
  width_ = static_cast<float>(width);
  height_ = static_cast<float>(height);
  app.resize(width, height, scale);
}

void Stage::speak(std::string_view language) { app.locale().load(language, stage_english()); }

void Stage::sign_in() {
  client.connection.phase = client::ConnectionPhase::kOnline;
  client.account.user = people::kMe;
  client.account.name = "Jonas Hartmann";
  client.account.token = "token";
  person(people::kMe, "Jonas Hartmann", "4400");
  person(people::kAiko, "Aiko Tanaka · 田中 愛子", "4417");
  person(people::kDmitry, "Дмитрий Соколов", "3120");
  person(people::kFatima, "فاطمة الزهراء بنعلي", "5512");
  person(people::kSean, "Seán Ó Briain", "2207");
  person(people::kEleni, "Ελένη Παπαδοπούλου", "2051");
  person(people::kNeha, "नेहा शर्मा", "2301");
  person(people::kLukasz, "Łukasz Wiśniewski", "100");
  person(people::kTram, "Nguyễn Ngọc Trâm", "2410");
  person(people::kSeoyeon, "김서연", "2412");
  person(people::kMaxi, "Maximiliane von Hohenstein-Wittelsbach", "2204");
  presence(people::kMe, protocol::Availability::kOnline);
  presence(people::kAiko, protocol::Availability::kOnline);
  presence(people::kDmitry, protocol::Availability::kOnline, protocol::BusyLamp::kInCall);
  presence(people::kNeha, protocol::Availability::kDoNotDisturb);
  presence(people::kSean, protocol::Availability::kAway);
  client.hosts.hosts["h1"] = {"h1", "TC-0417", true, std::nullopt, model::HostLink::kAttached, {}};
  facts.devices = {{"m1", "Headset H65", true}, {"s1", "Headset H65", false}};
  facts.microphone = "m1";
}

void Stage::person(protocol::UserId user, std::string_view name, std::string_view number) {
  client.directory.contacts[user] = {user, std::string(name), std::string(number), std::nullopt, false};
  ++client.directory.version;
}

void Stage::presence(protocol::UserId user, protocol::Availability availability, protocol::BusyLamp lamp) {
  client.presence.people[user] = {user, availability, lamp, std::nullopt, std::nullopt};
}

void Stage::record(std::uint64_t number, protocol::RecordKind kind, protocol::UserId other, std::int64_t time,
                   std::uint32_t duration_s) {
  client.history.records[number] = {number, kind, other, time, duration_s, std::nullopt};
  ++client.history.version;
}

client::CallEntry& Stage::call(std::string_view id, model::CallPhase phase, protocol::UserId other) {
  auto& entry = client.calls[std::string(id)];
  entry.call.call = id;
  entry.call.phase = phase;
  entry.call.other = other;
  entry.call.incoming = phase == model::CallPhase::kIncoming;
  entry.call.began = unix_s;
  if (phase == model::CallPhase::kInCall) entry.call.answered = unix_s;
  return entry;
}

void Stage::frame() { wait(16); }

void Stage::wait(double ms) {
  // As the page writes it: a false one stands there too.
  auto json = boost::json::parse(protocol::encode_record(facts)).as_object();
  json["owns_telephone"] = facts.owns_telephone;
  json["network"] = facts.network;
  ASSERT_TRUE(app.set_facts(boost::json::serialize(json)).ok());
  now_ms += ms;
  constexpr int kMostFrames = 4;
  for (int i = 0; i < kMostFrames && (i == 0 || app.next_wake_ms().value_or(now_ms + 1) <= now_ms); ++i)
    app.frame(client, now_ms, static_cast<double>(unix_s) + now_ms / 1000);
}

const Node* Stage::look(Role role, std::string_view name) const {
  for (const auto& node : app.semantics().nodes())
    if (node.role == role && (name.empty() || node.label == name)) return &node;
  return nullptr;
}

const Node& Stage::find(Role role, std::string_view name) {
  if (const auto* node = look(role, name)) return *node;
  std::string others;
  for (const auto* node : all(role)) others += "\n  " + stage_describe(*node);
  ADD_FAILURE() << "no " << role_name(role) << " '" << name << "', only" << others;
  static const Node kNothing;
  return kNothing;
}

std::vector<const Node*> Stage::all(Role role) const {
  std::vector<const Node*> out;
  for (const auto& node : app.semantics().nodes())
    if (node.role == role) out.push_back(&node);
  return out;
}

bool Stage::shows(std::string_view text) const {
  for (const auto& node : app.semantics().nodes())
    if (node.label.find(text) != std::string::npos || node.value.find(text) != std::string::npos) return true;
  return false;
}

void Stage::click(std::string_view name) {
  const Node* found = nullptr;
  for (const auto& node : app.semantics().nodes()) {
    if (!is_interactive(node.role) || node.role == Role::kTextField || node.label != name) continue;
    if ((node.flags & kDisabled) != 0) continue;
    EXPECT_EQ(found, nullptr) << "two elements can be pressed as '" << name << "'";
    found = &node;
  }
  ASSERT_NE(found, nullptr) << "nothing can be pressed as '" << name << "'";
  app.input().clicks.push_back({found->id});
  frame();
}

void Stage::click(Role role, std::string_view name) {
  const auto& node = find(role, name);
  ASSERT_EQ(node.flags & kDisabled, 0U) << "'" << name << "' is disabled";
  app.input().clicks.push_back({node.id});
  frame();
}

void Stage::type(std::string_view field, std::string_view text) {
  const auto& node = find(Role::kTextField, field);
  app.input().focus = node.id;
  app.input().texts.push_back({node.id, std::string(text)});
  frame();
}

void Stage::key(std::string_view chord, NodeId focus) {
  app.input().keys.push_back({std::string(chord), focus});
  frame();
}

void Stage::submit(std::string_view form) {
  app.input().submits.push_back({find(Role::kForm, form).id});
  frame();
}

void Stage::done(std::uint32_t intent, std::string_view error_code, std::string_view error_text) {
  client::IntentDone done;
  done.intent = intent;
  done.ok = error_code.empty();
  done.code = error_code;
  done.text = error_text;
  app.intent_done(done);
  frame();
}

bool Stage::requested(std::string_view name, std::string_view value) {
  for (const auto& request : app.outbox().requests())
    if (request.name == name && request.value == value) return true;
  return false;
}

Rect Stage::visible_part(const Node& node) const {
  const auto& semantics = app.semantics();
  Rect rect = node.rect;
  for (const Node* up = semantics.find(node.parent); up != nullptr; up = semantics.find(up->parent)) {
    if (up->role != Role::kForm) rect = rect.clipped(up->rect);
    if (up->parent == 0) break;
  }
  return rect;
}

void Stage::check_layout() {
  struct Pressable {
    const Node* node;
    Rect rect;
  };
  std::vector<Pressable> pressable;
  for (const auto& node : app.semantics().nodes()) {
    const Rect rect = visible_part(node);
    if (rect.empty()) continue;  // scrolled out of sight
    EXPECT_TRUE(rect.left >= -0.5F && rect.top >= -0.5F && rect.right <= width_ + 0.5F && rect.bottom <= height_ + 0.5F)
        << stage_describe(node) << " is outside of " << width_ << " x " << height_;
    if (is_interactive(node.role)) pressable.push_back({&node, rect});
  }
  EXPECT_FALSE(pressable.empty());
  for (std::size_t i = 0; i < pressable.size(); ++i) {
    for (std::size_t k = i + 1; k < pressable.size(); ++k) {
      const Rect both = pressable[i].rect.clipped(pressable[k].rect);
      EXPECT_TRUE(both.width() <= 0.5F || both.height() <= 0.5F)
          << stage_describe(*pressable[i].node) << " overlaps " << stage_describe(*pressable[k].node);
    }
  }
}

}  // namespace sidetone::shell
