// Mouth to ear without a network: the frames of one engine are delivered to another in the same process, each on its
// own devices of a PulseAudio server. Measures the delay, the level, dropouts, and what the audio threads cost.
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "media/dsp/goertzel.hpp"
#include "tests/bench/audio_loop/rig.hpp"

namespace {

using namespace sidetone;
using namespace sidetone::media::audio;
using sidetone::bench::now_ms;

class SteadyClock final : public Clock {
 public:
  MonotonicTime now() const override {
    return {std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now().time_since_epoch())};
  }
  WallTime wall() const override { return {0}; }
};

struct Arguments {
  std::string server;
  std::string microphone = "mic";
  std::string microphone_feed = "micfeed";
  std::string loudspeaker = "spk";
  std::string codec = "opus";
  int seconds = 12;
  int packet_ms = 20;
  int complexity = 5;
};

Arguments parse(int count, char** words) {
  Arguments out;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = words[i];
    const std::string value = words[i + 1];
    if (name == "--server") out.server = value;
    if (name == "--microphone") out.microphone = value;
    if (name == "--microphone-feed") out.microphone_feed = value;
    if (name == "--loudspeaker") out.loudspeaker = value;
    if (name == "--codec") out.codec = value;
    if (name == "--seconds") out.seconds = std::stoi(value);
    if (name == "--packet-ms") out.packet_ms = std::stoi(value);
    if (name == "--complexity") out.complexity = std::stoi(value);
  }
  return out;
}

