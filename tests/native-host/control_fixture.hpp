#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "native-host/control/control_hub.hpp"
#include "tests/native-host/fake_media.hpp"

namespace sidetone::host::test {

using namespace protocol;
using control::ClientKey;
using control::HostMessage;

/// A control hub over fake media, and clients that talk to it in frames.
class ControlFixture : public testing::Test, protected control::HubOutput {
 protected:
  struct Sent {
    ClientKey client;
    Envelope envelope;
    HostMessage message;
  };

  void send(ClientKey client, std::string frame) override {
    EXPECT_LE(frame.size(), limits::kControlBytes);
    auto decoded = decode<HostToClient>(frame);
    auto* read = std::get_if<Frame<HostToClient>>(&decoded);
    ASSERT_NE(read, nullptr) << frame;
    sent.push_back({client, read->envelope, read->message});
  }
  void client_attached(ClientKey client) override { attached.push_back(client); }
  void live_calls(std::vector<std::string> tags) override { live.push_back(std::move(tags)); }

  /// @return the answer to a request, which must be the only one with its id.
  template <class M>
  HostMessage ask(ClientKey client, const M& message) {
    const std::uint32_t request = ++last_request;
    hub.receive(client, encode(message, {request, std::nullopt}));
    for (const auto& one : sent)
      if (one.envelope.request == request) return one.message;
    ADD_FAILURE() << "no answer to " << M::kType;
    return Failure{};
  }
  template <class Expected, class M>
  Expected expect(ClientKey client, const M& message) {
    const auto answer = ask(client, message);
    if (const auto* found = std::get_if<Expected>(&answer)) return *found;
    if (const auto* failure = std::get_if<Failure>(&answer))
      ADD_FAILURE() << M::kType << " refused: " << failure->code << " " << failure->text;
    return {};
  }
  template <class M>
  std::string refusal(ClientKey client, const M& message) {
    const auto answer = ask(client, message);
    const auto* failure = std::get_if<Failure>(&answer);
    return failure == nullptr ? "carried out" : failure->code;
  }
  /// Events of one kind that a client got.
  template <class M>
  std::vector<M> events(ClientKey client) {
    std::vector<M> out;
    for (const auto& one : sent)
      if (const auto* event = std::get_if<M>(&one.message);
          event != nullptr && one.client == client && !one.envelope.request)
        out.push_back(*event);
    return out;
  }
  PeerRecord& call(ClientKey client, const std::string& id, const std::string& tag) {
    expect<Ok>(client, PeerCreate{id, tag, {}, false});
    engine.peers.back()->connect();
    return *engine.peers.back();
  }

  FakeClock clock;
  FakeScheduler scheduler{clock};
  FakeMediaEngine engine;
  std::vector<Sent> sent;
  std::vector<ClientKey> attached;
  std::vector<std::vector<std::string>> live;
  std::uint32_t last_request = 0;
  control::ControlHub hub{engine, clock, scheduler, *this, "desk"};
};

}  // namespace sidetone::host::test
