#include "net/stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <climits>

namespace sidetone::net {
namespace {

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE on a connection that is gone; this one asks for
// the error instead.
int bio_descriptor(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto written = ::send(bio_descriptor(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(written);
}

int bio_read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(bio_descriptor(bio), data, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* descriptor_bio() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "sidetone descriptor");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

SslContext make_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method));
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  // An end without close_notify is a plain end: HTTP and WebSocket say themselves where their messages end.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

Error unusable(const std::string& file, std::string text) { return {ErrorCode::kMalformed, std::move(text), file}; }

Result<Ssl> make_ssl(SSL_CTX* context, int descriptor) {
  Ssl ssl(SSL_new(context));
  BIO* bio = descriptor_bio() == nullptr ? nullptr : BIO_new(descriptor_bio());
  if (!ssl || bio == nullptr) {
    BIO_free(bio);
    return Error{ErrorCode::kInternal, "TLS cannot start: " + openssl_reason(), ""};
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl.get(), bio, bio);
  return ssl;
}

}  // namespace

Result<SslContext> make_server_tls(const std::string& certificate_file, const std::string& key_file) {
  auto context = make_context(TLS_server_method());
  if (!context) return Error{ErrorCode::kInternal, "TLS cannot start: " + openssl_reason(), ""};
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context.get(), 1);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
    return unusable(certificate_file, "no PEM certificate chain can be read: " + openssl_reason());
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable(key_file, "no PEM private key can be read: " + openssl_reason());
  if (SSL_CTX_check_private_key(context.get()) != 1) return unusable(key_file, "is not the key of " + certificate_file);
  return context;
}

Result<SslContext> make_client_tls(const std::string& authority_file) {
  auto context = make_context(TLS_client_method());
  if (!context) return Error{ErrorCode::kInternal, "TLS cannot start: " + openssl_reason(), ""};
  ERR_clear_error();
  if (authority_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_file(context.get(), authority_file.c_str()) != 1) {
    return unusable(authority_file, "no PEM certificate can be read: " + openssl_reason());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  ErrorCodeType ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

Status Stream::start_tls_server(SSL_CTX* context) {
  SIDETONE_TRY(ssl_, make_ssl(context, socket_.native_handle()));
  SSL_set_accept_state(ssl_.get());
  return {};
}

Status Stream::start_tls_client(SSL_CTX* context, const std::string& host) {
  SIDETONE_TRY(ssl_, make_ssl(context, socket_.native_handle()));
  ErrorCodeType not_an_address;
  (void)boost::asio::ip::make_address(host, not_an_address);
  bool set = true;
  if (not_an_address) {
    set = SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1 && SSL_set1_host(ssl_.get(), host.c_str()) == 1;
  } else {
    set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
  }
  if (!set) return Error{ErrorCode::kMalformed, "no certificate can be checked against this name", host};
  SSL_set_connect_state(ssl_.get());
  return {};
}

void Stream::shutdown_tls() {
  if (!ssl_ || !socket_.is_open() || !SSL_is_init_finished(ssl_.get()) ||
      (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0)
    return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void Stream::close() {
  ErrorCodeType ignored;
  socket_.close(ignored);
}

// The descriptor that OpenSSL knows may belong to somebody else once the socket is closed.
Stream::Step Stream::closed_step() { return {Want::kNothing, 0, boost::asio::error::operation_aborted}; }

Stream::Step Stream::tls_handshake() {
  if (!socket_.is_open()) return closed_step();
  ERR_clear_error();
  return step_after(SSL_do_handshake(ssl_.get()), 0);
}

Stream::Step Stream::tls_read(void* data, std::size_t size) {
  if (!socket_.is_open()) return closed_step();
  ERR_clear_error();
  std::size_t got = 0;
  const int returned = SSL_read_ex(ssl_.get(), data, size, &got);
  return step_after(returned, got);
}

Stream::Step Stream::tls_write(const void* data, std::size_t size) {
  if (!socket_.is_open()) return closed_step();
  ERR_clear_error();
  std::size_t written = 0;
  const int returned = SSL_write_ex(ssl_.get(), data, size, &written);
  return step_after(returned, written);
}

Stream::Step Stream::step_after(int returned, std::size_t bytes) {
  if (returned > 0) return {Want::kNothing, bytes, {}};
  const int system_error = errno;
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return {Want::kRead, 0, {}};
    case SSL_ERROR_WANT_WRITE:
      return {Want::kWrite, 0, {}};
    case SSL_ERROR_ZERO_RETURN:
      return {Want::kNothing, 0, boost::asio::error::eof};
    case SSL_ERROR_SYSCALL:
      return {Want::kNothing, 0, {system_error == 0 ? ECONNRESET : system_error, boost::system::system_category()}};
    default:
      break;
  }
  const long verified = SSL_get_verify_result(ssl_.get());
  tls_failure_ = verified == X509_V_OK ? openssl_reason() : X509_verify_cert_error_string(verified);
  ERR_clear_error();
  return {Want::kNothing, 0, {EPROTO, boost::system::system_category()}};
}

}  // namespace sidetone::net
