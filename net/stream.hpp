#pragma once

#include <openssl/ssl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.hpp"

/// For net/*.cpp alone: the byte stream below HTTP and WebSocket.
namespace sidetone::net {

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextDeleter>;
using Ssl = std::unique_ptr<SSL, SslDeleter>;

/// TLS 1.2 or newer, forward secrecy and AEAD only (RFC 9325 §4.2).
/// @error kMalformed: a file cannot be used; `where` names it.
Result<SslContext> make_server_tls(const std::string& certificate_file, const std::string& key_file);
/// @param authority_file  PEM; empty: the system's.
Result<SslContext> make_client_tls(const std::string& authority_file);

/// A TCP connection with or without TLS; an AsyncStream of Beast's, so that HTTP and WebSocket are compiled once for
/// both. TLS works on the descriptor itself (asio's readiness, OpenSSL's reads and writes) and gives its buffers back
/// between records: 14 KB a connection where asio::ssl::stream takes 73 KB.
/// @thread one at a time, the socket's executor.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCodeType = boost::system::error_code;

  explicit Stream(Socket socket);

  /// Before async_handshake. @error kInternal: OpenSSL has no memory.
  Status start_tls_server(SSL_CTX* context);
  /// The certificate must be of `host`, a name or an address.
  Status start_tls_client(SSL_CTX* context, const std::string& host);

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  [[nodiscard]] bool secure() const { return ssl_ != nullptr; }
  /// Why TLS failed, in words; empty where it did not.
  [[nodiscard]] const std::string& tls_failure() const { return tls_failure_; }

  /// Say goodbye on TLS, once, without waiting.
  void shutdown_tls();
  void close();

  /// End the sending half and drop what still comes, until the far end has ended too or `kDrainBytes` have come:
  /// closing with unread input would reset the connection, and the last words be lost on the way. (Beast's own teardown
  /// gives up at the first byte.)
  template <class Token>
  auto async_drain(Token&& token) {
    return boost::asio::async_compose<Token, void(ErrorCodeType)>(DrainOperation{*this}, token, socket_);
  }

  template <class Token>
  auto async_handshake(Token&& token) {
    return boost::asio::async_compose<Token, void(ErrorCodeType, std::size_t)>(HandshakeOperation{*this}, token,
                                                                               socket_);
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(ErrorCodeType, std::size_t)>(ReadOperation<Buffers>{*this, buffers},
                                                                               token, socket_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(ErrorCodeType, std::size_t)>(WriteOperation<Buffers>{*this, buffers},
                                                                               token, socket_);
  }

 private:
  enum class Want { kNothing, kRead, kWrite };
  struct Step {
    Want want = Want::kNothing;  ///< kNothing: done, with `error` or `bytes`
    std::size_t bytes = 0;
    ErrorCodeType error;
  };
  Step tls_handshake();
  Step tls_read(void* data, std::size_t size);
  Step tls_write(const void* data, std::size_t size);
  static Step closed_step();
  Step step_after(int returned, std::size_t bytes);

  /// Go on with an operation when the descriptor is ready, or end it; never from inside the call that started it.
  template <class Self>
  void proceed(Self& self, const Step& step, bool& started) {
    if (step.want != Want::kNothing) {
      started = true;
      const auto direction = step.want == Want::kRead ? Socket::wait_read : Socket::wait_write;
      socket_.async_wait(direction, std::move(self));
    } else if (started) {
      self.complete(step.error, step.bytes);
    } else {
      boost::asio::post(socket_.get_executor(),
                        [self = std::move(self), step]() mutable { self.complete(step.error, step.bytes); });
    }
  }

  struct DrainOperation {
    Stream& stream;
    std::size_t dropped = 0;
    bool started = false;
    template <class Self>
    void operator()(Self& self, ErrorCodeType error = {}) {
      auto& socket = stream.socket_;
      if (!started) {
        started = true;
        ErrorCodeType ignored;
        socket.shutdown(Socket::shutdown_send, ignored);
        return socket.async_wait(Socket::wait_read, std::move(self));
      }
      std::uint8_t rubbish[4096];
      while (!error && dropped < kDrainBytes) dropped += socket.read_some(boost::asio::buffer(rubbish), error);
      if (error == boost::asio::error::would_block) return socket.async_wait(Socket::wait_read, std::move(self));
      stream.close();
      self.complete(error == boost::asio::error::eof ? ErrorCodeType{} : error);
    }
  };

  struct HandshakeOperation {
    Stream& stream;
    bool started = false;
    template <class Self>
    void operator()(Self& self, ErrorCodeType error = {}, std::size_t = 0) {
      if (error) return self.complete(error, 0);
      stream.proceed(self, stream.tls_handshake(), started);
    }
  };

  template <class Buffers>
  struct ReadOperation {
    Stream& stream;
    Buffers buffers;
    bool started = false;
    template <class Self>
    void operator()(Self& self, ErrorCodeType error = {}, std::size_t bytes = 0) {
      if (!stream.secure()) {
        if (started) return self.complete(error, bytes);
        started = true;
        // A copy, for `self` with its buffers is moved in the same call.
        const Buffers target = buffers;
        return stream.socket_.async_read_some(target, std::move(self));
      }
      if (error) return self.complete(error, 0);
      for (auto one = boost::asio::buffer_sequence_begin(buffers); one != boost::asio::buffer_sequence_end(buffers);
           ++one) {
        const boost::asio::mutable_buffer buffer = *one;
        if (buffer.size() > 0) return stream.proceed(self, stream.tls_read(buffer.data(), buffer.size()), started);
      }
      stream.proceed(self, Step{}, started);
    }
  };

  template <class Buffers>
  struct WriteOperation {
    Stream& stream;
    Buffers buffers;
    bool started = false;
    template <class Self>
    void operator()(Self& self, ErrorCodeType error = {}, std::size_t bytes = 0) {
      if (!stream.secure()) {
        if (started) return self.complete(error, bytes);
        started = true;
        const Buffers source = buffers;
        return stream.socket_.async_write_some(source, std::move(self));
      }
      if (error) return self.complete(error, 0);
      stream.proceed(self, stream.tls_write_sequence(buffers), started);
    }
  };

  /// One TLS record of up to 16 KB from many buffers, so that a frame's head and body travel together. Written again
  /// after a wait, the bytes are the same, which SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER allows.
  template <class Buffers>
  Step tls_write_sequence(const Buffers& buffers) {
    const auto first = boost::asio::buffer_sequence_begin(buffers);
    const auto last = boost::asio::buffer_sequence_end(buffers);
    for (auto one = first; one != last; ++one) {
      const boost::asio::const_buffer buffer = *one;
      if (buffer.size() == 0) continue;
      if (buffer.size() >= kRecordBytes) return tls_write(buffer.data(), buffer.size());
      std::uint8_t record[kRecordBytes];
      const std::size_t size = boost::asio::buffer_copy(boost::asio::buffer(record), buffers);
      return tls_write(record, size);
    }
    return {};
  }

  static constexpr std::size_t kRecordBytes = 16 * 1024;  ///< RFC 8446 §5.1
  static constexpr std::size_t kDrainBytes = 1024 * 1024;

  Socket socket_;
  Ssl ssl_;
  std::string tls_failure_;
};

/// What Beast calls when a WebSocket ends (found by its argument).
template <class Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
  stream.shutdown_tls();
  stream.async_drain(std::forward<Handler>(handler));
}
/// And when a WebSocket has been silent for too long.
inline void beast_close_socket(Stream& stream) { stream.close(); }

}  // namespace sidetone::net
