#include "media/rtp/rtcp.hpp"

#include "media/rtp/transport_feedback.hpp"

namespace sidetone::media::rtp {
namespace {

constexpr std::size_t kMaxRtcpBytes = 1500;
constexpr std::uint8_t kCname = 1;
constexpr std::uint8_t kReferenceTimeBlock = 4;
constexpr std::uint8_t kAnswerBlock = 5;
constexpr std::uint8_t kVoipMetricsBlock = 7;
constexpr std::size_t kVoipMetricsBytes = 32;
constexpr std::uint8_t kGapMinimum = 16;
// RFC 3611 §4.7.6: enhanced concealment, an adaptive buffer; how fast it adapts is not told.
constexpr std::uint8_t kReceiverConfiguration = 0b11'11'0000;

std::int32_t sign_extend_24(std::uint32_t value) { return static_cast<std::int32_t>(value << 8) >> 8; }

ReportBlock read_report_block(ByteReader& reader) {
  ReportBlock block;
  block.ssrc = reader.u32();
  block.fraction_lost = reader.u8();
  block.cumulative_lost = sign_extend_24(reader.u24());
  block.highest_sequence = reader.u32();
  block.jitter = reader.u32();
  block.last_sender_report = reader.u32();
  block.delay_since_last = reader.u32();
  return block;
}

void read_description(Bytes body, std::uint8_t chunks, RtcpCompound& compound) {
  ByteReader reader(body);
  for (std::uint8_t chunk = 0; chunk < chunks; ++chunk) {
    reader.skip(4);
    while (!reader.failed() && reader.left() > 0) {
      const std::uint8_t type = reader.u8();
      if (type == 0) {
        while (reader.position() % 4 != 0 && !reader.failed()) reader.skip(1);
        break;
      }
      const Bytes text = reader.bytes(reader.u8());
      if (type == kCname && compound.cname.empty() && !reader.failed())
        compound.cname = {reinterpret_cast<const char*>(text.data()), text.size()};
    }
  }
}

VoipMetrics read_voip_metrics(Bytes block) {
  ByteReader reader(block);
  VoipMetrics out;
  out.ssrc = reader.u32();
  out.loss_rate = reader.u8();
  out.discard_rate = reader.u8();
  out.burst_density = reader.u8();
  out.gap_density = reader.u8();
  out.burst_duration_ms = reader.u16();
  out.gap_duration_ms = reader.u16();
  out.round_trip_ms = reader.u16();
  out.end_system_delay_ms = reader.u16();
  out.signal_level = reader.u8();
  reader.skip(3);  // noise level, residual echo, Gmin
  out.rating = reader.u8();
  reader.skip(1);  // of the network beyond a gateway
  out.listening_score = reader.u8();
  out.conversational_score = reader.u8();
  reader.skip(2);  // configuration, reserved
  out.buffer_nominal_ms = reader.u16();
  out.buffer_maximum_ms = reader.u16();
  out.buffer_bound_ms = reader.u16();
  return out;
}

void write_voip_metrics(const VoipMetrics& metrics, ByteWriter& out) {
  out.u8(kVoipMetricsBlock);
  out.u8(0);
  out.u16(kVoipMetricsBytes / 4);
  out.u32(metrics.ssrc);
  out.u8(metrics.loss_rate);
  out.u8(metrics.discard_rate);
  out.u8(metrics.burst_density);
  out.u8(metrics.gap_density);
  out.u16(metrics.burst_duration_ms);
  out.u16(metrics.gap_duration_ms);
  out.u16(metrics.round_trip_ms);
  out.u16(metrics.end_system_delay_ms);
  out.u8(metrics.signal_level);
  out.u8(VoipMetrics::kUnavailable);  // noise level
  out.u8(VoipMetrics::kUnavailable);  // residual echo
  out.u8(kGapMinimum);
  out.u8(metrics.rating);
  out.u8(VoipMetrics::kUnavailable);
  out.u8(metrics.listening_score);
  out.u8(metrics.conversational_score);
  out.u8(kReceiverConfiguration);
  out.u8(0);
  out.u16(metrics.buffer_nominal_ms);
  out.u16(metrics.buffer_maximum_ms);
  out.u16(metrics.buffer_bound_ms);
}

Status read_extended_report(Bytes body, RtcpCompound& compound) {
  ByteReader reader(body);
  const std::uint32_t ssrc = reader.u32();
  while (!reader.failed() && reader.left() > 0) {
    const std::uint8_t type = reader.u8();
    reader.skip(1);
    const Bytes block = reader.bytes(std::size_t{reader.u16()} * 4);
    if (type == kReferenceTimeBlock && block.size() == 8 && !compound.reference_time)
      compound.reference_time = ReceiverReferenceTime{ssrc, ByteReader(block).u64()};
    if (type == kVoipMetricsBlock && block.size() == kVoipMetricsBytes && !compound.voip_metrics)
      compound.voip_metrics = read_voip_metrics(block);
  }
  if (reader.failed()) return Error{ErrorCode::kTruncated, "RTCP extended report ends early", "rtcp"};
  return {};
}

Status read_one(std::uint8_t type, std::uint8_t count, Bytes body, RtcpCompound& compound) {
  ByteReader reader(body);
  if (type == kSenderReport || type == kReceiverReport) {
    const std::uint32_t ssrc = reader.u32();
    std::optional<SenderInfo> sender;
    if (type == kSenderReport) {
      SenderInfo info;
      info.ntp = reader.u64();
      info.rtp_timestamp = reader.u32();
      info.packets = reader.u32();
      info.octets = reader.u32();
      sender = info;
    }
    if (reader.left() < std::size_t{count} * 24 || reader.failed())
      return Error{ErrorCode::kTruncated, "RTCP report ends early", "rtcp"};
    if (!compound.sender_ssrc) compound.sender_ssrc = ssrc;
    if (sender && !compound.sender) compound.sender = sender;
    for (std::uint8_t i = 0; i < count && compound.report_count < compound.reports.size(); ++i)
      compound.reports[compound.report_count++] = read_report_block(reader);
  } else if (type == kSourceDescription) {
    read_description(body, count, compound);
  } else if (type == kGoodbye) {
    if (reader.left() < std::size_t{count} * 4) return Error{ErrorCode::kTruncated, "RTCP BYE ends early", "rtcp"};
    for (std::uint8_t i = 0; i < count && compound.goodbye_count < compound.goodbyes.size(); ++i)
      compound.goodbyes[compound.goodbye_count++] = reader.u32();
  } else if (type == kExtendedReport) {
    return read_extended_report(body, compound);
  } else if (type == kTransportFeedback && count == kTransportWideFeedback &&
             compound.transport_feedback_count < compound.transport_feedback.size()) {
    compound.transport_feedback[compound.transport_feedback_count++] = body;
  } else {
    ++compound.other_packets;
  }
  return {};
}

}  // namespace

Result<RtcpCompound> parse_rtcp(Bytes bytes) {
  if (bytes.size() > kMaxRtcpBytes) return Error{ErrorCode::kTooLarge, "RTCP packet is over the MTU", "rtcp"};
  if (bytes.size() < 4) return Error{ErrorCode::kTruncated, "RTCP packet ends early", "rtcp"};
  RtcpCompound compound;
  ByteReader reader(bytes);
  bool padded = false;
  for (bool first = true; reader.left() > 0; first = false) {
    if (padded) return Error{ErrorCode::kMalformed, "RTCP padding before the last packet", "rtcp"};
    const std::uint8_t head = reader.u8();
    const std::uint8_t type = reader.u8();
    Bytes body = reader.bytes(std::size_t{reader.u16()} * 4);
    if (reader.failed()) return Error{ErrorCode::kTruncated, "RTCP packet ends early", "rtcp"};
    if (head >> 6 != 2) return Error{ErrorCode::kMalformed, "RTCP version is not 2", "rtcp"};
    if (first) compound.reduced_size = type != kSenderReport && type != kReceiverReport;
    padded = (head & 0x20) != 0;
    if (padded) {
      const std::size_t padding = body.empty() ? 0 : body.back();
      if (padding == 0 || padding > body.size()) return Error{ErrorCode::kMalformed, "RTCP padding is wrong", "rtcp"};
      body = body.first(body.size() - padding);
    }
    SIDETONE_CHECK(read_one(type, head & 0x1f, body, compound));
  }
  return compound;
}

Status write_report(const Report& report, ByteWriter& out) {
  if (report.reports.size() > 31 || report.cname.size() > 255)
    return Error{ErrorCode::kOutOfRange, "too much for one RTCP report", "rtcp"};
  const auto header = [&out](std::size_t count, std::uint8_t type, std::size_t words_after) {
    out.u8(static_cast<std::uint8_t>(0x80 | count));
    out.u8(type);
    out.u16(static_cast<std::uint16_t>(words_after));
  };
  const std::size_t blocks = report.reports.size();
  header(blocks, report.sender ? kSenderReport : kReceiverReport, 1 + (report.sender ? 5 : 0) + 6 * blocks);
  out.u32(report.ssrc);
  if (report.sender) {
    out.u64(report.sender->ntp);
    out.u32(report.sender->rtp_timestamp);
    out.u32(report.sender->packets);
    out.u32(report.sender->octets);
  }
  for (const auto& block : report.reports) {
    out.u32(block.ssrc);
    out.u8(block.fraction_lost);
    out.u24(static_cast<std::uint32_t>(block.cumulative_lost) & 0xFFFFFF);
    out.u32(block.highest_sequence);
    out.u32(block.jitter);
    out.u32(block.last_sender_report);
    out.u32(block.delay_since_last);
  }
  // SDES: SSRC, the CNAME item, and one to four zero bytes that end the chunk on a word (RFC 3550 §6.5).
  const std::size_t chunk = (4 + 2 + report.cname.size() + 4) / 4;
  header(1, kSourceDescription, chunk);
  const std::size_t start = out.size();
  out.u32(report.ssrc);
  out.u8(kCname);
  out.u8(static_cast<std::uint8_t>(report.cname.size()));
  out.bytes({reinterpret_cast<const std::uint8_t*>(report.cname.data()), report.cname.size()});
  while (out.size() - start < chunk * 4 && !out.failed()) out.u8(0);
  if (report.answer || report.voip_metrics) {
    header(0, kExtendedReport, 1 + (report.answer ? 4 : 0) + (report.voip_metrics ? 1 + kVoipMetricsBytes / 4 : 0));
    out.u32(report.ssrc);
  }
  if (report.answer) {
    out.u8(kAnswerBlock);
    out.u8(0);
    out.u16(3);
    out.u32(report.answer->ssrc);
    out.u32(report.answer->last_receiver_report);
    out.u32(report.answer->delay_since_last);
  }
  if (report.voip_metrics) write_voip_metrics(*report.voip_metrics, out);
  if (report.goodbye) {
    header(1, kGoodbye, 1);
    out.u32(report.ssrc);
  }
  if (out.failed()) return Error{ErrorCode::kTooLarge, "RTCP report does not fit", "rtcp"};
  return {};
}

}  // namespace sidetone::media::rtp
