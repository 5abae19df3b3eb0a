#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/peer/media_engine.hpp"
#include "tests/media/support/fake_audio_engine.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::test {

/// One end: a peer connection and what it said. Everything is touched on the I/O thread only.
struct End {
  std::unique_ptr<peer::PeerConnection> peer;
  std::vector<peer::States> states;
  std::vector<peer::IceCandidate> candidates;
  int negotiation_needed = 0;
  struct Channel {
    peer::ChannelHandle handle = 0;
    peer::DataChannelOptions options;
    std::uint16_t stream = 0;
    bool remote = false;
    bool open = true;
    std::string error;
  };
  std::vector<Channel> channels;
  struct Message {
    peer::ChannelHandle channel = 0;
    bool binary = false;
    std::string data;
  };
  std::vector<Message> messages;
  End* trickle_to = nullptr;

  [[nodiscard]] peer::ConnectionState connection() const { return peer->states().connection; }
};

/// A media engine with a fake audio half, and a way to run on its thread and to wait for what happens there.
class Rig {
 public:
  explicit Rig(const peer::NetworkPolicy& network = {}) {
    engine_ = peer::make_media_engine(
        [this](audio::EngineEvents) {
          auto made = std::make_unique<FakeAudioEngine>();
          audio = made.get();
          return made;
        },
        clock, random, [] {}, {}, network);
  }
  ~Rig() {
    run([this] { ends_.clear(); });
    engine_.reset();
  }

  /// On the I/O thread, to its end.
  void run(const std::function<void()>& task) {
    std::promise<void> done;
    engine_->post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  /// Until `condition` holds on the I/O thread.
  [[nodiscard]] bool wait_for(const std::function<bool()>& condition,
                              std::chrono::seconds at_most = std::chrono::seconds(10)) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    for (;;) {
      bool holds = false;
      run([&] { holds = condition(); });
      if (holds) return true;
      std::unique_lock lock(mutex_);
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
  }

  void changed() { changed_.notify_all(); }

  End& add(const peer::Configuration& configuration = {}) {
    ends_.push_back(std::make_unique<End>());
    End& end = *ends_.back();
    peer::PeerEvents events;
    events.states_changed = [this, &end](const peer::States& states) {
      end.states.push_back(states);
      changed();
    };
    events.candidate_found = [this, &end](const peer::IceCandidate& candidate) {
      end.candidates.push_back(candidate);
      if (end.trickle_to != nullptr) {
        EXPECT_TRUE(end.trickle_to->peer->add_ice_candidate(candidate).ok()) << candidate.candidate;
      }
      changed();
    };
    events.negotiation_needed = [this, &end] {
      ++end.negotiation_needed;
      changed();
    };
    events.channel_opened = [this, &end](peer::ChannelHandle handle, const peer::DataChannelOptions& options,
                                         std::uint16_t stream, bool remote) {
      end.channels.push_back({handle, options, stream, remote, true});
      changed();
    };
    events.channel_message = [this, &end](peer::ChannelHandle handle, bool binary, Bytes data) {
      end.messages.push_back({handle, binary, {data.begin(), data.end()}});
      changed();
    };
    events.channel_closed = [this, &end](peer::ChannelHandle handle, const std::string& error) {
      for (auto& channel : end.channels) {
        if (channel.handle != handle) continue;
        EXPECT_TRUE(channel.open) << "closed twice";
        channel.open = false;
        channel.error = error;
      }
      changed();
    };
    run([&] { end.peer = engine_->make_peer(configuration, std::move(events)); });
    return end;
  }

  /// Offer and answer between two ends, candidates trickled both ways.
  /// @param on_the_way  changes the answer before it arrives.
  void negotiate(End& a, End& b, bool ice_restart = false,
                 const std::function<void(std::string& answer)>& on_the_way = {}) {
    run([&] {
      a.trickle_to = &b;
      b.trickle_to = &a;
      auto offer = a.peer->create_offer(ice_restart);
      ASSERT_TRUE(offer.ok()) << offer.error().text;
      auto set = a.peer->set_local_description(offer.value());
      ASSERT_TRUE(set.ok()) << set.error().text;
      auto taken = b.peer->set_remote_description(offer.value());
      ASSERT_TRUE(taken.ok()) << to_string(taken.error());
      auto answer = b.peer->create_answer();
      ASSERT_TRUE(answer.ok()) << answer.error().text;
      auto answer_set = b.peer->set_local_description(answer.value());
      ASSERT_TRUE(answer_set.ok()) << answer_set.error().text;
      auto arrived = answer.value();
      if (on_the_way) on_the_way(arrived.sdp);
      auto done = a.peer->set_remote_description(arrived);
      ASSERT_TRUE(done.ok()) << to_string(done.error());
    });
  }

  [[nodiscard]] bool connected(End& a, End& b) {
    return wait_for([&] {
      return a.connection() == peer::ConnectionState::kConnected && b.connection() == peer::ConnectionState::kConnected;
    });
  }

  SteadyClock clock;
  SeededRandom random{7};
  FakeAudioEngine* audio = nullptr;
  peer::MediaEngine& engine() { return *engine_; }

 private:
  std::unique_ptr<peer::MediaEngine> engine_;
  std::vector<std::unique_ptr<End>> ends_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace sidetone::media::test