/// CPU time of all threads named "audio", in ms.
double audio_threads_ms() {
  double ticks = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.find("(audio)") == std::string::npos) continue;
    unsigned long user = 0;
    unsigned long system = 0;
    std::sscanf(text.c_str() + text.rfind(')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                &system);
    ticks += static_cast<double>(user + system);
  }
  return ticks * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

class Loop {
 public:
  explicit Loop(const Arguments& arguments) : arguments_(arguments) {
    EngineOptions options;
    options.server = arguments.server;
    options.encoder_complexity = arguments.complexity;
    for (auto& engine : engines_) engine = make_audio_engine(options, clock_, {});
    const bool opus = arguments.codec == "opus";
    const CodecBinding codec{static_cast<std::uint8_t>(opus                        ? 111
                                                       : arguments.codec == "PCMU" ? 0
                                                                                   : 8),
                             arguments.codec, opus ? 48000U : 8000U, opus ? "minptime=10;useinbandfec=1" : ""};
    LegConfig config{codec, {codec}, Milliseconds{arguments.packet_ms}};
    for (int i = 0; i < 2; ++i) legs_[i] = *engines_[i]->add_leg(config);
    check(engines_[0]->set_source(legs_[0], {SourceKind::kDevice, arguments.microphone}));
    check(engines_[0]->set_sink(legs_[0], {false, "", 1}));
    check(engines_[1]->set_source(legs_[1], {SourceKind::kSilence, ""}));
    check(engines_[1]->set_sink(legs_[1], {true, arguments.loudspeaker, 1}));
  }

  void run_for(double ms) {
    const double end = now_ms() + ms;
    while (now_ms() < end) {
      pollfd waiting[2] = {{engines_[0]->frames_ready_fd(), POLLIN, 0}, {engines_[1]->frames_ready_fd(), POLLIN, 0}};
      poll(waiting, 2, 50);
      for (int i = 0; i < 2; ++i) {
        engines_[i]->take_frames([&](const OutgoingFrame& frame) {
          const IncomingPacket packet{
              7, sequence_[i]++, frame.timestamp, frame.payload_type, frame.marker, clock_.now(), frame.payload};
          bytes_[i] += frame.payload.size();
          engines_[1 - i]->deliver(legs_[1 - i], packet);
        });
      }
    }
  }
  LegStats received() const { return engines_[1]->stats(legs_[1]); }
  std::size_t bytes() const { return bytes_[0]; }

 private:
  static void check(const Status& status) {
    if (!status.ok()) std::fprintf(stderr, "%s\n", to_string(status.error()).c_str());
  }
  Arguments arguments_;
  SteadyClock clock_;
  std::unique_ptr<AudioEngine> engines_[2];
  LegId legs_[2]{};
  std::uint16_t sequence_[2]{};
  std::size_t bytes_[2]{};
};

/// Delays of the bursts: from handing over the first sample to reading it at the other end.
std::vector<double> delays(const std::vector<double>& sent, const bench::Recorder& recorder) {
  std::vector<double> out;
  std::size_t quiet = 0;
  for (std::size_t i = 0; i < recorder.samples.size(); ++i) {
    if (std::fabs(recorder.samples[i]) < 0.03F) {
      ++quiet;
      continue;
    }
    if (quiet > 4800) {
      const double read = recorder.read_times[i / 480];
      const auto before = std::ranges::lower_bound(sent, read);
      const bool settled = recorder.read_times[i / 480] - recorder.read_times.front() > 2500;
      if (before != sent.begin() && settled) out.push_back(read - *std::prev(before));
    }
    quiet = 0;
  }
  return out;
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return -1;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments = parse(count, words);
  const std::string monitor = arguments.loudspeaker + ".monitor";
  std::vector<double> rig;
  {  // what the measuring ends cost by themselves: feed → microphone without an engine
    bench::Recorder recorder(arguments.server, arguments.microphone);
    auto player = std::make_unique<bench::Player>(arguments.server, arguments.microphone_feed, 1000, true);
    usleep(5'000'000);
    recorder.stop();
    rig = delays(player->bursts(), recorder);
  }
  Loop loop(arguments);
  std::vector<double> mouth_to_ear;
  LegStats before;
  LegStats after;
  {
    bench::Recorder recorder(arguments.server, monitor);
    bench::Player player(arguments.server, arguments.microphone_feed, 1000, true);
    loop.run_for(3000);
    before = loop.received();
    loop.run_for(arguments.seconds * 1000.0);
    after = loop.received();
    recorder.stop();
    mouth_to_ear = delays(player.bursts(), recorder);
  }
  std::vector<float> tone;
  double cpu_percent = 0;
  {
    bench::Recorder recorder(arguments.server, monitor);
    bench::Player player(arguments.server, arguments.microphone_feed, 440, false);
    loop.run_for(3000);
    const double cpu = audio_threads_ms();
    const double start = now_ms();
    loop.run_for(arguments.seconds * 1000.0);
    cpu_percent = (audio_threads_ms() - cpu) / (now_ms() - start) * 100;
    recorder.stop();
    tone = recorder.samples;
  }
  const std::size_t skip = std::min<std::size_t>(tone.size(), 3 * 48000);
  const std::span<const float> steady = std::span{tone}.subspan(skip);
  int dropouts = 0;
  std::vector<double> levels;
  for (std::size_t i = 0; i + 960 <= steady.size(); i += 960) {
    const double amplitude = media::dsp::tone_amplitude(steady.subspan(i, 960), 440, 48000);
    levels.push_back(amplitude);
    dropouts += amplitude < 0.15 ? 1 : 0;
  }
  const double emitted = static_cast<double>(after.jitter_buffer_emitted - before.jitter_buffer_emitted);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"mouth_to_ear_ms\":%.1f,\"mouth_to_ear_p95_ms\":%.1f,\"mouth_to_ear_max_ms\":%.1f,\"bursts\":%zu,\"rig_ms\":%."
      "1f,"
      "\"jitter_buffer_ms\":%.1f,\"target_ms\":%.1f,\"concealed\":%llu,\"inserted\":%llu,\"removed\":%llu,"
      "\"level_db\":%.2f,\"dropouts_20ms\":%d,\"tone_s\":%.1f,\"audio_threads_cpu_percent\":%.2f,\"rss_mb\":%.1f}\n",
      quantile(mouth_to_ear, 0.5), quantile(mouth_to_ear, 0.95), quantile(mouth_to_ear, 1), mouth_to_ear.size(),
      quantile(rig, 0.5),
      emitted > 0 ? (after.jitter_buffer_delay_s - before.jitter_buffer_delay_s) / emitted * 48000 * 1000 / 48000 : -1,
      after.jitter_buffer_target_s * 1000,
      static_cast<unsigned long long>(after.samples_concealed - before.samples_concealed),
      static_cast<unsigned long long>(after.samples_inserted - before.samples_inserted),
      static_cast<unsigned long long>(after.samples_removed - before.samples_removed),
      20 * std::log10(quantile(levels, 0.5) / 0.3), dropouts, static_cast<double>(steady.size()) / 48000, cpu_percent,
      static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}
