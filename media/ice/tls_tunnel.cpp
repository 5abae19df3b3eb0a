#include "media/ice/tls_tunnel.hpp"

#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace sidetone::media::ice {
namespace {

constexpr std::size_t kTunnelBufferBytes = 16 * 1024;  // of each direction; a TLS record's most
constexpr int kTurnsOfTunnel = 32;                     // of one connection at once: others wait, too
constexpr int kTunnelBacklog = 16;
// Length, and "stun.turn". @source RFC 7443 §3
constexpr std::string_view kTunnelProtocol{"\x09stun.turn", 10};

/// Is the other end of this connection of the loopback interface a socket of our own process?
bool is_own_connection(int accepted) {
  const auto here = udp::bound_to(accepted);
  const auto there = udp::connected_to(accepted);
  if (!here || !there) return false;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    const int fd = std::atoi(entry->path().filename().c_str());
    if (udp::bound_to(fd) == there && udp::connected_to(fd) == here) return true;
  }
  return false;
}

std::string reason_of_tls(SSL* ssl) {
  const long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK)
    return std::string("the certificate is not accepted: ") + X509_verify_cert_error_string(verified);
  const char* text = ERR_reason_error_string(ERR_peek_error());
  return text != nullptr ? std::string("TLS: ") + text : "the server ended the connection in the TLS handshake";
}

Error tunnel_error(ErrorCode code, const std::string& text, const std::string& where) {
  return {code, text + (errno != 0 ? std::string(": ") + std::strerror(errno) : ""), where};
}

