#include "media/peer/direct_path.hpp"

#include <array>
#include <utility>

namespace sidetone::media::peer {
namespace {

constexpr std::size_t kMaxDatagramBytes = 2048;
// In one turn of the loop: others wait, too.
constexpr int kMaxDatagramsAtOnce = 64;

bool reachable(const udp::Endpoint& endpoint) { return endpoint.port != 0 && !endpoint.is_unspecified(); }

bool same_host(const udp::Endpoint& a, const udp::Endpoint& b) {
  return a.is_ipv6 == b.is_ipv6 && a.address == b.address;
}

}  // namespace

Result<std::unique_ptr<DirectPath>> DirectPath::make(GMainContext* context, const Options& options, const Clock& clock,
                                                     Random& random, Callbacks callbacks) {
  SIDETONE_TRY(udp::SocketPair sockets, udp::bind_pair(options.local, options.ports, random));
  std::unique_ptr<DirectPath> self(new DirectPath(options, clock, std::move(callbacks)));
  self->rtp_.socket = std::move(sockets.rtp);
  self->rtcp_.socket = std::move(sockets.rtcp);
  for (Flow* flow : {&self->rtp_, &self->rtcp_}) {
    flow->socket->mark(options.dscp);
    flow->watch =
        std::make_unique<ice::ReadWatch>(context, flow->socket->fd(), [path = self.get(), flow] { path->read(*flow); });
  }
  return self;
}

void DirectPath::set_remote(const DirectAddresses& remote) {
  if (remote_ == remote) return;
  remote_ = remote;
  for (auto [flow, far] : {std::pair{&rtp_, remote.rtp}, std::pair{&rtcp_, remote.rtcp}}) {
    flow->far = far;
    flow->heard.reset();
    flow->latched = false;
    flow->shaking.reset();
    flow->genuine = 0;
  }
}

bool DirectPath::send(Flow& flow, Bytes packet) {
  return reachable(flow.far) && flow.far.is_ipv6 == flow.socket->local().is_ipv6 && flow.socket->send(packet, flow.far);
}

bool DirectPath::send_rtp(Bytes packet) { return send(rtp_, packet); }

bool DirectPath::send_rtcp(Bytes packet) { return send(remote_ && remote_->mux ? rtp_ : rtcp_, packet); }

bool DirectPath::send_handshake(ice::Component component, Bytes datagram) {
  Flow& flow = component == ice::Component::kRtcp ? rtcp_ : rtp_;
  return flow.shaking ? flow.socket->send(datagram, *flow.shaking) : send(flow, datagram);
}

void DirectPath::read(Flow& flow) {
  std::array<std::uint8_t, kMaxDatagramBytes> buffer;
  for (int i = 0; i < kMaxDatagramsAtOnce; ++i) {
    udp::Endpoint from;
    const auto packet = flow.socket->receive(buffer, from);
    if (!packet) return;
    if (packet->size() < buffer.size()) on_packet(flow, *packet, from);
  }
}

/// May packets from here make us send there?
bool DirectPath::may_apply(const Flow& flow, const udp::Endpoint& from) const {
  if (flow.heard && clock_.now() - *flow.heard < kSilence) return false;
  if (options_.authenticated) return true;
  if (flow.latched || flow.heard) return false;
  // RTCP follows the voice.
  return &flow == &rtp_ || (rtp_.latched && same_host(from, rtp_.far));
}

void DirectPath::on_packet(Flow& flow, std::span<std::uint8_t> packet, const udp::Endpoint& from) {
  if (!remote_) return;  // nothing is agreed on
  const bool known = from == flow.far;
  // Without SRTP what comes from elsewhere is heard only while it may still turn out to be the far end.
  const bool applies = !known && reachable(flow.far) && may_apply(flow, from);
  if (!known && !applies && !options_.authenticated) {
    ++figures_.strays;
    return;
  }
  const auto kind = rtp::classify(packet);
  if (kind == rtp::PacketKind::kDtls && callbacks_.handshake) return on_handshake(flow, packet, from);
  if (kind != rtp::PacketKind::kRtp && kind != rtp::PacketKind::kRtcp) {
    ++figures_.strays;
    return;
  }
  if (!callbacks_.received(kind, packet)) {
    if (!known) ++figures_.strays;
    return;
  }
  if (known) {
    flow.heard = clock_.now();
    return;
  }
  if (!applies) return;
  if (from != flow.applicant) flow.genuine = 0;
  flow.applicant = from;
  // Reports are seconds apart; their probation is the tag, or the voice's.
  if (++flow.genuine < (&flow == &rtp_ ? kProbation : 1)) return;
  latch(flow, from);
}

void DirectPath::on_handshake(Flow& flow, std::span<std::uint8_t> datagram, const udp::Endpoint& from) {
  if (from != flow.far && (flow.shaken || !may_apply(flow, from))) {
    ++figures_.strays;
    return;
  }
  if (!flow.shaken) flow.shaking = from;
  if (!callbacks_.handshake(&flow == &rtcp_ ? ice::Component::kRtcp : ice::Component::kRtp, datagram)) return;
  flow.shaking.reset();
  flow.shaken = true;
  if (from == flow.far) {
    flow.heard = clock_.now();
  } else {
    latch(flow, from);
  }
}

void DirectPath::latch(Flow& flow, const udp::Endpoint& from) {
  flow.far = from;
  flow.latched = true;
  flow.genuine = 0;
  flow.heard = clock_.now();
  ++figures_.latched;
}

}  // namespace sidetone::media::peer
