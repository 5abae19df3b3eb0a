#include <gtest/gtest.h>

#include <algorithm>

#include "media/peer/sdp.hpp"
#include "tests/media/support/peer_rig.hpp"

/// Calls with ends that know neither ICE nor DTLS: SDES, and RTP in the clear where it is allowed.
namespace sidetone::media::test {
namespace {

using peer::ConnectionState;
using peer::Direction;
using peer::Keying;
using peer::SdpMedia;
using peer::SdpType;

peer::NetworkPolicy clear_rtp_allowed() {
  peer::NetworkPolicy network;
  network.clear_rtp = true;
  return network;
}

struct DirectCall {
  Rig rig;
  End* a = nullptr;
  End* b = nullptr;

  explicit DirectCall(Keying keying, const peer::NetworkPolicy& network = {}) : rig(network) {
    peer::Configuration configuration;
    configuration.keying = keying;
    a = &rig.add(configuration);
    b = &rig.add();
    rig.run([&] {
      for (End* end : {a, b}) ASSERT_TRUE(end->peer->add_transceiver(Direction::kSendRecv).ok());
    });
  }

  /// Frames from one leg until some more of them have come at the other. The answerer's leg is 1, for it was first.
  [[nodiscard]] bool talk(audio::LegId from, audio::LegId to) {
    std::uint64_t before = 0;
    rig.run([&] { before = rig.audio->legs.at(to).received; });
    return rig.wait_for([&] {
      const auto& send = rig.audio->legs.at(from).config.send;
      if (send) rig.audio->push({from, send->payload_type, timestamp += 960, {1, 2, 3}});
      return rig.audio->legs.at(to).received >= before + 3;
    });
  }
  [[nodiscard]] bool talk_both_ways() { return talk(1, 2) && talk(2, 1); }

  SdpMedia local_audio(End& end) {
    SdpMedia media;
    rig.run([&] { media = peer::parse_sdp(end.peer->local_description()->sdp)->media.at(0); });
    return media;
  }
  std::string stats(End& end) {
    std::string out;
    rig.run([&] { out = end.peer->stats_json(); });
    return out;
  }

