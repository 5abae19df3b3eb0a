#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/jitter/network_model.hpp"

/// The jitter buffer with real Opus on a virtual clock: voice in, a modelled network, sound out, and what that did to
/// it.
namespace sidetone::bench {

struct Case {
  std::string name;
  NetworkModel network;
  double seconds = 60;
  int packet_ms = 20;
};

struct Outcome {
  double lost_percent = 0;       ///< by the network
  double concealed_percent = 0;  ///< of the samples played
  double buffer_ms = 0;          ///< mean delay in the jitter buffer
  double end_to_end_ms = 0;      ///< packet time, look-ahead, network, buffer
  double tempo_percent = 0;      ///< samples inserted or removed
  double late_percent = 0;
  double last_buffer_ms = 0;    ///< mean delay in the last ten seconds
  double mos = 0;               ///< E-model, see emodel()
  double real_time_factor = 0;  ///< how many times faster than real time the buffer and decoder ran
};

/// Mean opinion score of ITU-T G.107 with the usual simplification for packet voice: R = 93.2 − 0.024 d − 0.11 (d −
/// 177.3)⁺ − 95 p/(p + 25.1), p the concealed per cent; Bpl 25.1 as in G.113 for a codec with concealment.
double emodel(double end_to_end_ms, double concealed_percent);

Outcome simulate(const Case& what, std::uint32_t seed);

/// The cases that a comparison with another jitter buffer runs.
std::vector<Case> standard_cases();

}  // namespace sidetone::bench
