#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <vector>

#include "media/rtp/packet.hpp"
#include "media/sctp/association.hpp"
#include "media/sctp/dcep.hpp"
#include "tests/media/support/peer_rig.hpp"

namespace sidetone::media::test {
namespace {

using peer::ConnectionState;
using peer::Direction;

struct Call {
  Rig rig;
  End* a = nullptr;
  End* b = nullptr;

  explicit Call(const peer::Configuration& answerer = {}) {
    a = &rig.add();
    b = &rig.add(answerer);
    rig.run([&] {
      ASSERT_TRUE(a->peer->add_transceiver(Direction::kSendRecv).ok());
      ASSERT_TRUE(b->peer->add_transceiver(Direction::kSendRecv).ok());
    });
  }

  /// Legs are numbered in the order of negotiation: the answerer's first.
  [[nodiscard]] audio::LegId leg_of_a() const { return 2; }
  [[nodiscard]] audio::LegId leg_of_b() const { return 1; }

  /// Frames from one leg until `count` of them have come at the other.
  [[nodiscard]] bool talk(audio::LegId from, audio::LegId to, std::uint64_t count) {
    std::uint64_t before = 0;
    rig.run([&] { before = rig.audio->legs.at(to).received; });
    std::uint32_t timestamp = 1000;
    return rig.wait_for([&] {
      const auto& send = rig.audio->legs.at(from).config.send;
      if (send)
        rig.audio->push({from, send->payload_type, timestamp += 960, {1, 2, 3, static_cast<std::uint8_t>(from)}});
      return rig.audio->legs.at(to).received >= before + count;
    });
  }
};

void run_call(const peer::Configuration& answerer) {
  Call call(answerer);
  const auto start = std::chrono::steady_clock::now();
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  const auto connected = std::chrono::steady_clock::now();
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 1));
  const auto heard = std::chrono::steady_clock::now();
  const auto ms = [&](auto time) { return std::chrono::duration<double, std::milli>(time - start).count(); };
  std::cout << "connected after " << ms(connected) << " ms, first frame after " << ms(heard) << " ms\n";
  ASSERT_TRUE(call.talk(call.leg_of_b(), call.leg_of_a(), 10));
}

TEST(Loopback, VoiceBothWaysWithTheAnswererAsDtlsClient) { run_call({}); }

TEST(Loopback, VoiceBothWaysWithTheAnswererAsDtlsServer) {
  peer::Configuration configuration;
  configuration.answer_passive = true;
  run_call(configuration);
}

