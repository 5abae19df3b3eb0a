#include "media/rtp/transport_feedback.hpp"

#include <algorithm>
#include <string>

namespace sidetone::media::rtp {
namespace {

constexpr std::int64_t kReferenceUs = 64'000;
constexpr std::int64_t kDeltaUs = 250;

enum Symbol : std::uint8_t { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2, kWithoutDelta = 3 };

std::int64_t reference_time_us(std::uint32_t field) {
  return static_cast<std::int64_t>(static_cast<std::int32_t>(field << 8) >> 8) * kReferenceUs;
}

/// §3.1.3, §3.1.4: the symbols of one chunk. @return how many.
std::size_t expand(std::uint16_t chunk, std::size_t left, std::span<std::uint8_t> out) {
  std::size_t count = 0;
  if ((chunk & 0x8000) == 0) {
    count = std::min<std::size_t>(chunk & 0x1fff, left);
    std::fill_n(out.begin(), count, static_cast<std::uint8_t>(chunk >> 13 & 3));
  } else if ((chunk & 0x4000) == 0) {
    count = std::min<std::size_t>(14, left);
    for (std::size_t i = 0; i < count; ++i) out[i] = chunk >> (13 - i) & 1;
  } else {
    count = std::min<std::size_t>(7, left);
    for (std::size_t i = 0; i < count; ++i) out[i] = chunk >> (12 - 2 * i) & 3;
  }
  return count;
}

}  // namespace

Result<TransportFeedback> parse_transport_feedback(Bytes body) {
  ByteReader reader(body);
  TransportFeedback out;
  reader.skip(4);  // whose feedback it is
  out.media_ssrc = reader.u32();
  out.first = reader.u16();
  out.count = reader.u16();
  std::int64_t time_us = reference_time_us(reader.u24());
  out.counter = reader.u8();
  if (reader.failed()) return Error{ErrorCode::kTruncated, "transport feedback ends early", "rtcp"};
  if (out.count > TransportFeedback::kMaxPackets)
    return Error{ErrorCode::kTooLarge, "transport feedback tells of " + std::to_string(out.count) + " packets", "rtcp"};

  std::array<std::uint8_t, TransportFeedback::kMaxPackets> symbols{};
  for (std::size_t told = 0; told < out.count;) {
    const std::uint16_t chunk = reader.u16();
    if (reader.failed()) break;
    const std::size_t more = expand(chunk, out.count - told, std::span{symbols}.subspan(told));
    if (more == 0) return Error{ErrorCode::kMalformed, "transport feedback has an empty run", "rtcp"};
    told += more;
  }
  for (std::size_t i = 0; i < out.count; ++i) {
    if (symbols[i] == kSmallDelta) time_us += reader.u8() * kDeltaUs;
    if (symbols[i] == kLargeDelta) time_us += static_cast<std::int16_t>(reader.u16()) * kDeltaUs;
    // One that came without a time has come, and says nothing of delay: the time of the one before stands in.
    out.arrivals_us[i] = symbols[i] == kNotReceived ? TransportFeedback::kLost : time_us;
  }
  if (reader.failed()) return Error{ErrorCode::kTruncated, "transport feedback ends early", "rtcp"};
  return out;
}

void ArrivalLog::add(std::uint16_t number, MonotonicTime arrival) {
  if (!first_) first_ = number;
  const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(number - *first_));
  if (ahead < 0) return;  // it has been told of
  const auto place = static_cast<std::size_t>(ahead);
  if (place >= arrivals_us_.size()) {  // a new beginning
    first_ = number;
    count_ = 0;
    return add(number, arrival);
  }
  while (count_ <= place) arrivals_us_[count_++] = TransportFeedback::kLost;
  if (arrivals_us_[place] == TransportFeedback::kLost) arrivals_us_[place] = arrival.since_zero.count();
}

bool ArrivalLog::due(MonotonicTime now) const {
  return count_ > 0 && (!last_written_ || now - *last_written_ >= kInterval);
}

Status ArrivalLog::write(std::uint32_t own_ssrc, std::uint32_t media_ssrc, MonotonicTime now, ByteWriter& out) {
  const std::span<const std::int64_t> arrivals = std::span{arrivals_us_}.first(count_);
  const auto came = std::find_if(arrivals.begin(), arrivals.end(),
                                 [](std::int64_t arrival) { return arrival != TransportFeedback::kLost; });
  if (came == arrivals.end()) return {};
  const auto modulo = [](std::int64_t reference) { return static_cast<std::uint32_t>(reference) & 0xffffff; };
  // Packets may have come out of order, and a delta of two octets reaches 8 s.
  const std::int64_t reference = *came / kReferenceUs;
  std::array<std::uint8_t, 2 * TransportFeedback::kMaxPackets> delta_storage;
  std::array<std::uint8_t, TransportFeedback::kMaxPackets> symbols;
  ByteWriter deltas(delta_storage);
  std::int64_t time = reference * (kReferenceUs / kDeltaUs);
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    symbols[i] = kNotReceived;
    if (arrivals[i] == TransportFeedback::kLost) continue;
    const std::int64_t delta = arrivals[i] / kDeltaUs - time;
    if (delta < INT16_MIN || delta > INT16_MAX) continue;  // after a pause: loss is a lesser error than a wrong time
    time += delta;
    symbols[i] = delta >= 0 && delta <= UINT8_MAX ? kSmallDelta : kLargeDelta;
    if (symbols[i] == kSmallDelta)
      deltas.u8(static_cast<std::uint8_t>(delta));
    else
      deltas.u16(static_cast<std::uint16_t>(delta));
  }
  const std::size_t chunks = (arrivals.size() + 6) / 7;
  const std::size_t bytes = 20 + 2 * chunks + deltas.size();
  const std::size_t padding = (4 - bytes % 4) % 4;
  out.u8(static_cast<std::uint8_t>(0x80 | (padding > 0 ? 0x20 : 0) | kTransportWideFeedback));
  out.u8(kTransportFeedback);
  out.u16(static_cast<std::uint16_t>((bytes + padding) / 4 - 1));
  out.u32(own_ssrc);
  out.u32(media_ssrc);
  out.u16(*first_);
  out.u16(static_cast<std::uint16_t>(arrivals.size()));
  out.u24(modulo(reference));
  out.u8(counter_);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    std::uint16_t bits = 0xc000;
    for (std::size_t i = 0; i < 7 && 7 * chunk + i < arrivals.size(); ++i)
      bits = static_cast<std::uint16_t>(bits | symbols[7 * chunk + i] << (12 - 2 * i));
    out.u16(bits);
  }
  out.bytes(deltas.written());
  for (std::size_t i = 0; i < padding; ++i) out.u8(i + 1 == padding ? static_cast<std::uint8_t>(padding) : 0);
  if (out.failed()) return Error{ErrorCode::kTooLarge, "transport feedback does not fit", "rtcp"};
  first_ = static_cast<std::uint16_t>(*first_ + arrivals.size());
  count_ = 0;
  last_written_ = now;
  ++counter_;
  return {};
}

}  // namespace sidetone::media::rtp
