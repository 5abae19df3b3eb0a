#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sidetone::media::dsp {

/// What the music robot plays: a short tune with a bass line, made from sines with decaying envelopes, for ever. No
/// allocation; a tick costs a few sines.
class Melody {
 public:
  void fill(std::span<float> pcm);

 private:
  struct Voice {
    double phase = 0;
    double step = 0;
    double amplitude = 0;
    double decay = 1;   ///< factor a sample
    double attack = 0;  ///< 0 … 1, rises over the first 5 ms so that a note starts without a click
  };
  void start_note(Voice& voice, int midi_note, double amplitude);
  static float next_sample(Voice& voice);

  std::array<Voice, 3> lead_{};  ///< taken in turn, so that a note rings on under the next one
  std::array<Voice, 2> bass_{};
  std::size_t next_lead_ = 0;
  std::size_t next_bass_ = 0;
  std::size_t step_ = 0;
  std::size_t samples_to_step_ = 0;
};

}  // namespace sidetone::media::dsp
