#include <gtest/gtest.h>

#include "media/peer/peer_connection.hpp"
#include "tests/media/support/sources.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <thread>

namespace sidetone::media::test {
namespace {

/// One engine with the real audio half and no devices.
class RealAudio : public ::testing::Test {
 protected:
  /// On the engine's thread; returns when it is done.
  void run(const std::function<void()>& task) {
    std::promise<void> done;
    engine->post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  SteadyClock clock;
  SeededRandom random{5};
  std::unique_ptr<peer::MediaEngine> engine = peer::make_media_engine(without_devices(), clock, random, [] {});

 private:
  static peer::MediaEngineOptions without_devices() {
    peer::MediaEngineOptions options;
    options.audio.use_devices = false;
    return options;
  }
};

/// Keys through negotiation, SRTP and both audio halves.
TEST_F(RealAudio, KeysArriveAsTheyWerePressed) {
  std::unique_ptr<peer::PeerConnection> a;
  std::unique_ptr<peer::PeerConnection> b;
  std::string sent;
  std::string heard;
  run([&] {
    peer::PeerEvents of_a;
    of_a.candidate_found = [&](const peer::IceCandidate& candidate) { (void)b->add_ice_candidate(candidate); };
    of_a.key_sent = [&](char key, const std::string& left) {
      sent += key == 0 ? "." : std::string(1, key) + "(" + left + ")";
    };
    peer::PeerEvents of_b;
    of_b.candidate_found = [&](const peer::IceCandidate& candidate) { (void)a->add_ice_candidate(candidate); };
    of_b.key_received = [&](const rtp::ReceivedKey& key) {
      heard += key.key + std::to_string(key.duration.count()) + " ";
    };
    a = engine->make_peer({}, std::move(of_a));
    b = engine->make_peer({}, std::move(of_b));
    for (auto* end : {&a, &b}) {
      ASSERT_TRUE((*end)->add_transceiver(peer::Direction::kSendRecv).ok());
      ASSERT_TRUE((*end)->set_sink({false, "", 1.0}).ok());
    }
    EXPECT_FALSE(a->transceivers()[0].takes_keys);
    EXPECT_EQ(a->insert_keys("1", {}, {}, false).error().code, ErrorCode::kUnavailable);
    ASSERT_TRUE(a->set_source({audio::SourceKind::kMusic, ""}).ok());
    const auto offer = a->set_local_description(std::nullopt);
    ASSERT_TRUE(b->set_remote_description(offer.value()).ok());
    const auto answer = b->set_local_description(std::nullopt);
    ASSERT_TRUE(a->set_remote_description(answer.value()).ok());
    EXPECT_TRUE(a->transceivers()[0].takes_keys);
    EXPECT_TRUE(b->transceivers()[0].takes_keys);
  });
  const auto wait_for = [&](const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      bool holds = false;
      run([&] { holds = condition(); });
      if (holds) return true;
      std::this_thread::yield();
    }
    return false;
  };
  ASSERT_TRUE(wait_for([&] { return b->levels().received > 0.01; }));
  run([&] {
    const auto refused = a->insert_keys("12x", Milliseconds{100}, Milliseconds{70}, false);
    EXPECT_EQ(refused.error().code, ErrorCode::kMalformed);
    EXPECT_NE(refused.error().text.find("at 2"), std::string::npos) << refused.error().text;
    a->set_muted(true);  // keys are pressed by hand, and sound all the same
    ASSERT_TRUE(a->insert_keys("1d", Milliseconds{10}, Milliseconds{0}, false).ok());  // 40 and 30 at least
    // Behind them, whether or not the first one sounds already.
    ASSERT_TRUE(a->insert_keys("#", Milliseconds{10}, Milliseconds{0}, true).ok());
    EXPECT_EQ(a->insert_keys(std::string(1022, '1'), {}, {}, true).error().code, ErrorCode::kTooLarge);
  });
  ASSERT_TRUE(wait_for([&] { return sent.find('.') != std::string::npos && heard.size() >= 12; })) << sent << heard;
  run([&] {
    EXPECT_EQ(sent, "1(D#)D(#)#().");
    EXPECT_EQ(heard, "140 D40 #40 ");
    const std::string stats = b->stats_json();
    EXPECT_NE(stats.find("\"packetsLost\":0"), std::string::npos) << stats;
    a.reset();
    b.reset();
  });
}

/// Two connections on one engine with the real audio half and no devices: music one way, its echo the other.
TEST_F(RealAudio, MusicIsHeardWithoutDevices) {
  std::unique_ptr<peer::PeerConnection> a;
  std::unique_ptr<peer::PeerConnection> b;
  const auto trickle = [](std::unique_ptr<peer::PeerConnection>& to) {
    peer::PeerEvents events;
    events.candidate_found = [&to](const peer::IceCandidate& candidate) {
      if (to) (void)to->add_ice_candidate(candidate);
    };
    return events;
  };
  const auto start = std::chrono::steady_clock::now();
  run([&] {
    a = engine->make_peer({}, trickle(b));
    b = engine->make_peer({}, trickle(a));
    for (auto* end : {&a, &b}) {
      ASSERT_TRUE((*end)->add_transceiver(peer::Direction::kSendRecv).ok());
      ASSERT_TRUE((*end)->set_sink({false, "", 1.0}).ok());
    }
    ASSERT_TRUE(a->set_source({audio::SourceKind::kMusic, ""}).ok());
    ASSERT_TRUE(b->set_source({audio::SourceKind::kEcho, ""}).ok());
    const auto offer = a->set_local_description(std::nullopt);
    ASSERT_TRUE(offer.ok());
    ASSERT_TRUE(b->set_remote_description(offer.value()).ok());
    const auto answer = b->set_local_description(std::nullopt);
    ASSERT_TRUE(answer.ok());
    ASSERT_TRUE(a->set_remote_description(answer.value()).ok());
  });
  std::mutex mutex;
  std::condition_variable never;
  const auto wait_for = [&](const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      bool holds = false;
      run([&] { holds = condition(); });
      if (holds) return true;
      std::unique_lock lock(mutex);
      never.wait_for(lock, std::chrono::milliseconds(5));
    }
    return false;
  };
  ASSERT_TRUE(wait_for([&] { return b->stats_json().find("firstPlayedUs") != std::string::npos; }));
  std::cout << "offer to first frame played: "
            << std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() << " ms\n";
  EXPECT_TRUE(wait_for([&] { return b->levels().received > 0.01; }));
  EXPECT_TRUE(wait_for([&] { return a->levels().received > 0.01; })) << "the echo did not come back";
  // Each says how it hears the other (RFC 3611 §4.7), in whole points of R; what an end works out itself is a fraction.
  std::string stats;
  const auto rating_told_to_a = [&]() -> double {
    stats = a->stats_json();
    const std::size_t remote = stats.find("\"type\":\"remote-inbound-rtp\"");
    const std::size_t rating = remote == std::string::npos ? remote : stats.find("\"rFactor\":", remote);
    return rating == std::string::npos ? 0.5 : std::stod(stats.substr(rating + 10));
  };
  // A machine that stands still has something to conceal: the first report may be worse.
  EXPECT_TRUE(wait_for([&] {
    const double told = rating_told_to_a();
    return told == std::floor(told) && told > 85;
  })) << stats;
  run([&] {
    a.reset();
    b.reset();
  });
}

}  // namespace
}  // namespace sidetone::media::test
