#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "media/codec/codec.hpp"
#include "tests/bench/jitter/network_model.hpp"
#include "tests/bench/jitter/trace.hpp"

/// The jitter buffer with real Opus on a virtual clock: speech in, a modelled network, sound out, and what that did to
/// it.
namespace sidetone::bench {

/// What comes before is left out of the figures, a quarter at most: the buffers of both sides get to know the network.
inline constexpr double kSettledMs = 6000;

struct Case {
  std::string name;
  NetworkModel network;
  double seconds = 51;
  int packet_ms = 20;
  std::size_t red_depth = 0;   ///< copies in each packet, RFC 2198
  int deep_redundancy_ms = 0;  ///< of Opus that the far end reads
  int bitrate_bps = 0;         ///< 0: the codec's own for speech
};

/// Per cent of what was played after kSettledMs.
struct Outcome {
  double lost_percent = 0;       ///< of the packets between the first and the last that came, by the network
  double late_percent = 0;       ///< of the packets, by the buffer
  double concealed_percent = 0;  ///< as libwebrtc counts concealedSamples: what redundancy brings back is none of it
  double inserted_percent = 0;
  double removed_percent = 0;
  double buffer_ms = 0;         ///< mean delay in the jitter buffer
  double last_buffer_ms = 0;    ///< mean delay in the last ten seconds
  double real_time_factor = 0;  ///< how many times faster than real time the buffer and decoder ran
  /// 48 kHz, beginning when the first block is captured: its packet is sent one block later, with the second.
  std::vector<float> heard;
};

/// What arrives of a case, by time. @param speech  48 kHz mono, repeated for as long as the case takes.
std::vector<TracePacket> encode(const Case& what, std::span<const Arrival> list, std::span<const float> speech);

/// @param red       the payloads are those of RFC 2198.
/// @param seconds   of the case; the packets may end before.
/// @param phase_ms  0 … 10: the first pull of the playing device, which decides how long a packet waits for the next.
Outcome play(std::span<const TracePacket> packets, const media::codec::CodecEntry& codec, bool red, double seconds,
             double phase_ms);

/// The cases that a comparison with another jitter buffer runs.
std::vector<Case> standard_cases();

}  // namespace sidetone::bench
