// What a call takes of the network, codec by codec: every packet is encoded, written as RTP, encrypted as SRTP, and
// measured with UDP and IPv4 around it.
//   codec-bandwidth_bench --json | --table
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "media/codec/codec.hpp"
#include "media/codec/comfort_noise.hpp"
#include "media/rtp/packet.hpp"
#include "media/srtp/srtp_session.hpp"

namespace {

using namespace sidetone;
using media::codec::CodecEntry;

constexpr std::size_t kSeconds = 30;
constexpr std::size_t kRateHz = 48000;
constexpr std::size_t kUdpAndIpv4 = 8 + 20;  // RFC 768, RFC 791 without options
constexpr media::srtp::Suite kSuite = media::srtp::Suite::kAeadAes128Gcm;

struct Row {
  std::string_view label;
  std::string_view codec;
  int bitrate_bps = 0;
  std::string_view format_parameters;  ///< of the entry in the registry
  std::optional<int> reference_kbit;   ///< row N2 of the feature list, both directions
};
constexpr std::array kRows{Row{"Opus, 32 kbit/s", "opus", 32000, "", 64},
                           Row{"Opus, 12 kbit/s", "opus", 12000, "", std::nullopt},
                           Row{"Opus, 64 kbit/s", "opus", 64000, "", std::nullopt},
                           Row{"G.722", "G722", 0, "", 170},
                           Row{"G.722.1, 32 kbit/s", "G7221", 32000, "bitrate=32000", 106},
                           Row{"G.722.1, 24 kbit/s", "G7221", 24000, "bitrate=24000", std::nullopt},
                           Row{"G.711", "PCMU", 0, "", 160},
                           Row{"G.729", "G729", 0, "", 56}};

/// Words of 1.2 s and pauses of 1.8 s, as one side of a conversation has them; or words alone.
std::vector<float> talk(bool pauses) {
  constexpr double kPi = 3.14159265358979;
  constexpr std::size_t kPiece = 48;  // so long the voice stays as it is
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<float> pcm(kSeconds * kRateHz);
  double phase = 0;
  double room = 0;
  std::array<double, 30> strength{};
  for (std::size_t at = 0; at < pcm.size(); ++at) {
    room = 0.9 * room + 0.0004 * normal(random);
    pcm[at] = static_cast<float>(room);
    if (pauses && at % (3 * kRateHz) >= kRateHz * 6 / 5) continue;
    // A vowel whose pitch and formants wander, four syllables a second, with a breath of noise between them.
    const std::size_t piece_begin = at - at % kPiece;
    const double t = static_cast<double>(piece_begin) / kRateHz;
    const double pitch = 120 + 25 * std::sin(2 * kPi * 0.7 * t);
    if (at % kPiece == 0) {
      const double first = 500 + 200 * std::sin(2 * kPi * 1.3 * t);
      const double second = 1600 + 500 * std::sin(2 * kPi * 0.9 * t);
      for (std::size_t i = 0; i < strength.size(); ++i) {
        const double hz = static_cast<double>(i + 1) * pitch;
        strength[i] = std::exp(-std::pow((hz - first) / 300, 2)) + 0.5 * std::exp(-std::pow((hz - second) / 400, 2)) +
                      0.1 * std::exp(-std::pow((hz - 2800) / 600, 2));
      }
    }
    phase += pitch / kRateHz;
    double x = 0;
    for (std::size_t i = 0; i < strength.size(); ++i)
      x += strength[i] * std::sin(2 * kPi * static_cast<double>(i + 1) * phase);
    const double syllable = 0.55 + 0.45 * std::sin(2 * kPi * 4 * t);
    const bool breath = std::fmod(t, 0.25) < 0.04;
    pcm[at] += static_cast<float>(0.12 * syllable * x + (breath ? 0.03 * normal(random) : 0));
  }
  return pcm;
}

struct Measured {
  double payload_kbit = 0;
  double rtp_kbit = 0;   ///< RTP, UDP, IPv4
  double srtp_kbit = 0;  ///< SRTP, UDP, IPv4
};

struct Wish {
  bool pauses = false;  ///< one side of a conversation, pauses sent as the codec can
  int packet_ms = 20;
};

std::optional<Measured> measure(const Row& row, const CodecEntry& entry, const Wish& wish,
                                std::span<const float> sound) {
  const std::size_t samples = static_cast<std::size_t>(wish.packet_ms) * kRateHz / 1000;
  if (!entry.takes_packet(samples)) return std::nullopt;
  const std::string wanted = wish.pauses ? ";usedtx=1" : "";
  auto encoder = entry.make_encoder(
      {.format_parameters = std::string(row.format_parameters) + wanted, .bitrate_bps = row.bitrate_bps});
  if (wish.pauses && entry.pauses_by_comfort_noise) encoder = media::codec::with_comfort_noise(std::move(encoder));
  const auto lengths = media::srtp::key_lengths(kSuite);
  const std::vector<std::uint8_t> key(lengths.key + lengths.salt, 1);
  auto session = media::srtp::SrtpSession::make(kSuite, key, key);
  if (!session.ok()) return std::nullopt;

  std::array<std::uint8_t, media::codec::kMaxPayload> payload;
  std::array<std::uint8_t, media::rtp::kMaxPacketBytes + media::srtp::kMaxTrailerBytes> buffer;
  std::size_t payloads = 0;
  std::size_t plain = 0;
  std::size_t encrypted = 0;
  media::rtp::Packet packet;
  packet.ssrc = 1;
  for (; sound.size() >= samples; sound = sound.subspan(samples)) {
    const std::size_t size = encoder->encode(sound.first(samples), payload);
    packet.timestamp += static_cast<std::uint32_t>(samples * entry.clock_rate_hz / kRateHz);
    if (size == 0) continue;
    packet.payload = Bytes{payload}.first(size);
    ++packet.sequence;
    ByteWriter out(std::span{buffer}.first(media::rtp::kMaxPacketBytes));
    if (!media::rtp::write_rtp(packet, out).ok()) return std::nullopt;
    const std::size_t length = out.size();
    const auto sealed = session.value()->protect_rtp(buffer, length);
    if (!sealed.ok()) return std::nullopt;
    payloads += size;
    plain += length + kUdpAndIpv4;
    encrypted += sealed.value().size() + kUdpAndIpv4;
  }
  const auto kbit = [](std::size_t octets) { return static_cast<double>(octets) * 8 / 1000 / kSeconds; };
  return Measured{kbit(payloads), kbit(plain), kbit(encrypted)};
}

std::string reference(const Row& row, std::string_view none) {
  return row.reference_kbit ? std::to_string(*row.reference_kbit) : std::string(none);
}

}  // namespace

