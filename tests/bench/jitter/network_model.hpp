#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

/// Seeded models of what a network does to a steady stream of packets. A scenario is a list of arrivals; nothing here
/// knows of the jitter buffer.
namespace sidetone::bench {

struct NetworkModel {
  double loss = 0;           ///< uniform, 0 … 1
  double burst_enter = 0;    ///< Gilbert–Elliott: good → bad per packet; in the bad state everything is lost
  double burst_leave = 1;    ///< bad → good
  double jitter_ms = 0;      ///< uniform in [0, jitter_ms] for each packet
  bool keep_order = true;    ///< a packet waits for the one before it, as in a queue
  double base_ms = 1;        ///< transit of the fastest packet
  double drift_ppm = 0;      ///< the sender's clock against the receiver's: positive is fast
  double freeze_at_ms = -1;  ///< from here on nothing arrives …
  double freeze_ms = 0;      ///< … for so long; then everything at once
  double hold_every_ms = 0;  ///< every so often the link holds packets back (power saving, scanning) …
  double hold_ms = 0;        ///< … for so long

  /// What a receiver would report, 0 … 1.
  [[nodiscard]] double mean_loss() const { return loss + burst_enter / (burst_enter + burst_leave); }
};

struct Arrival {
  std::int64_t packet = 0;  ///< index in the sender's order
  double time_ms = 0;       ///< on the receiver's clock; the first packet is sent at 0
};

/// What arrives of `packets` packets, by time. The same seed gives the same list on every machine.
inline std::vector<Arrival> arrivals(const NetworkModel& model, std::int64_t packets, double packet_ms,
                                     std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto uniform = [&random] { return static_cast<double>(random()) / 4294967296.0; };
  std::vector<Arrival> out;
  bool bad = false;
  double last_ms = 0;
  for (std::int64_t i = 0; i < packets; ++i) {
    const double sent_ms = static_cast<double>(i) * packet_ms / (1 + model.drift_ppm * 1e-6);
    bad = bad ? uniform() >= model.burst_leave : uniform() < model.burst_enter;
    const bool lost = uniform() < model.loss || bad;
    double time_ms = sent_ms + model.base_ms + uniform() * model.jitter_ms;
    if (model.freeze_at_ms >= 0 && time_ms >= model.freeze_at_ms && time_ms < model.freeze_at_ms + model.freeze_ms) {
      time_ms = model.freeze_at_ms + model.freeze_ms;
    }
    if (model.hold_every_ms > 0) {
      const double phase_ms =
          time_ms - static_cast<double>(static_cast<std::int64_t>(time_ms / model.hold_every_ms)) * model.hold_every_ms;
      if (phase_ms < model.hold_ms) time_ms += model.hold_ms - phase_ms;
    }
    if (model.keep_order) time_ms = std::max(time_ms, last_ms);
    last_ms = std::max(last_ms, time_ms);
    if (!lost) out.push_back({i, time_ms});
  }
  std::ranges::stable_sort(out, {}, &Arrival::time_ms);
  return out;
}

}  // namespace sidetone::bench
