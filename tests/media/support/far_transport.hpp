#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "media/ice/addresses.hpp"
#include "media/peer/engine_context.hpp"
#include "media/peer/io_thread.hpp"
#include "media/peer/sdp.hpp"
#include "media/peer/transport.hpp"
#include "tests/media/support/fake_audio_engine.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::test {

/// A far end that offers what our peer connections never do, on a thread of its own: RTCP beside RTP.
class FarTransport {
 public:
  FarTransport() {
    run([this] {
      context_.reset(new peer::EngineContext{io_.context(),
                                             clock_,
                                             random_,
                                             audio_,
                                             mdns_,
                                             [this](std::function<void()> task) { io_.post(std::move(task)); },
                                             {},
                                             {},
                                             {},
                                             {}});
      peer::TransportEvents events;
      events.candidate_found = [](const ice::Candidate&, const std::string&) {};
      events.states_changed = [] {};
      events.connected = [] {};
      events.rtp = [this](Bytes) { ++rtp_; };
      events.rtcp = [this](Bytes) { ++rtcp_; };
      events.data = [](Bytes) {};
      certificate_ = dtls::Certificate::make().value();
      transport_ = std::make_unique<peer::Transport>(*context_, peer::Configuration{}, certificate_, std::move(events));
    });
  }
  ~FarTransport() {
    run([this] { transport_.reset(); });
    run([] {});  // what it left behind is gone, too
    run([this] { context_.reset(); });
  }

  /// An offer by ICE and DTLS without rtcp-mux, with all candidates in it.
  peer::SdpMedia offer_separate_rtcp() {
    peer::SdpMedia media;
    run([&] {
      ASSERT_TRUE(transport_->ensure(true, true).ok());
      transport_->gather();
      media = described(peer::Setup::kActPass);
      media.ice = transport_->local_credentials();
      media.candidates = transport_->local_candidates();
      media.end_of_candidates = true;
    });
    return media;
  }

  /// An offer by DTLS and no ICE. @param port  where it says that it listens, 0: where it does.
  peer::SdpMedia offer_without_ice(bool mux, std::uint16_t port = 0) {
    peer::SdpMedia media;
    run([&] {
      ASSERT_TRUE(transport_->open_direct(peer::Keying::kDtls, udp::parse_endpoint("127.0.0.1", 0).value(), !mux).ok());
      media = described(peer::Setup::kActPass);
      media.rtcp_mux = mux;
      media.connection_address = "127.0.0.1";
      media.port = port != 0 ? port : transport_->direct()->local_rtp().port;
      media.rtcp_port = port != 0 ? static_cast<std::uint16_t>(port + 1) : transport_->direct()->local_rtcp().port;
    });
    return media;
  }

  void accept(const std::string& answer) {
    const peer::SdpMedia theirs = peer::parse_sdp(answer).value().media.at(0);
    run([&] {
      if (transport_->direct() != nullptr) {
        peer::DirectParameters parameters;
        parameters.remote = {udp::parse_endpoint(theirs.connection_address, theirs.port).value(),
                             udp::parse_endpoint(theirs.connection_address, theirs.rtcp_port).value(), theirs.rtcp_mux};
        const auto own = theirs.setup == peer::Setup::kActive ? dtls::Role::kServer : dtls::Role::kClient;
        parameters.handshake = peer::DirectHandshake{own, theirs.fingerprints};
        ASSERT_TRUE(transport_->start_direct(parameters).ok());
        return;
      }
      ASSERT_TRUE(transport_->set_remote(theirs.ice).ok());
      for (const auto& candidate : theirs.candidates) EXPECT_TRUE(transport_->add_candidate(candidate, {}).ok());
      const auto role = theirs.setup == peer::Setup::kActive ? dtls::Role::kServer : dtls::Role::kClient;
      ASSERT_TRUE(transport_->start_dtls(role, theirs.fingerprints).ok());
    });
  }

  /// A packet of silence, and a report without blocks. @return they went out.
  bool send() {
    bool sent = false;
    run([&] {
      std::vector<std::uint8_t> voice{0x80, 111, 0,   static_cast<std::uint8_t>(++sequence_), 0, 0, 0, 0, 0, 0,
                                      0,    9,   0xf8};
      std::vector<std::uint8_t> report{0x80, 201, 0, 1, 0, 0, 0, 9};
      const auto with_room = [](std::vector<std::uint8_t>& packet) {
        const std::size_t length = packet.size();
        packet.resize(length + srtp::kMaxTrailerBytes);
        return length;
      };
      const std::size_t voice_bytes = with_room(voice);
      const std::size_t report_bytes = with_room(report);
      sent = transport_->send_rtp(voice, voice_bytes) && transport_->send_rtcp(report, report_bytes);
    });
    return sent;
  }

  /// Decrypted so far.
  int rtp() { return read(rtp_); }
  int rtcp() { return read(rtcp_); }

  void run(const std::function<void()>& task) {
    std::promise<void> done;
    io_.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  peer::Transport& transport() { return *transport_; }

 private:
  [[nodiscard]] peer::SdpMedia described(peer::Setup setup) const {
    peer::SdpMedia media;
    media.kind = "audio";
    media.protocol = "UDP/TLS/RTP/SAVP";
    media.formats = {"111"};
    media.codecs = {{111, "opus", 48000, 2, ""}};
    media.fingerprints = {certificate_->fingerprint()};
    media.setup = setup;
    return media;
  }
  int read(const int& count) {
    int out = 0;
    run([&] { out = count; });
    return out;
  }

  SteadyClock clock_;
  SeededRandom random_{11};
  FakeAudioEngine audio_;
  peer::IoThread io_;
  ice::MdnsResolver mdns_{io_.context()};
  std::unique_ptr<peer::EngineContext> context_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  std::unique_ptr<peer::Transport> transport_;
  int rtp_ = 0;
  int rtcp_ = 0;
  int sequence_ = 0;
};

}  // namespace sidetone::media::test
