#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "media/codec/codec.hpp"
#include "media/codec/comfort_noise.hpp"
#include "media/codec/g711.hpp"
#include "media/codec/g722.hpp"
#include "media/codec/g7221.hpp"
#include "media/codec/g729.hpp"
#include "media/codec/opus.hpp"

namespace sidetone::media::codec {
namespace {

// RFC 6716 §2.1.4 and, as several frames in a packet, §3.2: what libopus makes of one call.
constexpr std::array<std::uint16_t, 6> kOpusPackets{120, 240, 480, 960, 1920, 2880};
constexpr std::span<const std::uint16_t> kAnyLength;

// One line a codec, best first.
const std::array kCodecs{
    CodecEntry{"opus", 48000, 2, std::nullopt, "minptime=10;useinbandfec=1;sidetone-dred=1000", 120, kOpusPackets,
               make_opus_encoder, make_opus_decoder},
    CodecEntry{"G722", 8000, 1, std::uint8_t{9}, "", 48, kAnyLength, make_g722_encoder, make_g722_decoder},
    CodecEntry{"G7221", 16000, 1, std::nullopt, "bitrate=32000", 960, kAnyLength, make_g7221_encoder,
               make_g7221_decoder},
    CodecEntry{"G7221", 16000, 1, std::nullopt, "bitrate=24000", 960, kAnyLength, make_g7221_encoder,
               make_g7221_decoder},
    CodecEntry{"PCMU", 8000, 1, std::uint8_t{0}, "", 48, kAnyLength, make_pcmu_encoder, make_pcmu_decoder, true},
    CodecEntry{"PCMA", 8000, 1, std::uint8_t{8}, "", 48, kAnyLength, make_pcma_encoder, make_pcma_decoder, true},
    CodecEntry{"G729", 8000, 1, std::uint8_t{18}, "", 480, kAnyLength, make_g729_encoder, make_g729_decoder, false,
               g729_missing},
    CodecEntry{"CN", 8000, 1, std::uint8_t{13}, "", 480, kAnyLength, nullptr, make_comfort_noise_decoder},
};

const std::vector<CodecEntry>& available() {
  static const std::vector<CodecEntry> kAvailable = [] {
    std::vector<CodecEntry> found;
    for (const CodecEntry& entry : kCodecs)
      if (entry.missing == nullptr || entry.missing().empty()) found.push_back(entry);
    return found;
  }();
  return kAvailable;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool CodecEntry::takes_packet(std::size_t samples) const {
  if (samples == 0 || samples > kMaxPacketSamples || samples % frame_samples != 0) return false;
  return packet_lengths.empty() || std::ranges::find(packet_lengths, samples) != packet_lengths.end();
}

std::span<const CodecEntry> registry() { return available(); }

std::vector<MissingCodec> missing_codecs() {
  std::vector<MissingCodec> out;
  for (const CodecEntry& entry : kCodecs)
    if (entry.missing != nullptr && !entry.missing().empty()) out.push_back({entry.name, entry.missing()});
  return out;
}

const CodecEntry* find(std::string_view name, std::uint32_t clock_rate_hz, std::string_view format_parameters) {
  for (const CodecEntry& entry : available()) {
    if (entry.clock_rate_hz == clock_rate_hz && equal_without_case(entry.name, name) &&
        same_format(entry.format_parameters, format_parameters))
      return &entry;
  }
  return nullptr;
}

bool same_format(std::string_view a, std::string_view b) {
  return format_parameter_number(a, "bitrate") == format_parameter_number(b, "bitrate");
}

std::optional<std::string_view> format_parameter(std::string_view parameters, std::string_view key) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string_view item = trimmed(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    if (equal_without_case(trimmed(item.substr(0, equals)), key)) return trimmed(item.substr(equals + 1));
  }
  return std::nullopt;
}

std::string without_format_parameter(std::string_view parameters, std::string_view key) {
  std::string out;
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string_view item = trimmed(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    if (item.empty() || equal_without_case(trimmed(item.substr(0, item.find('='))), key)) continue;
    if (!out.empty()) out += ';';
    out += item;
  }
  return out;
}

std::optional<int> format_parameter_number(std::string_view parameters, std::string_view key) {
  const auto value = format_parameter(parameters, key);
  if (!value) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || end != value->data() + value->size()) return std::nullopt;
  return number;
}

}  // namespace sidetone::media::codec
