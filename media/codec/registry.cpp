#include <algorithm>
#include <array>
#include <charconv>

#include "media/codec/codec.hpp"
#include "media/codec/g711.hpp"
#include "media/codec/opus.hpp"

namespace sidetone::media::codec {
namespace {

// One line a codec, best first.
constexpr std::array<CodecEntry, 3> kRegistry = {{
    {"opus", 48000, 2, std::nullopt, "minptime=10;useinbandfec=1", make_opus_encoder, make_opus_decoder},
    {"PCMU", 8000, 1, std::uint8_t{0}, "", make_pcmu_encoder, make_pcmu_decoder},
    {"PCMA", 8000, 1, std::uint8_t{8}, "", make_pcma_encoder, make_pcma_decoder},
}};

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

std::span<const CodecEntry> registry() { return kRegistry; }

const CodecEntry* find(std::string_view name, std::uint32_t clock_rate_hz) {
  for (const CodecEntry& entry : kRegistry) {
    if (entry.clock_rate_hz == clock_rate_hz && equal_without_case(entry.name, name)) return &entry;
  }
  return nullptr;
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

std::optional<int> format_parameter_number(std::string_view parameters, std::string_view key) {
  const auto value = format_parameter(parameters, key);
  if (!value) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || end != value->data() + value->size()) return std::nullopt;
  return number;
}

}  // namespace sidetone::media::codec
