#include <algorithm>

#include "core/client/view.hpp"
#include "shell/screens/app_state.hpp"

namespace sidetone::shell {
namespace {

/// How far a call has come; 0: it is not one of this device now.
int scene_rank(model::CallPhase phase) {
  switch (phase) {
    case model::CallPhase::kInCall:
      return 3;
    case model::CallPhase::kAnswering:
    case model::CallPhase::kConnecting:
    case model::CallPhase::kTakingUp:
      return 2;
    case model::CallPhase::kPreparing:
    case model::CallPhase::kDialling:
    case model::CallPhase::kRinging:
      return 1;
    case model::CallPhase::kIncoming:
    case model::CallPhase::kElsewhere:
    case model::CallPhase::kEnded:
      return 0;
  }
  return 0;
}

}  // namespace

const model::Contact* Scene::contact(protocol::UserId user) const {
  const auto found = client.directory.contacts.find(user);
  return found == client.directory.contacts.end() ? nullptr : &found->second;
}

const model::Presence* Scene::presence(protocol::UserId user) const {
  const auto found = client.presence.people.find(user);
  return found == client.presence.people.end() ? nullptr : &found->second;
}

std::string Scene::name_of(protocol::UserId user) const {
  const auto* person = contact(user);
  if (person != nullptr && !person->name.empty()) return person->name;
  if (person != nullptr && !person->number.empty()) return person->number;
  if (user != 0 && user == client.account.user) return client.account.name;
  return ui.tr("people.unknown");
}

ui::Face Scene::face(protocol::UserId user, std::string_view name) const {
  const auto* person = contact(user);
  return {user, name, person == nullptr || !person->picture ? std::string_view() : std::string_view(*person->picture)};
}

const client::CallEntry* Scene::call_here() const {
  const client::CallEntry* best = nullptr;
  for (const auto& [id, entry] : client.calls) {
    const int rank = scene_rank(entry.call.phase);
    if (rank == 0) continue;
    const bool newer = best == nullptr || entry.call.began > best->call.began ||
                       (entry.call.began == best->call.began && rank > scene_rank(best->call.phase));
    if (newer) best = &entry;
  }
  return best;
}

const client::CallEntry* Scene::call_shown() const {
  if (const auto* here = call_here()) return here;
  const auto found = client.calls.find(app.call.call);
  return found == client.calls.end() ? nullptr : &found->second;
}

bool Scene::can_call() const { return online() && client::choose_voice(client).way != model::VoiceWay::kNone; }

std::string Scene::wait_words(std::uint32_t retry_after_ms) const {
  return ui.locale.text_for("sign_in.too_often",
                            std::max<std::int64_t>(1, (std::int64_t{retry_after_ms} + 999) / 1000));
}

std::string Scene::voice_words() const {
  const auto voice = client::choose_voice(client);
  if (voice.way == model::VoiceWay::kBrowser) return ui.tr("voice.in_browser");
  if (voice.way == model::VoiceWay::kNone) return ui.tr("voice.none");
  const auto found = client.hosts.hosts.find(voice.host.value_or(std::string()));
  return ui.tr("voice.at_host", {{"host", found == client.hosts.hosts.end() ? std::string_view()
                                                                            : std::string_view(found->second.name)}});
}

void Scene::open_chat(protocol::UserId with) {
  app.screen = Screen::kChats;
  app.in_call_view = false;
  app.detail_open = true;
  app.chats.with = with;
  // A finger would get a keyboard over half of the chat.
  app.chats.focus_composer = !ui.input.touch && !phone();
  out.send(client::OpenConversation{with});
}

void Scene::place_call(protocol::UserId user) { out.send(client::PlaceCall{user, std::nullopt}); }

void Scene::place_call(std::string_view number) {
  out.send(client::PlaceCall{std::nullopt, std::string(number.substr(0, protocol::limits::kNumberBytes))});
}

void Scene::say(std::string text) { app.toast = Toast{std::move(text), now_ms + size::kMotionToastStays}; }

}  // namespace sidetone::shell
