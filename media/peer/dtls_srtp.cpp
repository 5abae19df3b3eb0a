#include "media/peer/dtls_srtp.hpp"

#include <utility>

namespace sidetone::media::peer {

DtlsSrtp::DtlsSrtp(GMainContext* context, Events events)
    : events_(std::move(events)), timer_(context, [this] {
        dtls_->handle_timeout();
        arm_timer();
      }) {}

Result<std::unique_ptr<DtlsSrtp>> DtlsSrtp::make(GMainContext* context,
                                                 std::shared_ptr<const dtls::Certificate> certificate, Events events) {
  std::unique_ptr<DtlsSrtp> self(new DtlsSrtp(context, std::move(events)));
  dtls::Callbacks callbacks;
  callbacks.send = [events = &self->events_](Bytes datagram) { events->send(datagram); };
  callbacks.state_changed = [association = self.get()](dtls::State state) { association->on_state(state); };
  callbacks.received = [events = &self->events_](Bytes data) { events->received(data); };
  SIDETONE_TRY(self->dtls_, dtls::DtlsTransport::make(std::move(certificate), std::move(callbacks)));
  return self;
}

Status DtlsSrtp::start(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints) {
  SIDETONE_CHECK(dtls_->start(role, std::move(fingerprints)));
  arm_timer();
  return {};
}

void DtlsSrtp::receive(Bytes datagram) {
  dtls_->receive(datagram);
  arm_timer();
}

void DtlsSrtp::close() {
  timer_.stop();
  dtls_->close();
}

void DtlsSrtp::on_state(dtls::State state) {
  if (state == dtls::State::kConnected) {
    if (const auto keys = dtls_->srtp_keys(); keys.ok()) {
      auto session = srtp::SrtpSession::make(keys.value().suite, keys.value().local, keys.value().remote);
      if (session.ok()) srtp_ = std::move(session).value();
    }
  }
  events_.state_changed(state);
}

void DtlsSrtp::arm_timer() {
  if (const auto timeout = dtls_->timeout()) {
    timer_.start(*timeout);
  } else {
    timer_.stop();
  }
}

}  // namespace sidetone::media::peer
