#include <gtest/gtest.h>

#include "media/peer/peer_connection.hpp"
#include "tests/media/support/sources.hpp"

#include <chrono>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>

namespace sidetone::media::test {
namespace {

/// Two connections on one engine with the real audio half and no devices: music one way, its echo the other.
TEST(RealAudio, MusicIsHeardWithoutDevices) {
  SteadyClock clock;
  SeededRandom random(3);
  peer::MediaEngineOptions options;
  options.audio.use_devices = false;
  auto engine = peer::make_media_engine(options, clock, random, [] {});
  const auto run = [&](const std::function<void()>& task) {
    std::promise<void> done;
    engine->post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  };
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
  run([&] {
    a.reset();
    b.reset();
  });
}

}  // namespace
}  // namespace sidetone::media::test