TEST(Loopback, DataChannelCarriesMessagesBothWays) {
  Call call;
  peer::ChannelHandle handle = 0;
  call.rig.run([&] {
    auto made = call.a->peer->create_data_channel({"proof", "sidetone", true, {}, {}, {}});
    ASSERT_TRUE(made.ok());
    handle = made.value();
  });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->channels.size() == 1 && call.b->channels.size() == 1; }));
  call.rig.run([&] {
    EXPECT_EQ(call.a->channels[0].handle, handle);
    EXPECT_FALSE(call.a->channels[0].remote);
    EXPECT_TRUE(call.b->channels[0].remote);
    EXPECT_EQ(call.b->channels[0].options.label, "proof");
    EXPECT_EQ(call.b->channels[0].options.protocol, "sidetone");
    const std::string text = "gr\xC3\xBC\xC3\x9F dich";
    EXPECT_TRUE(
        call.a->peer->send(handle, false, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).ok());
    const std::vector<std::uint8_t> big(100'000, 0x5A);
    EXPECT_TRUE(call.b->peer->send(call.b->channels[0].handle, true, big).ok());
    EXPECT_TRUE(call.b->peer->send(call.b->channels[0].handle, true, {}).ok());
  });
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->messages.size() == 2 && call.b->messages.size() == 1; }));
  call.rig.run([&] {
    EXPECT_FALSE(call.b->messages[0].binary);
    EXPECT_EQ(call.b->messages[0].data, "gr\xC3\xBC\xC3\x9F dich");
    EXPECT_TRUE(call.a->messages[0].binary);
    EXPECT_EQ(call.a->messages[0].data, std::string(100'000, 'Z'));
    EXPECT_EQ(call.a->messages[1].data, "");
    call.a->peer->close_channel(handle);
  });
  ASSERT_TRUE(call.rig.wait_for([&] { return !call.a->channels[0].open && !call.b->channels[0].open; }));
}

TEST(Loopback, AnIceRestartKeepsTheVoiceAndTheChannel) {
  Call call;
  call.rig.run([&] { ASSERT_TRUE(call.a->peer->create_data_channel({"c", "", true, {}, {}, {}}).ok()); });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 3));
  std::string before;
  std::size_t candidates = 0;
  call.rig.run([&] {
    before = call.a->peer->local_description()->sdp;
    candidates = call.b->candidates.size();
  });
  call.rig.negotiate(*call.a, *call.b, true);
  std::string after;
  call.rig.run([&] { after = call.a->peer->local_description()->sdp; });
  const auto ufrag = [](const std::string& sdp) { return sdp.substr(sdp.find("a=ice-ufrag:"), 16); };
  EXPECT_NE(ufrag(before), ufrag(after));
  // The old path carries the voice meanwhile, the new one takes over.
  ASSERT_TRUE(call.talk(call.leg_of_b(), call.leg_of_a(), 3));
  const auto new_path = [&](End& end) {
    const std::string stats = end.peer->stats_json();
    return stats.find("\"selectedCandidatePairChanges\":2") != std::string::npos;
  };
  ASSERT_TRUE(call.rig.wait_for([&] { return new_path(*call.a) && new_path(*call.b); }));
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 3));
  call.rig.run([&] {
    EXPECT_GT(call.b->candidates.size(), candidates);
    EXPECT_EQ(call.a->connection(), ConnectionState::kConnected);
    EXPECT_TRUE(call.a->channels[0].open);
    // Never anything but connected since the first time.
    bool was_connected = false;
    for (const auto& states : call.a->states) {
      if (was_connected) {
        EXPECT_EQ(states.connection, ConnectionState::kConnected);
      }
      was_connected = was_connected || states.connection == ConnectionState::kConnected;
    }
  });
}

TEST(Loopback, ARolledBackRestartChangesNothing) {
  Call call;
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  call.rig.run([&] {
    call.a->trickle_to = nullptr;
    const auto offer = call.a->peer->create_offer(true);
    ASSERT_TRUE(offer.ok());
    ASSERT_TRUE(call.a->peer->set_local_description(offer.value()).ok());
    ASSERT_TRUE(call.a->peer->set_local_description(peer::SessionDescription{peer::SdpType::kRollback, ""}).ok());
    EXPECT_EQ(call.a->connection(), ConnectionState::kConnected);
  });
  EXPECT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 3));
}

TEST(Loopback, ClosingSaysGoodbye) {
  Call call;
  call.rig.run([&] { ASSERT_TRUE(call.a->peer->create_data_channel({"c", "", true, {}, {}, {}}).ok()); });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.b->channels.size() == 1; }));
  call.rig.run([&] {
    call.a->peer->close();
    call.a->peer->close();
    EXPECT_EQ(call.a->peer->states().signaling, peer::SignalingState::kClosed);
    EXPECT_EQ(call.a->peer->create_offer(false).error().code, ErrorCode::kConflict);
    EXPECT_EQ(call.a->peer->create_data_channel({}).error().code, ErrorCode::kConflict);
    EXPECT_EQ(call.rig.audio->legs.size(), 1u);
  });
  EXPECT_TRUE(call.rig.wait_for(
      [&] { return call.b->connection() == ConnectionState::kDisconnected && !call.b->channels[0].open; }));
}