void send_at_once(int fd) {
  const int on = 1;
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

/// One TCP connection of libnice's and the TLS connection that it goes on in. Reads no further before what was read has
/// been written.
struct TlsTunnel::Connection {
  Connection(TlsTunnel& owner, int near_fd)
      : tunnel(owner),
        near(near_fd),
        patience(owner.context_, [this] { fail("the server does not answer"); }),
        again(owner.context_, [this] { pump(); }) {}
  ~Connection() {
    end();
    SSL_free(ssl);
    if (near >= 0) ::close(near);
    if (far >= 0) ::close(far);
  }

  /// @return false: it has failed already.
  bool start() {
    const auto server = udp::parse_endpoint(tunnel.options_.address, tunnel.options_.port);
    far = ::socket(server->is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (far < 0) return fail(std::strerror(errno)), false;
    send_at_once(far);
    sockaddr_storage address;
    const socklen_t length = udp::to_system(*server, address);
    if (::connect(far, reinterpret_cast<const sockaddr*>(&address), length) != 0 && errno != EINPROGRESS)
      return fail(std::strerror(errno)), false;
    ssl = SSL_new(tunnel.tls_);
    if (ssl == nullptr || SSL_set_fd(ssl, far) != 1 || !expect_name()) return fail("TLS cannot be set up"), false;
    SSL_set_connect_state(ssl);
    patience.start(kPatience);
    far_awaits = G_IO_OUT;
    rearm();
    return true;
  }

  bool expect_name() {
    const std::string& name = tunnel.options_.name;
    if (udp::parse_endpoint(name, 0)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
    return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 && SSL_set1_host(ssl, name.c_str()) == 1;
  }

  /// No callback comes any more; what it stands on goes with the connection.
  void end() {
    if (std::exchange(ended, true)) return;
    patience.stop();
    again.stop();
    for (GSource** source : {&near_source, &far_source}) drop(*source);
    if (ssl != nullptr && SSL_is_init_finished(ssl) != 0) {
      ERR_clear_error();
      SSL_shutdown(ssl);
    }
    tunnel.reaper_.start(Microseconds{0});
  }

  void fail(const std::string& reason) {
    if (ended) return;
    end();
    tunnel.options_.failed(reason);
  }

  void pump() {
    if (ended || (!connected && !take_connection()) || (!shaken && !shake())) return;
    far_awaits = 0;
    bool moved = true;
    for (int turn = 0; moved && turn < kTurnsOfTunnel; ++turn) {
      moved = to_far();
      if (!ended) moved = to_near() || moved;
      if (ended) return;
    }
    if (moved) again.start(Microseconds{0});
    rearm();
  }

  bool take_connection() {
    int reason = 0;
    socklen_t length = sizeof reason;
    (void)::getsockopt(far, SOL_SOCKET, SO_ERROR, &reason, &length);
    if (reason != 0) return fail(std::strerror(reason)), false;
    connected = true;
    return true;
  }

  bool shake() {
    ERR_clear_error();
    far_awaits = 0;
    const int result = SSL_connect(ssl);
    if (result == 1) {
      shaken = true;
      patience.stop();
      return true;
    }
    if (!awaits(result)) fail(reason_of_tls(ssl));
    if (!ended) rearm();
    return false;
  }

  /// @return OpenSSL goes on once `far_awaits` has come.
  bool awaits(int result) {
    const int error = SSL_get_error(ssl, result);
    if (error == SSL_ERROR_WANT_READ) far_awaits |= G_IO_IN;
    if (error == SSL_ERROR_WANT_WRITE) far_awaits |= G_IO_OUT;
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }

  /// @return something has moved.
  bool to_far() {
    bool moved = false;
    if (up.empty()) {
      const ssize_t length = ::recv(near, buffer.data(), buffer.size(), 0);
      if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) return end(), false;
      if (length < 0) return false;
      up.assign(buffer.data(), buffer.data() + length);
      moved = true;
    }
    ERR_clear_error();
    const int written = SSL_write(ssl, up.data(), static_cast<int>(up.size()));
    if (written <= 0) {
      if (!awaits(written)) end();
      return moved;
    }
    up.erase(up.begin(), up.begin() + written);
    return true;
  }

  bool to_near() {
    bool moved = false;
    if (down.empty()) {
      ERR_clear_error();
      const int length = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
      if (length <= 0) {
        if (!awaits(length)) end();
        return false;
      }
      down.assign(buffer.data(), buffer.data() + length);
      moved = true;
    }
    const ssize_t written = ::send(near, down.data(), down.size(), MSG_NOSIGNAL);
    if (written < 0 && errno != EAGAIN && errno != EINTR) return end(), false;
    if (written <= 0) return moved;
    down.erase(down.begin(), down.begin() + written);
    return true;
  }

  void rearm() {
    const int near_awaits = !shaken ? 0 : (up.empty() ? G_IO_IN : 0) | (down.empty() ? 0 : G_IO_OUT);
    watch(near, near_source, near_watched, near_awaits);
    watch(far, far_source, far_watched, far_awaits);
  }

  void watch(int fd, GSource*& source, int& watched, int wanted) {
    if (watched == wanted) return;
    drop(source);
    watched = wanted;
    if (wanted == 0) return;
    source = g_unix_fd_source_new(fd, static_cast<GIOCondition>(wanted));
    const GUnixFDSourceFunc callback = [](gint, GIOCondition, gpointer self) -> gboolean {
      static_cast<Connection*>(self)->pump();
      return G_SOURCE_CONTINUE;
    };
    g_source_set_callback(source, reinterpret_cast<GSourceFunc>(reinterpret_cast<void (*)()>(callback)), this, nullptr);
    g_source_attach(source, tunnel.context_);
  }

  static void drop(GSource*& source) {
    if (source == nullptr) return;
    g_source_destroy(source);
    g_source_unref(source);
    source = nullptr;
  }

  TlsTunnel& tunnel;
  int near;
  int far = -1;
  SSL* ssl = nullptr;
  bool connected = false;
  bool shaken = false;
  bool ended = false;
  int far_awaits = 0;
  int near_watched = 0;
  int far_watched = 0;
  GSource* near_source = nullptr;
  GSource* far_source = nullptr;
  std::vector<std::uint8_t> up;
  std::vector<std::uint8_t> down;
  std::array<std::uint8_t, kTunnelBufferBytes> buffer;
  Timer patience;
  Timer again;
};

TlsTunnel::TlsTunnel(GMainContext* context, Options options)
    : context_(context), options_(std::move(options)), reaper_(context, [this] {
        std::erase_if(connections_, [](const auto& connection) { return connection->ended; });
      }) {}

TlsTunnel::~TlsTunnel() {
  mute();
  stop_listening();
  connections_.clear();
  SSL_CTX_free(tls_);
}

void TlsTunnel::stop_listening() {
  watch_.reset();
  if (listener_ >= 0) ::close(listener_);
  listener_ = -1;
}

Result<std::unique_ptr<TlsTunnel>> TlsTunnel::make(GMainContext* context, Options options) {
  if (!udp::parse_endpoint(options.address, options.port))
    return Error{ErrorCode::kMalformed, "the address of a relay is not numeric", options.address};
  std::unique_ptr<TlsTunnel> self(new TlsTunnel(context, std::move(options)));
  const Options& own = self->options_;
  errno = 0;
  ERR_clear_error();
  SSL_CTX* tls = self->tls_ = SSL_CTX_new(TLS_client_method());
  if (tls == nullptr || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 ||
      // SSL_CTX_set_alpn_protos returns 0 for success.
      SSL_CTX_set_alpn_protos(tls, reinterpret_cast<const unsigned char*>(kTunnelProtocol.data()),
                              static_cast<unsigned int>(kTunnelProtocol.size())) != 0)
    return Error{ErrorCode::kInternal, "TLS cannot be set up", "relay"};
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (own.authority_file.empty()) {
    SSL_CTX_set_default_verify_paths(tls);
  } else if (SSL_CTX_load_verify_file(tls, own.authority_file.c_str()) != 1) {
    return tunnel_error(ErrorCode::kIo, "no PEM certificate can be read", own.authority_file);
  }

  const auto loopback = udp::parse_endpoint(own.from_ipv6 ? "::1" : "127.0.0.1", 0);
  sockaddr_storage address;
  const socklen_t length = udp::to_system(*loopback, address);
  self->listener_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->listener_ < 0 || ::bind(self->listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(self->listener_, kTunnelBacklog) != 0)
    return tunnel_error(ErrorCode::kIo, "no port for a relay over TLS", "loopback");
  self->local_ = udp::bound_to(self->listener_).value_or(*loopback);
  self->watch_ =
      std::make_unique<ReadWatch>(context, self->listener_, [tunnel = self.get()] { tunnel->accept_waiting(); });
  return self;
}

void TlsTunnel::accept_waiting() {
  for (int i = 0; i < kTunnelBacklog; ++i) {
    const int near = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (near < 0) return;
    const bool own = is_own_connection(near);
    if (!own) ++strangers_;
    if (!own || connections_.size() >= kMaxConnections) {
      ::close(near);
      continue;
    }
    send_at_once(near);
    connections_.push_back(std::make_unique<Connection>(*this, near));
    (void)connections_.back()->start();
  }
}

}  // namespace sidetone::media::ice
