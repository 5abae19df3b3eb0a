#pragma once

#include <string>

#include "shell/screens/app_state.hpp"

/// What is said of a call: its phase, its path, its sound.
namespace sidetone::shell {

/// Phase, or the time since it was answered: "Ringing", "12:47".
std::string call_words(Scene& scene, const client::CallEntry& entry);
/// Why it is over.
std::string end_words(Scene& scene, const model::Call& call);
/// The other person's name, or the number that was dialled.
std::string call_name(const Scene& scene, const model::Call& call);

const CallFacts* facts_of(const Facts& facts, std::string_view call);

/// One word for the path, and a sentence about it.
struct PathWords {
  std::string word;
  std::string sentence;
  Icon icon = Icon::kPathDirect;
  Color fill = Color::kPositiveSoft;
  Color text = Color::kPositiveSoftText;
  Color line = Color::kPositiveFill;
};
PathWords path_words(Ui& ui, Path path);

/// @source ui/README.md: MOS ≥ 4.2 very good, ≥ 3.8 good, ≥ 3.3 fair, ≥ 2.8 poor, else very poor.
enum class Sound { kUnknown, kVeryGood, kGood, kFair, kPoor, kVeryPoor };
Sound sound_of(double mos);
std::string sound_words(Ui& ui, Sound sound);
std::string sound_sentence(Ui& ui, Sound sound);

/// From here on it can be heard.
inline constexpr float kLossHeardPercent = 3;
inline constexpr float kJitterHeardMs = 30;
inline constexpr float kRoundTripHeardMs = 300;

/// A number with one decimal in the language's way.
std::string one_decimal(const Ui& ui, double value);

}  // namespace sidetone::shell
