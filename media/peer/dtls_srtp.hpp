#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/dtls/dtls_transport.hpp"
#include "media/ice/main_context.hpp"
#include "media/srtp/srtp_session.hpp"

namespace sidetone::media::peer {

/// A DTLS association, its timer, and the SRTP keys that come of it. One is for everything, or, where RTCP has a port
/// of its own, one for RTP and one for RTCP, each with other keys.
/// @thread I/O. @source RFC 5764 §4.1, §4.2
class DtlsSrtp {
 public:
  struct Events {
    std::function<void(Bytes)> send;  ///< one datagram, borrowed
    std::function<void(dtls::State)>
        state_changed;                    ///< at kConnected `srtp` is there, unless the far end does not do it
    std::function<void(Bytes)> received;  ///< one record of application data, borrowed
  };
  static Result<std::unique_ptr<DtlsSrtp>> make(GMainContext* context,
                                                std::shared_ptr<const dtls::Certificate> certificate, Events events);
  DtlsSrtp(const DtlsSrtp&) = delete;
  DtlsSrtp& operator=(const DtlsSrtp&) = delete;

  Status start(dtls::Role role, std::vector<dtls::Fingerprint> fingerprints);
  void receive(Bytes datagram);
  Status send(Bytes data) { return dtls_->send(data); }
  void close();

  [[nodiscard]] const dtls::DtlsTransport& dtls() const { return *dtls_; }
  [[nodiscard]] dtls::State state() const { return dtls_->state(); }
  [[nodiscard]] srtp::SrtpSession* srtp() const { return srtp_.get(); }  ///< null: no keys

 private:
  DtlsSrtp(GMainContext* context, Events events);
  void on_state(dtls::State state);
  void arm_timer();

  Events events_;
  std::unique_ptr<dtls::DtlsTransport> dtls_;
  std::unique_ptr<srtp::SrtpSession> srtp_;
  ice::Timer timer_;
};

}  // namespace sidetone::media::peer
