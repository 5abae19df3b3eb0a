#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http_server.hpp"
#include "net/websocket.hpp"

namespace sidetone::net::test {

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

/// What came out of one WebSocket.
struct Inbox {
  std::vector<std::string> messages;
  std::uint16_t code = 0;
  std::string reason;

  WebSocketHandlers handlers() {
    return {[this](std::string_view text) { messages.emplace_back(text); },
            [this](std::uint16_t close_code, std::string_view text) {
              code = close_code;
              reason = text;
            }};
  }
};

/// A TCP connection for bytes that no well-behaved client sends. Blocking, for small exchanges.
class RawConnection {
 public:
  RawConnection(Loop& loop, std::uint16_t port) : loop_(loop), socket_(loop.context) {
    boost::system::error_code error;
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port}, error);
    EXPECT_FALSE(error) << error.message();
  }
  void send(const std::string& bytes) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  /// All that comes until `end` stands in it, or the connection ends.
  std::string receive(const std::string& end = "") {
    bool ended = false;
    std::function<void()> read = [&] {
      socket_.async_read_some(boost::asio::buffer(chunk_), [&](boost::system::error_code error, std::size_t bytes) {
        received_.append(chunk_.data(), bytes);
        ended = static_cast<bool>(error);
        if (!ended && (end.empty() || received_.find(end) == std::string::npos)) read();
      });
    };
    read();
    EXPECT_TRUE(loop_.run_until([&] { return ended || (!end.empty() && received_.find(end) != std::string::npos); }));
    return std::exchange(received_, {});
  }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  Loop& loop_;
  boost::asio::ip::tcp::socket socket_;
  std::array<char, 16384> chunk_{};
  std::string received_;
};

/// A folder of its own, gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sidetone-net-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sidetone::net::test