TEST(Loopback, AConnectionMayEndInItsOwnCallback) {
  Rig rig;
  End& a = rig.add();
  std::unique_ptr<peer::PeerConnection> b;
  bool ended = false;
  peer::PeerEvents events;
  events.candidate_found = [&](const peer::IceCandidate& candidate) { (void)a.peer->add_ice_candidate(candidate); };
  events.channel_message = [&](peer::ChannelHandle, bool, Bytes) {
    b.reset();
    ended = true;
  };
  rig.run([&] {
    b = rig.engine().make_peer({}, std::move(events));
    ASSERT_TRUE(a.peer->create_data_channel({"c", "", true, {}, {}, {}}).ok());
    const auto offer = a.peer->set_local_description(std::nullopt);
    ASSERT_TRUE(b->set_remote_description(offer.value()).ok());
    const auto answer = b->set_local_description(std::nullopt);
    ASSERT_TRUE(a.peer->set_remote_description(answer.value()).ok());
  });
  ASSERT_TRUE(rig.wait_for([&] { return a.channels.size() == 1; }));
  rig.run([&] {
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(a.peer->send(a.channels[0].handle, true, std::vector<std::uint8_t>{1}).ok());
  });
  EXPECT_TRUE(rig.wait_for([&] { return ended && a.connection() == ConnectionState::kDisconnected; }));
}

TEST(Loopback, NegotiatedAndUnreliableChannels) {
  Call call;
  call.rig.run([&] {
    ASSERT_TRUE(call.a->peer->create_data_channel({"n", "", true, {}, {}, 7}).ok());
    EXPECT_EQ(call.a->peer->create_data_channel({"m", "", true, {}, {}, 7}).error().code, ErrorCode::kConflict);
    ASSERT_TRUE(call.b->peer->create_data_channel({"n", "", true, {}, {}, 7}).ok());
    ASSERT_TRUE(call.b->peer->create_data_channel({"loose", "", false, 0, {}, {}}).ok());
    EXPECT_EQ(call.a->peer->create_data_channel({"both", "", true, 1, 1, {}}).error().code, ErrorCode::kOutOfRange);
    EXPECT_EQ(call.a->peer->send(1, true, {}).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(call.a->peer->send(99, true, {}).error().code, ErrorCode::kNotFound);
  });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->channels.size() == 2 && call.b->channels.size() == 2; }));
  call.rig.run([&] {
    const auto& loose = call.a->channels[0].remote ? call.a->channels[0] : call.a->channels[1];
    EXPECT_EQ(loose.options.label, "loose");
    EXPECT_FALSE(loose.options.ordered);
    EXPECT_EQ(loose.options.max_retransmits, 0);
    for (End* end : {call.a, call.b})
      for (const auto& channel : end->channels)
        EXPECT_TRUE(end->peer->send(channel.handle, true, std::vector<std::uint8_t>{1}).ok());
  });
  EXPECT_TRUE(call.rig.wait_for([&] { return call.a->messages.size() == 2 && call.b->messages.size() == 2; }));
}