  std::uint32_t timestamp = 1000;
};

TEST(WithoutIce, SdesCarriesVoiceBothWaysByTheBestSuiteAndOwnPortsOfRtcp) {
  DirectCall call(Keying::kSdes);
  call.rig.negotiate(*call.a, *call.b, false, [](std::string& answer) {
    // As a far end that does not multiplex answers.
    const auto at = answer.find("a=rtcp-mux\r\n");
    ASSERT_NE(at, std::string::npos);
    answer.erase(at, std::string("a=rtcp-mux\r\n").size());
  });
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  ASSERT_TRUE(call.talk_both_ways());
  const SdpMedia offer = call.local_audio(*call.a);
  const SdpMedia answer = call.local_audio(*call.b);
  EXPECT_EQ(offer.protocol, "RTP/SAVP");
  EXPECT_EQ(offer.cryptos.size(), 4u);
  ASSERT_EQ(answer.cryptos.size(), 1u);
  EXPECT_EQ(answer.cryptos[0].suite, srtp::Suite::kAeadAes128Gcm);
  for (const SdpMedia* media : {&offer, &answer}) {
    EXPECT_NE(media->connection_address, "0.0.0.0");
    EXPECT_EQ(media->rtcp_port, media->port + 1);
    EXPECT_TRUE(media->ice.ufrag.empty());
    EXPECT_TRUE(media->fingerprints.empty());
  }
  EXPECT_NE(call.stats(*call.a).find("SRTP_AEAD_AES_128_GCM"), std::string::npos);
  EXPECT_NE(call.stats(*call.a).find("\"strayPackets\":0"), std::string::npos) << call.stats(*call.a);
  EXPECT_EQ(call.stats(*call.a).find("ertificate"), std::string::npos) << "there is no DTLS";
  for (const auto& crypto : offer.cryptos)
    EXPECT_EQ(call.stats(*call.a).find(to_string(crypto).substr(30)), std::string::npos) << "keys are no statistics";
}

TEST(WithoutIce, EachSuiteCarriesVoice) {
  for (const char* suite :
       {"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"}) {
    DirectCall call(Keying::kSdes);
    call.rig.run([&] {
      const auto offer = call.a->peer->set_local_description(std::nullopt).value();
      // A far end that has this one alone.
      std::string only;
      for (std::size_t at = 0; at < offer.sdp.size();) {
        const std::size_t end = offer.sdp.find("\r\n", at) + 2;
        const std::string line = offer.sdp.substr(at, end - at);
        if (line.substr(0, 9) != "a=crypto:" || line.find(suite) != std::string::npos) only += line;
        at = end;
      }
      ASSERT_TRUE(call.b->peer->set_remote_description({SdpType::kOffer, only}).ok());
      const auto answer = call.b->peer->set_local_description(std::nullopt).value();
      const auto set = call.a->peer->set_remote_description(answer);
      ASSERT_TRUE(set.ok()) << to_string(set.error());
    });
    ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
    EXPECT_TRUE(call.talk_both_ways()) << suite;
  }
}

TEST(WithoutIce, RtpInTheClearIsForThoseWhoAllowIt) {
  std::string offer;
  {
    DirectCall call(Keying::kNone, clear_rtp_allowed());
    call.rig.negotiate(*call.a, *call.b);
    ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
    EXPECT_TRUE(call.talk_both_ways());
    call.rig.run([&] { offer = call.a->peer->local_description()->sdp; });
    EXPECT_NE(offer.find("m=audio "), std::string::npos);
    EXPECT_NE(offer.find(" RTP/AVP "), std::string::npos);
    EXPECT_EQ(offer.find("a=crypto"), std::string::npos);
  }
  DirectCall call(Keying::kNone);
  call.rig.run([&] {
    const auto ours = call.a->peer->create_offer(false);
    ASSERT_FALSE(ours.ok());
    EXPECT_EQ(ours.error().code, ErrorCode::kForbidden);
    const auto theirs = call.b->peer->set_remote_description({SdpType::kOffer, offer});
    ASSERT_FALSE(theirs.ok());
    EXPECT_EQ(theirs.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(theirs.error().text, "the voice would not be encrypted, which this endpoint does not allow");
    EXPECT_EQ(call.b->peer->states().signaling, peer::SignalingState::kStable);
  });
}

TEST(WithoutIce, HoldAndAMovedFarEndKeepTheKeys) {
  DirectCall call(Keying::kSdes);
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  ASSERT_TRUE(call.talk_both_ways());
  const SdpMedia before = call.local_audio(*call.a);
  call.rig.run([&] { ASSERT_TRUE(call.a->peer->set_direction(0, Direction::kSendOnly).ok()); });
  call.rig.negotiate(*call.a, *call.b);
  const SdpMedia held = call.local_audio(*call.a);
  EXPECT_EQ(held.direction, Direction::kSendOnly);
  EXPECT_EQ(held.port, before.port);
  ASSERT_EQ(held.cryptos.size(), 1u) << "the one in use";
  EXPECT_NE(std::find(before.cryptos.begin(), before.cryptos.end(), held.cryptos[0]), before.cryptos.end());
  ASSERT_TRUE(call.talk(2, 1));
  // From the other side, back again.
  call.rig.run([&] { ASSERT_TRUE(call.a->peer->set_direction(0, Direction::kSendRecv).ok()); });
  call.rig.negotiate(*call.b, *call.a);
  EXPECT_TRUE(call.talk_both_ways());
}

TEST(WithoutIce, ANewKeyOfTheFarEndIsTaken) {
  DirectCall call(Keying::kSdes);
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.talk_both_ways());
  // Another far end takes the call over: the same offer again, with other keys and ports.
  End* other = nullptr;
  peer::Configuration configuration;
  configuration.keying = Keying::kSdes;
  other = &call.rig.add(configuration);
  call.rig.run([&] { ASSERT_TRUE(other->peer->add_transceiver(Direction::kSendRecv).ok()); });
  const auto own_key = call.local_audio(*call.b).cryptos.at(0).keys;
  call.rig.negotiate(*other, *call.b);
  EXPECT_TRUE(call.talk(1, 3));
  EXPECT_TRUE(call.talk(3, 1));
  EXPECT_EQ(call.local_audio(*call.b).cryptos.at(0).keys, own_key) << "and ours goes on";
}

std::string sip_offer(const std::string& lines) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + lines;
}
constexpr const char* kCrypto =
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";

TEST(WithoutIce, OffersThatCannotBeAnsweredSayWhy) {
  const std::string older =
      "a=crypto:1 F8_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^31|1:1\r\n";
  const std::tuple<std::string, ErrorCode, std::string> cases[] = {
      {"m=audio 4000 RTP/AVP 0\r\n", ErrorCode::kForbidden, "not be encrypted"},
      {"m=audio 4000 RTP/SAVP 0\r\n", ErrorCode::kUnsupported, "no crypto attribute"},
      {"m=audio 4000 RTP/SAVP 0\r\n" + older, ErrorCode::kUnsupported, "no crypto attribute"},
      {"m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:dGVzdA==\r\n", ErrorCode::kMalformed,
       "key has a wrong length"},
      {"m=audio 4000 TCP/RTP/SAVP 0\r\n" + std::string(kCrypto), ErrorCode::kUnsupported, "TCP/RTP/SAVP"},
      {"m=audio 4000 RTP/SAVP 0\r\nc=IN IP4 phone.example.org\r\n" + std::string(kCrypto), ErrorCode::kUnsupported,
       "not a number"},
      {"m=audio 4000 RTP/SAVP 0\r\nc=IN IP4\r\n" + std::string(kCrypto), ErrorCode::kMalformed, "address"},
      {"m=audio 4000 RTP/SAVP 0\r\na=rtcp:0\r\n" + std::string(kCrypto), ErrorCode::kMalformed, "rtcp has no port"},
  };
  Rig rig;
  for (const auto& [lines, code, reason] : cases) {
    End& end = rig.add();
    rig.run([&, lines = lines, code = code, reason = reason] {
      ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
      const auto set = end.peer->set_remote_description({SdpType::kOffer, sip_offer(lines)});
      ASSERT_FALSE(set.ok()) << lines;
      EXPECT_EQ(set.error().code, code) << set.error().text;
      EXPECT_NE(set.error().text.find(reason), std::string::npos) << set.error().text;
      // A telephone that tries SRTP if it can.
      const auto best_effort = sip_offer("m=audio 4000 RTP/AVP 0\r\n" + std::string(kCrypto));
      const auto taken = end.peer->set_remote_description({SdpType::kOffer, best_effort});
      ASSERT_TRUE(taken.ok()) << to_string(taken.error());
      const auto answer = peer::parse_sdp(end.peer->create_answer()->sdp).value();
      EXPECT_EQ(answer.media[0].protocol, "RTP/AVP");
      EXPECT_EQ(answer.media[0].cryptos.size(), 1u);
      EXPECT_EQ(answer.media[0].connection_address, "127.0.0.1");
      EXPECT_FALSE(answer.media[0].rtcp_mux) << "it was not offered";
      end.peer->close();
    });
  }
}

TEST(WithoutIce, WhoNamesItsKeysIsAnsweredByANamedKey) {
  const std::string crypto = kCrypto;
  const std::string named = crypto.substr(0, crypto.size() - 2) + "|2^31|1:4\r\n";
  Rig rig;
  End& end = rig.add();
  rig.run([&] {
    ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
    const auto set =
        end.peer->set_remote_description({SdpType::kOffer, sip_offer("m=audio 4000 RTP/SAVP 0\r\n" + named)});
    ASSERT_TRUE(set.ok()) << to_string(set.error());
    const auto answer = peer::parse_sdp(end.peer->create_answer()->sdp).value();
    ASSERT_EQ(answer.media[0].cryptos.size(), 1u);
    EXPECT_EQ(answer.media[0].cryptos[0].keys.at(0).mki, (std::vector<std::uint8_t>{0, 0, 0, 1}));
    end.peer->close();
  });
}

TEST(WithoutIce, AnswersThatTakeNoKeyOfTheOfferAreRefused) {
  DirectCall call(Keying::kSdes);
  std::string answer;
  call.rig.run([&] {
    const auto offer = call.a->peer->set_local_description(std::nullopt).value();
    ASSERT_TRUE(call.b->peer->set_remote_description(offer).ok());
    answer = call.b->peer->set_local_description(std::nullopt)->sdp;
  });
  const auto refusal = [&](const std::string& from, const std::string& to) {
    std::string changed = answer;
    changed.replace(changed.find(from), from.size(), to);
    std::string out = "taken";
    call.rig.run([&] {
      const auto set = call.a->peer->set_remote_description({SdpType::kAnswer, changed});
      if (!set.ok()) out = set.error().text;
    });
    return out;
  };
  EXPECT_EQ(refusal("a=crypto:", "a=x:"), "the answer does not take exactly one crypto attribute");
  EXPECT_EQ(refusal("a=crypto:1 AEAD_AES_128_GCM", "a=crypto:9 AEAD_AES_128_GCM"),
            "the answer takes a crypto attribute that was not offered");
  EXPECT_EQ(refusal("a=crypto:", std::string(kCrypto) + "a=crypto:"),
            "the answer does not take exactly one crypto attribute");
  EXPECT_EQ(refusal("RTP/SAVP", "RTP/AVP"), "the answer has another profile than the offer");
  EXPECT_EQ(refusal("v=0", "v=0"), "taken");
}

TEST(WithoutIce, ACallDoesNotChangeHowItIsKeyed) {
  DirectCall call(Keying::kDtls);
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  const auto offer = sip_offer("m=audio 4000 RTP/SAVP 0\r\na=mid:0\r\n" + std::string(kCrypto));
  call.rig.run([&] {
    const auto set = call.b->peer->set_remote_description({SdpType::kOffer, offer});
    ASSERT_FALSE(set.ok()) << "a downgrade";
    EXPECT_EQ(set.error().code, ErrorCode::kUnsupported);
  });
  ASSERT_TRUE(call.talk_both_ways()) << "and goes on";
}

TEST(WithoutIce, DataChannelsAreNotPromised) {
  DirectCall call(Keying::kSdes);
  call.rig.run([&] {
    ASSERT_TRUE(call.a->peer->create_data_channel({"c", "", true, {}, {}, {}}).ok());
    const auto offer = call.a->peer->create_offer(false);
    ASSERT_FALSE(offer.ok());
    EXPECT_EQ(offer.error().code, ErrorCode::kUnsupported);
  });
}

TEST(WithoutIce, ARolledBackOfferGivesItsPortsBack) {
  DirectCall call(Keying::kSdes);
  call.rig.run([&] {
    const auto offer = call.a->peer->set_local_description(std::nullopt).value();
    const std::uint16_t port = peer::parse_sdp(offer.sdp)->media.at(0).port;
    const auto address = *udp::parse_endpoint(peer::parse_sdp(offer.sdp)->media.at(0).connection_address, port);
    EXPECT_FALSE(udp::UdpSocket::bind(address).ok());
    ASSERT_TRUE(call.a->peer->set_local_description(peer::SessionDescription{SdpType::kRollback, {}}).ok());
    EXPECT_TRUE(udp::UdpSocket::bind(address).ok());
    EXPECT_EQ(call.a->peer->states().ice, peer::IceConnectionState::kNew);
  });
  call.rig.negotiate(*call.b, *call.a);
  EXPECT_TRUE(call.rig.connected(*call.a, *call.b)) << "by ICE now, for that is what is offered";
}

TEST(WithoutIce, PortsThatAreUsedUpRefuseTheOffer) {
  peer::NetworkPolicy network;
  network.ports = {21'700, 21'702};
  Rig rig(network);
  End& first = rig.add();
  End& second = rig.add();
  const auto offer = sip_offer("m=audio 4000 RTP/SAVP 0\r\n" + std::string(kCrypto));
  rig.run([&] {
    for (End* end : {&first, &second}) ASSERT_TRUE(end->peer->add_transceiver(Direction::kSendRecv).ok());
    ASSERT_TRUE(first.peer->set_remote_description({SdpType::kOffer, offer}).ok());
    const auto set = second.peer->set_remote_description({SdpType::kOffer, offer});
    ASSERT_FALSE(set.ok());
    EXPECT_EQ(set.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(set.error().text, "no two neighbouring UDP ports of 21700 to 21702 are free");
    first.peer->close();
    EXPECT_TRUE(second.peer->set_remote_description({SdpType::kOffer, offer}).ok());
  });
}

}  // namespace
}  // namespace sidetone::media::test
