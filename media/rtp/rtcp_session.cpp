#include "media/rtp/rtcp_session.hpp"

#include <algorithm>
#include <utility>

namespace sidetone::media::rtp {
namespace {

constexpr std::uint64_t kNtpToUnixSeconds = 2'208'988'800;  // RFC 5905 §6

std::uint64_t to_ntp(Microseconds time) {
  const auto count = static_cast<std::uint64_t>(time.count());
  return (count / 1'000'000) << 32 | ((count % 1'000'000) << 32) / 1'000'000;
}

std::size_t header_bytes(const Packet& packet) {
  return kHeaderBytes + 4u * packet.csrc_count + packet.extension.size() + (packet.extension.empty() ? 0 : 4);
}

}  // namespace

RtcpSession::RtcpSession(const Clock& clock, Random& random, std::uint32_t ssrc, std::string cname)
    : clock_(clock), random_(random), ssrc_(ssrc), cname_(std::move(cname)) {
  const auto wall = static_cast<std::uint64_t>(clock.wall().unix_seconds) + kNtpToUnixSeconds;
  ntp_at_zero_ = (wall << 32) - to_ntp(clock.now().since_zero);
}

std::uint64_t RtcpSession::ntp_at(MonotonicTime time) const { return ntp_at_zero_ + to_ntp(time.since_zero); }

void RtcpSession::on_sent(std::uint32_t timestamp, std::uint32_t clock_rate_hz, std::size_t payload_bytes,
                          std::size_t header_bytes) {
  ++packets_sent_;
  payload_bytes_sent_ += payload_bytes;
  header_bytes_sent_ += header_bytes;
  sent_timestamp_ = timestamp;
  sent_clock_rate_hz_ = clock_rate_hz;
  sent_at_ = clock_.now();
}

void RtcpSession::on_received(const Packet& packet, std::uint32_t clock_rate_hz, MonotonicTime arrival) {
  if (!received_ || received_->ssrc() != packet.ssrc) received_.emplace(packet.ssrc, clock_rate_hz);
  received_->set_clock_rate(clock_rate_hz);
  goodbye_received_ = false;
  received_->on_packet(packet.sequence, packet.timestamp, packet.payload.size(), header_bytes(packet), arrival);
}

void RtcpSession::on_received_event(const Packet& packet, MonotonicTime arrival) {
  if (!received_ || received_->ssrc() != packet.ssrc) return;
  received_->on_packet(packet.sequence, std::nullopt, packet.payload.size(), header_bytes(packet), arrival);
}

void RtcpSession::on_rtcp(const RtcpCompound& compound) {
  const MonotonicTime now = clock_.now();
  if (compound.sender && received_ && compound.sender_ssrc == received_->ssrc())
    received_->on_sender_report(compound.sender->ntp, now);
  for (std::size_t i = 0; i < compound.goodbye_count; ++i)
    if (received_ && compound.goodbyes[i] == received_->ssrc()) goodbye_received_ = true;
  for (std::size_t i = 0; i < compound.report_count; ++i) {
    const ReportBlock& block = compound.reports[i];
    if (block.ssrc != ssrc_) continue;
    if (!remote_) remote_ = Remote{};
    remote_->block = block;
    ++remote_->reports;
    if (block.last_sender_report != 0) measure_round_trip(block, now);
  }
  if (compound.voip_metrics && compound.voip_metrics->ssrc == ssrc_ && remote_)
    remote_->metrics = compound.voip_metrics;
  if (compound.reference_time) reference_time_ = HeardReferenceTime{*compound.reference_time, now};
}

void RtcpSession::measure_round_trip(const ReportBlock& block, MonotonicTime now) {
  // RFC 3550 §6.4.1: A − LSR − DLSR, modulo 2^32. Kept for longer than it has been away is a clock step or a lie.
  const std::uint32_t away = static_cast<std::uint32_t>(ntp_at(now) >> 16) - block.last_sender_report;
  const bool ours =
      std::find(sender_reports_.begin(), sender_reports_.end(), block.last_sender_report) != sender_reports_.end();
  if (!ours || block.delay_since_last > away) {
    ++remote_->round_trips_refused;
    return;
  }
  remote_->round_trip_s = (away - block.delay_since_last) / 65536.0;
  remote_->total_round_trip_s += *remote_->round_trip_s;
  ++remote_->round_trip_measurements;
}

Microseconds RtcpSession::next_interval() {
  // T_rr_interval of one second: round trip and loss are shown to people while they talk; at some 100 bytes a report
  // this is under 1 kbit/s, within the 5 % of RFC 3550 §6.2. The first one comes after half the time.
  const std::int64_t base = std::exchange(first_interval_, false) ? 500'000 : 1'000'000;
  const std::int64_t spread = static_cast<std::int64_t>(random_.next_u32() % 1024);
  return Microseconds{base / 2 + base * spread / 1024};
}

Status RtcpSession::write(ByteWriter& out, bool goodbye, const std::optional<VoipMetrics>& metrics) {
  const MonotonicTime now = clock_.now();
  Report report;
  report.ssrc = ssrc_;
  report.cname = cname_;
  report.goodbye = goodbye;
  // A sender is who sent since the report before last; with one report a second "since the last" says the same.
  if (packets_sent_ > packets_at_report_ && sent_clock_rate_hz_ != 0) {
    SenderInfo info;
    info.ntp = ntp_at(now);
    const auto passed = static_cast<std::uint64_t>((now - sent_at_).count());
    info.rtp_timestamp = sent_timestamp_ + static_cast<std::uint32_t>(passed * sent_clock_rate_hz_ / 1'000'000);
    info.packets = static_cast<std::uint32_t>(packets_sent_);
    info.octets = static_cast<std::uint32_t>(payload_bytes_sent_);
    report.sender = info;
    sender_reports_[next_sender_report_++ % sender_reports_.size()] = static_cast<std::uint32_t>(info.ntp >> 16);
  }
  packets_at_report_ = packets_sent_;
  ReportBlock block;
  if (received_ && !goodbye_received_) {
    block = received_->report(now);
    report.reports = {&block, 1};
  }
  report.voip_metrics = metrics;
  if (const auto heard = std::exchange(reference_time_, std::nullopt))
    report.answer = ReferenceTimeAnswer{heard->time.ssrc, static_cast<std::uint32_t>(heard->time.ntp >> 16),
                                        static_cast<std::uint32_t>(to_ntp(now - heard->at) >> 16)};
  return write_report(report, out);
}

}  // namespace sidetone::media::rtp
