#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <future>
#include <string>

#include "media/dtls/certificate.hpp"
#include "media/ice/addresses.hpp"
#include "media/ice/ice_transport.hpp"
#include "media/peer/io_thread.hpp"
#include "media/peer/sdp.hpp"
#include "tests/media/support/peer_rig.hpp"

/// A far end that does no DTLS-SRTP (RFC 5764) is not to be talked to in silence: the connection fails.
namespace sidetone::media::test {
namespace {

using peer::ConnectionState;
using peer::IceConnectionState;
using peer::SdpType;

/// ICE and a plain DTLS server, OpenSSL's own, that takes the use_srtp extension or does not know it.
class PlainDtlsEnd {
 public:
  explicit PlainDtlsEnd(bool knows_srtp) : certificate_(dtls::Certificate::make().value()) {
    context_ = SSL_CTX_new(DTLS_server_method());
    SSL_CTX_use_certificate(context_, certificate_->x509());
    SSL_CTX_use_PrivateKey(context_, certificate_->key());
    // 0 is success here.
    if (knows_srtp) {
      EXPECT_EQ(SSL_CTX_set_tlsext_use_srtp(context_, "SRTP_AEAD_AES_128_GCM"), 0);
    }
    ssl_ = SSL_new(context_);
    SSL_set_options(ssl_, SSL_OP_NO_QUERY_MTU);
    DTLS_set_link_mtu(ssl_, 1200);
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_accept_state(ssl_);
    run([this] {
      ice::TransportCallbacks callbacks;
      callbacks.candidate_found = [](const ice::Candidate&) {};
      callbacks.gathering_done = [] {};
      callbacks.state_changed = [](ice::Component, ice::State) {};
      callbacks.path_changed = [](ice::Component) {};
      callbacks.received = [this](ice::Component, std::span<std::uint8_t> datagram) {
        receive(datagram);
        return false;
      };
      ice_ = std::move(ice::IceTransport::make(io_.context(), clock_, random_, {}, std::move(callbacks))).value();
      ASSERT_TRUE(ice_->gather(ice::host_addresses(), {}).ok());
    });
  }
  ~PlainDtlsEnd() {
    run([this] { ice_.reset(); });
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  /// @return the answer to this offer.
  std::string answer(const std::string& offer) {
    const peer::SdpMedia theirs = peer::parse_sdp(offer).value().media.at(0);
    std::string sdp;
    run([&] {
      EXPECT_TRUE(ice_->set_remote(theirs.ice).ok());
      sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE " + theirs.mid +
            "\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:" + theirs.mid +
            "\r\na=ice-ufrag:" + ice_->local().ufrag + "\r\na=ice-pwd:" + ice_->local().password +
            "\r\na=fingerprint:" + dtls::to_string(certificate_->fingerprint()) +
            "\r\na=setup:passive\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
      for (const auto& candidate : ice_->local_candidates()) sdp += "a=" + ice::to_string(candidate) + "\r\n";
    });
    return sdp;
  }
  void add_candidate(const std::string& text) {
    const auto candidate = ice::parse_candidate(text);
    if (candidate.ok()) run([&] { (void)ice_->add_remote(candidate.value()); });
  }
  bool handshake_done() {
    bool done = false;
    run([&] { done = SSL_is_init_finished(ssl_) != 0; });
    return done;
  }

 private:
  void run(const std::function<void()>& task) {
    std::promise<void> done;
    io_.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  void receive(std::span<std::uint8_t> datagram) {
    if (datagram.empty() || datagram[0] < 20 || datagram[0] > 63) return;  // RFC 7983: DTLS
    BIO_write(in_, datagram.data(), static_cast<int>(datagram.size()));
    SSL_do_handshake(ssl_);
    std::array<std::uint8_t, 4096> flight{};  // records that follow each other may share a datagram
    const int size = BIO_read(out_, flight.data(), flight.size());
    if (size > 0) (void)ice_->send(ice::Component::kRtp, Bytes{flight}.first(static_cast<std::size_t>(size)), 0);
  }

  peer::IoThread io_;
  std::shared_ptr<const dtls::Certificate> certificate_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  SteadyClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<ice::IceTransport> ice_;
};

class WithoutKeys : public ::testing::TestWithParam<bool> {};

TEST_P(WithoutKeys, AVoiceThatCannotBeEncryptedFailsTheConnection) {
  const bool knows_srtp = GetParam();
  PlainDtlsEnd far(knows_srtp);
  Rig rig;
  End& near = rig.add();
  std::string offer;
  rig.run([&] {
    ASSERT_TRUE(near.peer->add_transceiver(peer::Direction::kSendRecv).ok());
    offer = near.peer->set_local_description(std::nullopt).value().sdp;
  });
  const std::string answer = far.answer(offer);
  rig.run([&] {
    const auto set = near.peer->set_remote_description({SdpType::kAnswer, answer});
    ASSERT_TRUE(set.ok()) << to_string(set.error());
  });
  ASSERT_TRUE(rig.wait_for([&] { return near.peer->states().gathering == peer::GatheringState::kComplete; }));
  std::vector<std::string> candidates;
  rig.run([&] {
    for (const auto& one : near.candidates) candidates.push_back(one.candidate);
  });
  for (const auto& one : candidates) far.add_candidate(one);
  ASSERT_TRUE(rig.wait_for([&] { return far.handshake_done(); })) << "the two do not reach each other";
  const auto expected = knows_srtp ? ConnectionState::kConnected : ConnectionState::kFailed;
  EXPECT_TRUE(rig.wait_for([&] { return near.connection() == expected; }));
  rig.run([&] {
    // The path and DTLS are well: what fails it is the lack of keys, and it was never said to be connected.
    EXPECT_EQ(near.peer->states().ice, IceConnectionState::kConnected);
    for (const auto& states : near.states) {
      if (!knows_srtp) {
        EXPECT_NE(states.connection, ConnectionState::kConnected);
      }
    }
  });
}
INSTANTIATE_TEST_SUITE_P(FarEnd, WithoutKeys, ::testing::Bool(),
                         [](const auto& knows) { return knows.param ? "KnowsSrtp" : "KnowsNoSrtp"; });

/// Before there is a path at all: by what the answer says.
TEST(WithoutKeysInSdp, AnAnswerThatPromisesNoEncryptionIsRefused) {
  Rig rig;
  End& a = rig.add();
  End& b = rig.add();
  std::string answer;
  rig.run([&] {
    ASSERT_TRUE(a.peer->add_transceiver(peer::Direction::kSendRecv).ok());
    ASSERT_TRUE(b.peer->add_transceiver(peer::Direction::kSendRecv).ok());
    const auto offer = a.peer->set_local_description(std::nullopt);
    ASSERT_TRUE(b.peer->set_remote_description(offer.value()).ok());
    answer = b.peer->set_local_description(std::nullopt).value().sdp;
  });
  const auto refusal = [&](const std::string& from, const std::string& to) {
    std::string changed = answer;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos);
    changed.replace(at, from.size(), to);
    std::string out;
    rig.run([&] {
      const auto set = a.peer->set_remote_description({SdpType::kAnswer, changed});
      out = set.ok() ? "taken" : std::string(error_code_name(set.error().code)) + ": " + set.error().text;
      EXPECT_EQ(a.peer->states().signaling, peer::SignalingState::kHaveLocalOffer);
    });
    return out;
  };
  EXPECT_EQ(refusal("a=fingerprint:", "a=x-fingerprint:"), "malformed: no fingerprint with an accepted hash");
  EXPECT_EQ(refusal("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "unsupported: only RTP/SAVPF is spoken");
  rig.run([&] { EXPECT_TRUE(a.peer->set_remote_description({SdpType::kAnswer, answer}).ok()); });
}

}  // namespace
}  // namespace sidetone::media::test