int main(int count, char** words) {
  const std::string_view form = count > 1 ? words[1] : "--json";
  if (form != "--json" && form != "--table") {
    std::fputs("codec-bandwidth_bench [--json | --table]\n", stderr);
    return 2;
  }
  const bool table = form == "--table";
  if (!media::srtp::prepare()) return 1;
  std::fputs(table ? "| codec | packets | payloads | RTP/UDP/IP | SRTP/UDP/IP | both directions | the reference, both "
                     "directions "
                     "| a conversation, both directions |\n|---|---|---|---|---|---|---|---|\n"
                   : "{\"seconds\":30,\"suite\":\"SRTP_AEAD_AES_128_GCM\",\"rows\":[",
             stdout);
  const std::vector<float> talking_alone = talk(false);
  const std::vector<float> conversing = talk(true);
  bool first = true;
  for (const Row& row : kRows) {
    const CodecEntry* entry = nullptr;
    for (const CodecEntry& one : media::codec::registry())
      if (one.name == row.codec && media::codec::same_format(one.format_parameters, row.format_parameters))
        entry = &one;
    for (const int packet_ms : {10, 20, 40, 60}) {
      const auto talking = entry == nullptr ? std::nullopt : measure(row, *entry, {false, packet_ms}, talking_alone);
      const auto pausing = entry == nullptr ? std::nullopt : measure(row, *entry, {true, packet_ms}, conversing);
      if (!talking || !pausing) continue;
      const std::string known = packet_ms == 20 ? reference(row, table ? "" : "null") : table ? "" : "null";
      if (table) {
        std::printf("| %s | %d ms | %.1f | %.1f | %.1f | **%.1f** | %s | %.1f |\n", row.label.data(), packet_ms,
                    talking->payload_kbit, talking->rtp_kbit, talking->srtp_kbit, 2 * talking->srtp_kbit, known.c_str(),
                    2 * pausing->srtp_kbit);
      } else {
        std::printf(
            "%s\n{\"codec\":\"%s\",\"bitrate_bps\":%d,\"packet_ms\":%d,\"payload_kbit\":%.1f,\"rtp_udp_ip_kbit\":%.1f,"
            "\"srtp_udp_ip_kbit\":%.1f,\"both_directions_kbit\":%.1f,\"reference_both_directions_kbit\":%s,"
            "\"conversation_both_directions_kbit\":%.1f}",
            first ? "" : ",", row.codec.data(), row.bitrate_bps, packet_ms, talking->payload_kbit, talking->rtp_kbit,
            talking->srtp_kbit, 2 * talking->srtp_kbit, known.c_str(), 2 * pausing->srtp_kbit);
      }
      first = false;
    }
  }
  if (!table) std::puts("\n]}");
  return 0;
}
