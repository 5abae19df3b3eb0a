// The telephones of the conferences: two of eight talk, six have their microphones open. See README.md.
//   mixer_load SPEECH_FILE FIRST_PORT WARM_UP_S WINDOW_S srtp|rtp REMOTE_PORT…
// SPEECH_FILE: 16-bit mono at 48 kHz. Prints one JSON object of what the legs received within the window.
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/rtp/packet.hpp"
#include "tests/bench/mixer/wire.hpp"

namespace {

using namespace sidetone;
using Payloads = std::vector<std::vector<std::uint8_t>>;

constexpr int kBitrate = 32'000;
constexpr std::uint64_t kTickNs = 1'000'000;
constexpr std::uint64_t kPacketNs = 20'000'000;
constexpr std::uint64_t kLateNs = 60'000'000;  // two packets' time and its own: a jitter buffer has run dry
constexpr float kRoomNoise = 0.001F;           // −65 dBFS

std::uint64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

Payloads encode(const std::vector<float>& pcm) {
  const auto encoder = media::codec::find("opus", 48000)->make_encoder({.bitrate_bps = kBitrate});
  Payloads out;
  for (std::size_t at = 0; at + bench::kPacketSamples <= pcm.size(); at += bench::kPacketSamples) {
    auto& payload = out.emplace_back(media::codec::kMaxPayload);
    payload.resize(encoder->encode(std::span{pcm}.subspan(at, bench::kPacketSamples), payload));
  }
  return out;
}

std::vector<float> read_speech(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> octets{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::int16_t> samples(octets.size() / 2);
  std::memcpy(samples.data(), octets.data(), samples.size() * 2);
  std::vector<float> out;
  for (const std::int16_t sample : samples) out.push_back(static_cast<float>(sample) / 32768);
  if (out.size() < 48000) bench::fail("speech");
  return out;
}

struct Telephone {
  int socket = -1;
  std::unique_ptr<media::srtp::SrtpSession> srtp;
  const Payloads* says = nullptr;
  std::size_t at = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint64_t received = 0;
  std::uint64_t late = 0;
  std::uint64_t last_ns = 0;
  std::unique_ptr<media::codec::Decoder> decoder;
  double energy = 0;
  std::uint64_t samples = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  prctl(PR_SET_TIMERSLACK, 1);
  const double warm_up_s = std::stod(argv[3]);
  const double window_s = std::stod(argv[4]);
  const bool secure = std::string(argv[5]) == "srtp";
  const Payloads speech = encode(read_speech(argv[1]));
  std::vector<float> noise(std::size_t{48000} * 4);
  std::uint32_t random = 1;
  for (float& sample : noise) {
    random = random * 1664525 + 1013904223;
    sample = kRoomNoise * static_cast<float>(static_cast<std::int32_t>(random)) / 2147483648.0F;
  }
  const Payloads room = encode(noise);

  std::vector<Telephone> telephones(static_cast<std::size_t>(argc - 6));
  for (std::size_t i = 0; i < telephones.size(); ++i) {
    Telephone& one = telephones[i];
    one.socket = bench::connected_socket(static_cast<std::uint16_t>(std::stoul(argv[2]) + i),
                                         static_cast<std::uint16_t>(std::stoul(argv[6 + i])));
    if (secure) one.srtp = bench::srtp_session();
    one.says = i % bench::kLegsOfConference < bench::kTalkers ? &speech : &room;
    one.at = i * 37 % one.says->size();
    // The last one of each conference listens to what it is sent.
    if (i % bench::kLegsOfConference == bench::kLegsOfConference - 1)
      one.decoder = media::codec::find("opus", 48000)->make_decoder({.complexity = 0});
  }

  std::array<std::uint8_t, media::rtp::kMaxPacketBytes> buffer;
  std::vector<float> pcm(media::codec::kMaxPacketSamples);
  const auto say = [&](std::size_t i) {
    Telephone& one = telephones[i];
    media::rtp::Packet packet;
    packet.payload_type = bench::kPayloadType;
    packet.sequence = one.sequence++;
    packet.timestamp = one.timestamp;
    packet.ssrc = static_cast<std::uint32_t>(i + 1);
    packet.payload = (*one.says)[one.at++ % one.says->size()];
    one.timestamp += bench::kPacketSamples;
    ByteWriter out(buffer);
    if (!media::rtp::write_rtp(packet, out).ok()) return;
    std::size_t size = out.size();
    if (one.srtp != nullptr) size = one.srtp->protect_rtp(buffer, size)->size();
    send(one.socket, buffer.data(), size, 0);
  };
  const auto listen = [&](Telephone& one, std::uint64_t now, bool counts) {
    for (;;) {
      const ssize_t size = recv(one.socket, buffer.data(), buffer.size(), 0);
      if (size <= 0) return;
      Bytes octets = Bytes{buffer}.first(static_cast<std::size_t>(size));
      if (one.srtp != nullptr) {
        const auto open = one.srtp->unprotect_rtp(std::span{buffer}.first(static_cast<std::size_t>(size)));
        if (!open.ok()) continue;
        octets = *open;
      }
      const auto packet = media::rtp::parse_rtp(octets);
      if (!packet.ok()) continue;
      if (counts) ++one.received;
      if (counts && one.last_ns != 0 && now - one.last_ns > kLateNs) ++one.late;
      one.last_ns = now;
      if (one.decoder == nullptr) continue;
      const std::size_t samples = one.decoder->decode(packet->payload, pcm);
      if (!counts) continue;
      one.energy += media::dsp::mean_square(std::span{pcm}.first(samples)) * static_cast<double>(samples);
      one.samples += samples;
    }
  };

  const std::uint64_t began = now_ns();
  const std::uint64_t from = began + static_cast<std::uint64_t>(warm_up_s * 1e9);
  const std::uint64_t until = from + static_cast<std::uint64_t>(window_s * 1e9);
  std::uint64_t behind = 0;  // ticks that were not in time: the generator's own fault
  for (std::uint64_t tick = 0;; ++tick) {
    const std::uint64_t due = began + tick * kTickNs;
    const timespec when{static_cast<time_t>(due / 1'000'000'000), static_cast<long>(due % 1'000'000'000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
    const std::uint64_t now = now_ns();
    if (now >= until) break;
    if (now > due + kPacketNs / 2) ++behind;
    constexpr std::uint64_t kSteps = kPacketNs / kTickNs;
    // The conferences begin one after the other, all of them in the first half of the time before what is counted.
    const double joined = 2 * static_cast<double>(now - began) / static_cast<double>(from - began);
    const auto present = static_cast<std::size_t>(std::min(joined, 1.0) * static_cast<double>(telephones.size()));
    for (std::size_t i = tick % kSteps; i < present; i += kSteps) say(i);
    for (Telephone& one : telephones) listen(one, now, now >= from);
  }

  const double expected = window_s * 1e9 / static_cast<double>(kPacketNs);
  double least = 1e9;
  double quietest = 1;
  std::uint64_t late = 0;
  std::uint64_t received = 0;
  for (const Telephone& one : telephones) {
    least = std::min(least, static_cast<double>(one.received) / expected);
    late += one.late;
    received += one.received;
    if (one.decoder != nullptr)
      quietest = std::min(quietest, one.samples == 0 ? 0 : std::sqrt(one.energy / static_cast<double>(one.samples)));
  }
  std::printf("{\"legs\":%zu,\"least\":%.4f,\"received\":%.4f,\"late\":%.5f,\"quietest\":%.4f,\"behind\":%llu}\n",
              telephones.size(), least,
              static_cast<double>(received) / expected / static_cast<double>(telephones.size()),
              static_cast<double>(late) / expected / static_cast<double>(telephones.size()), quietest,
              static_cast<unsigned long long>(behind));
  return 0;
}