TEST(Loopback, WhatWaitsToBeSentIsBounded) {
  Call call;
  call.rig.run([&] { ASSERT_TRUE(call.a->peer->create_data_channel({"c", "", true, {}, {}, {}}).ok()); });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->channels.size() == 1 && call.b->channels.size() == 1; }));
  std::size_t accepted = 0;
  call.rig.run([&] {
    const std::vector<std::uint8_t> big(200'000, 1);
    EXPECT_EQ(call.a->peer->send(call.a->channels[0].handle, true, std::vector<std::uint8_t>(300'000)).error().code,
              ErrorCode::kTooLarge);
    while (accepted < 100) {
      const auto sent = call.a->peer->send(call.a->channels[0].handle, true, big);
      if (!sent.ok()) {
        EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
        break;
      }
      ++accepted;
    }
    EXPECT_GE(accepted, 1u);
    EXPECT_LE(accepted, 2 * sctp::kSendBufferBytes / big.size());
  });
  EXPECT_TRUE(call.rig.wait_for([&] { return call.b->messages.size() == accepted; }));
}

TEST(Loopback, AMessageOverTheLimitClosesItsChannelWithAnError) {
  peer::Configuration short_messages;
  short_messages.max_message_bytes = 1000;
  Call call(short_messages);
  call.rig.run([&] {
    ASSERT_TRUE(call.a->peer->create_data_channel({"one", "", true, {}, {}, {}}).ok());
    ASSERT_TRUE(call.a->peer->create_data_channel({"two", "", true, {}, {}, {}}).ok());
  });
  // A far end that does not heed the limit, for it has read another one.
  call.rig.negotiate(*call.a, *call.b, false, [](std::string& answer) {
    const auto at = answer.find("a=max-message-size:1000\r\n");
    ASSERT_NE(at, std::string::npos);
    answer.replace(at, 25, "a=max-message-size:9999\r\n");
  });
  ASSERT_TRUE(call.rig.wait_for([&] { return call.a->channels.size() == 2 && call.b->channels.size() == 2; }));
  call.rig.run([&] {
    const auto send = [&](std::size_t channel, std::size_t bytes) {
      EXPECT_TRUE(call.a->peer->send(call.a->channels[channel].handle, true, std::vector<std::uint8_t>(bytes, 1)).ok());
    };
    send(0, 1000);
    send(0, 1001);
    send(0, 1);
    send(1, 1000);
  });
  const auto named = [](End& end, const std::string& label) -> End::Channel& {
    return *std::find_if(end.channels.begin(), end.channels.end(),
                         [&](const End::Channel& one) { return one.options.label == label; });
  };
  ASSERT_TRUE(call.rig.wait_for([&] { return !named(*call.a, "one").open && !named(*call.b, "one").open; }));
  ASSERT_TRUE(call.rig.wait_for([&] { return call.b->messages.size() == 2; }));
  call.rig.run([&] {
    EXPECT_NE(named(*call.b, "one").error.find("1000"), std::string::npos);
    EXPECT_EQ(named(*call.a, "one").error, "");
    EXPECT_TRUE(named(*call.b, "two").open);
    for (const auto& message : call.b->messages) EXPECT_EQ(message.data.size(), 1000u);
  });
}

TEST(Loopback, WhatAFarEndCallsItsChannelsIsShownShort) {
  Call call;
  call.rig.run([&] {
    ASSERT_TRUE(
        call.a->peer->create_data_channel({std::string(1024, '\x01'), std::string(1024, 'p'), true, {}, {}, {}}).ok());
  });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.b->channels.size() == 1; }));
  call.rig.run([&] {
    EXPECT_EQ(call.b->channels[0].options.label, std::string(sctp::kShownLabelBytes, ' '));
    EXPECT_EQ(call.b->channels[0].options.protocol, std::string(sctp::kShownLabelBytes, 'p'));
    for (const End* end : {call.a, call.b}) {
      const auto stats = end->peer->stats_json();
      EXPECT_EQ(stats.find("\\u0001"), std::string::npos);
      EXPECT_EQ(stats.find(std::string(sctp::kShownLabelBytes + 1, 'p')), std::string::npos);
    }
  });
}

TEST(Loopback, TheEncoderHearsWhatTheFarEndLoses) {
  Call call;
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  // A frame that fits no packet takes a sequence number and is not sent, as if the network had lost it.
  const std::vector<std::uint8_t> too_large(rtp::kMaxPacketBytes, 0);
  std::uint32_t timestamp = 0;
  ASSERT_TRUE(call.rig.wait_for([&] {
    const auto type = call.rig.audio->legs.at(call.leg_of_a()).config.send->payload_type;
    call.rig.audio->push({call.leg_of_a(), type, timestamp += 960, {1}});
    call.rig.audio->push({call.leg_of_a(), type, timestamp += 960, too_large});
    return call.rig.audio->legs.at(call.leg_of_a()).expected_loss > 0.1;
  }));
  call.rig.run([&] { EXPECT_EQ(call.rig.audio->legs.at(call.leg_of_b()).expected_loss, 0); });
  // And when it loses nothing any more.
  ASSERT_TRUE(call.rig.wait_for([&] {
    const auto type = call.rig.audio->legs.at(call.leg_of_a()).config.send->payload_type;
    call.rig.audio->push({call.leg_of_a(), type, timestamp += 960, {1}});
    return call.rig.audio->legs.at(call.leg_of_a()).expected_loss < 0.1;
  }));
}

