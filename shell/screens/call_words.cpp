#include "shell/screens/call_words.hpp"

#include <algorithm>
#include <cmath>

namespace sidetone::shell {

std::string call_name(const Scene& scene, const model::Call& call) {
  if (call.other == 0 && !call.number.empty()) return call.number;
  return scene.name_of(call.other);
}

std::string end_words(Scene& scene, const model::Call& call) {
  auto& ui = scene.ui;
  const auto name = call_name(scene, call);
  if (!call.reason) return ui.tr("call.ended");
  if (*call.reason == protocol::EndReason::kFailed && call.host_away) return ui.tr("call.end.host_away");
  const auto key =
      "call.end." +
      std::string(protocol::EnumNames<protocol::EndReason>::kNames[static_cast<std::size_t>(*call.reason)]);
  return ui.tr(key, {{"name", name}});
}

std::string call_words(Scene& scene, const client::CallEntry& entry) {
  const auto& call = entry.call;
  auto& ui = scene.ui;
  switch (call.phase) {
    case model::CallPhase::kPreparing:
      if (call.host_away) return ui.tr("call.host_away");
      return ui.tr("call.dialling");
    case model::CallPhase::kDialling:
      return ui.tr("call.dialling");
    case model::CallPhase::kRinging:
      return ui.tr("call.ringing");
    case model::CallPhase::kIncoming:
      return ui.tr("call.incoming");
    case model::CallPhase::kAnswering:
      if (call.host_away) return ui.tr("call.host_away");
      return ui.tr("call.connecting");
    case model::CallPhase::kConnecting:
      return ui.tr("call.connecting");
    case model::CallPhase::kTakingUp:
      return ui.tr("call.taking_up");
    case model::CallPhase::kElsewhere:
      return ui.tr("call.elsewhere");
    case model::CallPhase::kEnded:
      return end_words(scene, call);
    case model::CallPhase::kInCall:
      break;
  }
  ui.wake_at(scene.next_second_ms);
  return ui.locale.duration(scene.unix_s - call.answered.value_or(scene.unix_s));
}

const CallFacts* facts_of(const Facts& facts, std::string_view call) {
  const auto found =
      std::find_if(facts.calls.begin(), facts.calls.end(), [&](const CallFacts& one) { return one.call == call; });
  return found == facts.calls.end() ? nullptr : &*found;
}

PathWords path_words(Ui& ui, Path path) {
  switch (path) {
    case Path::kDirect:
      return {ui.tr("call.path.direct"), ui.tr("call.path.direct_text"), Icon::kPathDirect,
              Color::kPositiveSoft,      Color::kPositiveSoftText,       Color::kPositiveFill};
    case Path::kRelayed:
      return {ui.tr("call.path.relayed"), ui.tr("call.path.relayed_text"), Icon::kPathRelay,
              Color::kWarningSoft,        Color::kWarningSoftText,         Color::kWarningFill};
    case Path::kBrowser:
      return {ui.tr("call.path.browser"), ui.tr("call.path.browser_text"), Icon::kPathBrowser,
              Color::kDangerSoft,         Color::kDangerSoftText,          Color::kDangerFill};
    case Path::kUnknown:
      break;
  }
  return {ui.tr("call.path.unknown"), ui.tr("call.path.unknown_text"), Icon::kClock, Color::kHover, Color::kTextMuted,
          Color::kLineStrong};
}

Sound sound_of(double mos) {
  if (mos <= 0) return Sound::kUnknown;
  if (mos >= 4.2) return Sound::kVeryGood;
  if (mos >= 3.8) return Sound::kGood;
  if (mos >= 3.3) return Sound::kFair;
  if (mos >= 2.8) return Sound::kPoor;
  return Sound::kVeryPoor;
}

namespace {
std::string_view sound_key(Sound sound) {
  switch (sound) {
    case Sound::kVeryGood:
      return "very_good";
    case Sound::kGood:
      return "good";
    case Sound::kFair:
      return "fair";
    case Sound::kPoor:
      return "poor";
    case Sound::kVeryPoor:
      return "very_poor";
    case Sound::kUnknown:
      break;
  }
  return "unknown";
}
}  // namespace

std::string sound_words(Ui& ui, Sound sound) { return ui.tr("call.sound." + std::string(sound_key(sound))); }
std::string sound_sentence(Ui& ui, Sound sound) {
  return ui.tr("call.sound." + std::string(sound_key(sound)) + "_text");
}

std::string one_decimal(const Ui& ui, double value) {
  const auto tenths = static_cast<std::int64_t>(std::lround(value * 10));
  return ui.tr("number.decimal",
               {{"whole", std::to_string(tenths / 10)}, {"tenth", std::to_string(std::abs(tenths % 10))}});
}

}  // namespace sidetone::shell
