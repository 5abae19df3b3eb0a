#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "native-host/channel/control_port.hpp"
#include "net/log.hpp"
#include "net/websocket.hpp"

namespace sidetone::host::test {

/// A loop that runs until something is so; every wait has an end, none has a fixed length.
class Loop {
 public:
  boost::asio::io_context context;

  /// @return whether it became so within 10 s.
  bool run_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    context.restart();
    while (!condition() && std::chrono::steady_clock::now() < end) context.run_one_for(std::chrono::milliseconds(100));
    return condition();
  }
};

/// What the channels said to control.
class ControlRecord final : public channel::ControlPort {
 public:
  std::vector<std::pair<control::ClientKey, std::string>> received;
  std::vector<control::ClientKey> clients_lost;
  std::vector<control::ClientKey> gone;
  std::vector<std::string> released;
  int lost = 0;
  int pairings_over = 0;

  void receive(control::ClientKey client, std::string frame) override {
    received.emplace_back(client, std::move(frame));
  }
  void client_lost(control::ClientKey client) override { clients_lost.push_back(client); }
  void client_gone(control::ClientKey client) override { gone.push_back(client); }
  void rendezvous_lost() override { ++lost; }
  void release(std::string tag) override { released.push_back(std::move(tag)); }
  void pairing_over() override { ++pairings_over; }
};

/// A logger whose lines go nowhere: the tests look at what is done, not at what is said about it.
inline net::Logger quiet_logger() {
  static std::FILE* const nowhere = std::fopen("/dev/null", "w");
  return net::Logger(net::LogLevel::kError, nowhere);
}

/// The far end of one WebSocket.
struct Line {
  std::shared_ptr<net::WebSocket> socket;
  std::vector<std::string> frames;
  std::uint16_t code = 0;

  void take(std::shared_ptr<net::WebSocket> taken) {
    socket = std::move(taken);
    code = 0;
    socket->set_handlers({[this](std::string_view frame) { frames.emplace_back(frame); },
                          [this](std::uint16_t closed, std::string_view) { code = closed; }});
  }
};

}  // namespace sidetone::host::test