TEST(Loopback, CopiesOfThePacketsBeforeGoAlongWhereTheFarEndLosesSome) {
  std::vector<FakeAudioEngine::Received> arrived;  // packets come as long as there is a call
  Call call;
  call.rig.run([&] {
    call.rig.audio->on_received = [&](audio::LegId leg, const FakeAudioEngine::Received& received) {
      if (leg == call.leg_of_b()) arrived.push_back(received);
    };
  });
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  const std::vector<std::uint8_t> too_large(rtp::kMaxPacketBytes, 0);  // lost, see above
  std::uint32_t timestamp = 0;
  std::uint8_t number = 0;
  const auto say = [&] {
    const auto type = call.rig.audio->legs.at(call.leg_of_a()).config.send->payload_type;
    call.rig.audio->push({call.leg_of_a(), type, timestamp += 960, {++number, 2, 3}});
  };
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 20));
  call.rig.run([&] {
    for (const auto& received : arrived) EXPECT_FALSE(received.packet.copy) << "nothing is lost";
    arrived.clear();
  });
  ASSERT_TRUE(call.rig.wait_for([&] {
    say();
    say();
    say();
    call.rig.audio->push({call.leg_of_a(), 111, timestamp += 960, too_large});
    return std::count_if(arrived.begin(), arrived.end(), [](const auto& one) { return one.packet.copy; }) > 20;
  }));
  call.rig.run([&] {
    std::map<std::uint16_t, const FakeAudioEngine::Received*> by_sequence;
    for (const auto& received : arrived)
      if (!received.packet.copy) by_sequence[received.packet.sequence] = &received;
    int compared = 0;
    for (const auto& received : arrived) {
      EXPECT_EQ(received.packet.payload_type, 111);
      const auto original = by_sequence.find(received.packet.sequence);
      if (!received.packet.copy || original == by_sequence.end()) continue;
      ++compared;
      EXPECT_EQ(received.payload, original->second->payload);
      EXPECT_EQ(received.packet.timestamp, original->second->packet.timestamp);
      EXPECT_EQ(received.packet.ssrc, original->second->packet.ssrc);
    }
    EXPECT_GT(compared, 10);
    const auto sent = call.a->peer->stats_json();
    EXPECT_EQ(sent.find("\"redundantPacketsSent\":0,"), std::string::npos) << sent;
    const auto received = call.b->peer->stats_json();
    EXPECT_NE(received.find("\"fecPacketsReceived\":"), std::string::npos);
    EXPECT_EQ(received.find("\"fecPacketsReceived\":0,"), std::string::npos) << received;
    EXPECT_EQ(received.find("\"codecId\":\"CI63\""), std::string::npos) << "the codec is the one within";
  });
}

TEST(Loopback, StatisticsNameThePathAndTheCipher) {
  Call call;
  call.rig.negotiate(*call.a, *call.b);
  ASSERT_TRUE(call.rig.connected(*call.a, *call.b));
  ASSERT_TRUE(call.talk(call.leg_of_a(), call.leg_of_b(), 5));
  ASSERT_TRUE(call.talk(call.leg_of_b(), call.leg_of_a(), 5));
  // Until a report of the far end has come back with a round trip.
  std::string stats;
  ASSERT_TRUE(call.rig.wait_for([&] {
    const auto leg = call.rig.audio->legs.at(call.leg_of_a()).config.send;
    call.rig.audio->push({call.leg_of_a(), leg->payload_type, 1, {1}});
    stats = call.a->peer->stats_json();
    return stats.find("\"roundTripTime\"") != std::string::npos;
  }));
  for (const char* part :
       {"\"type\":\"transport\"", "\"selectedCandidatePairId\":\"P0\"", "\"dtlsState\":\"connected\"",
        "\"srtpCipher\":\"SRTP_AEAD_AES_128_GCM\"", "\"tlsVersion\":\"FEFD\"", "\"candidateType\":\"host\"",
        "\"mimeType\":\"audio/opus\"", "\"type\":\"inbound-rtp\"", "\"type\":\"remote-inbound-rtp\"",
        "\"fingerprintAlgorithm\":\"sha-256\""})
    EXPECT_NE(stats.find(part), std::string::npos) << part << " in " << stats;
}

}  // namespace
}  // namespace sidetone::media::test
