#include "media/dtls/dtls_transport.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace sidetone::media::dtls {
namespace {

constexpr std::size_t kEarlyPackets = 16;
constexpr std::size_t kMaxDatagramBytes = 2048;
constexpr std::size_t kMaxRecordBytes = 16384;
constexpr unsigned int kMaxTimeoutMicroseconds = 3'000'000;  // a call's set-up is not helped by RFC 6347's 60 s

// Elliptic curves with authenticated encryption first; what RFC 8827 §6.5 makes mandatory is among them.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-"
    "SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
constexpr const char* kSrtpProfiles =
    "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32";

}  // namespace

/// OpenSSL's way in and out: datagrams stay datagrams, which a memory BIO would not promise.
struct BioGlue {
  static DtlsTransport& self(BIO* bio) { return *static_cast<DtlsTransport*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* data, int length) {
    if (length <= 0) return 0;
    self(bio).callbacks_.send({reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(length)});
    return length;
  }

  static int read(BIO* bio, char* data, int length) {
    BIO_clear_retry_flags(bio);
    Bytes& incoming = self(bio).incoming_;
    if (incoming.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t count = std::min(incoming.size(), static_cast<std::size_t>(std::max(length, 0)));
    std::memcpy(data, incoming.data(), count);
    incoming = {};
    return static_cast<int>(count);
  }

  static long control(BIO* bio, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH:
        return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU:
      case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return static_cast<long>(kMtuBytes);
      case BIO_CTRL_WPENDING:
        return 0;
      case BIO_CTRL_PENDING:
        return static_cast<long>(self(bio).incoming_.size());
      default:
        return 0;
    }
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static BIO_METHOD* method() {
    static BIO_METHOD* const instance = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
      BIO_meth_set_write(made, write);
      BIO_meth_set_read(made, read);
      BIO_meth_set_ctrl(made, control);
      BIO_meth_set_create(made, create);
      return made;
    }();
    return instance;
  }

  static int verify(X509_STORE_CTX* store, void* argument) {
    return static_cast<DtlsTransport*>(argument)->fingerprint_fits(X509_STORE_CTX_get0_cert(store)) ? 1 : 0;
  }

  static unsigned int next_timeout(SSL* ssl, unsigned int current) {
    const auto& transport = *static_cast<DtlsTransport*>(SSL_get_app_data(ssl));
    if (current == 0) return static_cast<unsigned int>(transport.options_.first_timeout.count());
    return std::min(current * 2, kMaxTimeoutMicroseconds);
  }
};

void prepare() {
  auto certificate = Certificate::make();
  if (!certificate.ok()) return;
  struct End {
    std::vector<std::vector<std::uint8_t>> sent;
    std::unique_ptr<DtlsTransport> transport;
  };
  std::array<End, 2> ends;
  for (End& end : ends) {
    Callbacks callbacks;
    callbacks.send = [&end](Bytes datagram) { end.sent.emplace_back(datagram.begin(), datagram.end()); };
    callbacks.state_changed = [](State) {};
    callbacks.received = [](Bytes) {};
    auto made = DtlsTransport::make(certificate.value(), std::move(callbacks));
    if (!made.ok()) return;
    end.transport = std::move(made).value();
  }
  const std::vector<Fingerprint> expected{certificate.value()->fingerprint()};
  if (!ends[0].transport->start(Role::kServer, expected).ok()) return;
  if (!ends[1].transport->start(Role::kClient, expected).ok()) return;
  constexpr int kFlights = 8;  // more than a handshake has
  for (int flight = 0; flight < kFlights; ++flight) {
    End& from = ends[static_cast<std::size_t>(flight + 1) % 2];
    End& to = ends[static_cast<std::size_t>(flight) % 2];
    for (const auto& datagram : std::exchange(from.sent, {})) to.transport->receive(datagram);
  }
  (void)ends[0].transport->srtp_keys();
}

DtlsTransport::DtlsTransport(std::shared_ptr<const Certificate> certificate, Callbacks callbacks, Options options)
    : certificate_(std::move(certificate)), callbacks_(std::move(callbacks)), options_(options) {}

Result<std::unique_ptr<DtlsTransport>> DtlsTransport::make(std::shared_ptr<const Certificate> certificate,
                                                           Callbacks callbacks, Options options) {
  std::unique_ptr<DtlsTransport> transport(new DtlsTransport(std::move(certificate), std::move(callbacks), options));
  const auto refuse = [] { return Error{ErrorCode::kInternal, "DTLS cannot be set up", "dtls"}; };
  SSL_CTX* context = transport->context_ = SSL_CTX_new(DTLS_method());
  if (context == nullptr) return refuse();
  SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, BioGlue::verify, transport.get());
  SSL_CTX_set_options(
      context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  // SSL_CTX_set_tlsext_use_srtp returns 0 for success.
  if (SSL_CTX_set_cipher_list(context, kCiphers) != 1 || SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1 ||
      SSL_CTX_set_tlsext_use_srtp(context, kSrtpProfiles) != 0 ||
      SSL_CTX_use_certificate(context, transport->certificate_->x509()) != 1 ||
      SSL_CTX_use_PrivateKey(context, transport->certificate_->key()) != 1)
    return refuse();
  SSL* ssl = transport->ssl_ = SSL_new(context);
  BIO* bio = BIO_new(BioGlue::method());
  if (ssl == nullptr || bio == nullptr) return refuse();
  BIO_set_data(bio, transport.get());
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, transport.get());
  SSL_set_mtu(ssl, kMtuBytes);
  DTLS_set_timer_cb(ssl, BioGlue::next_timeout);
  return transport;
}

DtlsTransport::~DtlsTransport() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

Status DtlsTransport::start(Role role, std::vector<Fingerprint> expected) {
  if (state_ != State::kNew) return Error{ErrorCode::kConflict, "DTLS has started already", "dtls"};
  if (expected.empty()) return Error{ErrorCode::kMalformed, "no fingerprint to check the far end by", "dtls"};
  role_ = role;
  expected_ = std::move(expected);
  if (role == Role::kClient) {
    SSL_set_connect_state(ssl_);
  } else {
    SSL_set_accept_state(ssl_);
  }
  set_state(State::kConnecting);
  advance();
  for (const auto& packet : std::exchange(early_, {})) receive(packet);
  return {};
}

void DtlsTransport::receive(Bytes datagram) {
  if (state_ == State::kNew) {
    if (early_.size() >= kEarlyPackets || datagram.size() > kMaxDatagramBytes) {
      ++dropped_;
      return;
    }
    early_.emplace_back(datagram.begin(), datagram.end());
    return;
  }
  if (state_ != State::kConnecting && state_ != State::kConnected) {
    ++dropped_;
    return;
  }
  incoming_ = datagram;
  advance();
  incoming_ = {};
}

void DtlsTransport::advance() {
  ERR_clear_error();
  if (state_ == State::kConnecting) {
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) {
      set_state(State::kConnected);
    } else {
      const int error = SSL_get_error(ssl_, result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        if (failure_.empty()) {
          std::array<char, 160> text{};
          ERR_error_string_n(ERR_get_error(), text.data(), text.size());
          failure_ = text.data();
        }
        fail(failure_);
        return;
      }
    }
  }
  std::array<std::uint8_t, kMaxRecordBytes> buffer;
  while (state_ == State::kConnected) {
    ERR_clear_error();
    const int length = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (length > 0) {
      callbacks_.received({buffer.data(), static_cast<std::size_t>(length)});
      continue;
    }
    const int error = SSL_get_error(ssl_, length);
    if (error == SSL_ERROR_ZERO_RETURN) {
      SSL_shutdown(ssl_);
      set_state(State::kClosed);
    } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      fail("the DTLS association broke");
    }
    return;
  }
}

std::optional<Microseconds> DtlsTransport::timeout() const {
  timeval left{};
  if (state_ != State::kConnecting || DTLSv1_get_timeout(ssl_, &left) != 1) return std::nullopt;
  return Microseconds{static_cast<std::int64_t>(left.tv_sec) * 1'000'000 + left.tv_usec};
}

void DtlsTransport::handle_timeout() {
  if (state_ != State::kConnecting) return;
  if (DTLSv1_handle_timeout(ssl_) < 0) fail("the far end does not answer the DTLS handshake");
}

Status DtlsTransport::send(Bytes data) {
  if (state_ != State::kConnected) return Error{ErrorCode::kUnavailable, "DTLS is not connected", "dtls"};
  if (data.size() > kMaxRecordBytes) return Error{ErrorCode::kTooLarge, "more than a DTLS record holds", "dtls"};
  ERR_clear_error();
  if (SSL_write(ssl_, data.data(), static_cast<int>(data.size())) <= 0)
    return Error{ErrorCode::kIo, "DTLS cannot send the record", "dtls"};
  return {};
}

void DtlsTransport::close() {
  if (state_ == State::kConnected) SSL_shutdown(ssl_);
  if (state_ != State::kClosed && state_ != State::kFailed) set_state(State::kClosed);
}

void DtlsTransport::set_state(State state) {
  if (state_ == state) return;
  state_ = state;
  callbacks_.state_changed(state);
}

void DtlsTransport::fail(std::string reason) {
  failure_ = std::move(reason);
  set_state(State::kFailed);
}

bool DtlsTransport::fingerprint_fits(const x509_st* certificate) {
  for (const auto& expected : expected_) {
    const auto actual = fingerprint_of(certificate, expected.algorithm);
    if (actual.ok() && actual.value() == expected) return true;
  }
  failure_ = "the far end's certificate does not have the fingerprint of its description";
  return false;
}

Result<SrtpKeys> DtlsTransport::srtp_keys() const {
  if (state_ != State::kConnected) return Error{ErrorCode::kUnavailable, "DTLS is not connected", "dtls"};
  const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_);
  if (profile == nullptr) return Error{ErrorCode::kUnsupported, "no common SRTP profile", "dtls"};
  SrtpKeys keys;
  keys.suite = static_cast<srtp::Suite>(profile->id);
  const srtp::KeyLengths lengths = srtp::key_lengths(keys.suite);
  if (lengths.key == 0) return Error{ErrorCode::kUnsupported, "unknown SRTP profile", "dtls"};
  // RFC 5764 §4.2: client key, server key, client salt, server salt.
  std::vector<std::uint8_t> material(2 * (lengths.key + lengths.salt));
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (SSL_export_keying_material(ssl_, material.data(), material.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0) !=
      1)
    return Error{ErrorCode::kInternal, "DTLS cannot export keys", "dtls"};
  const auto key_of = [&](bool client) {
    const std::uint8_t* key = material.data() + (client ? 0 : lengths.key);
    const std::uint8_t* salt = material.data() + 2 * lengths.key + (client ? 0 : lengths.salt);
    std::vector<std::uint8_t> out(key, key + lengths.key);
    out.insert(out.end(), salt, salt + lengths.salt);
    return out;
  };
  keys.local = key_of(role_ == Role::kClient);
  keys.remote = key_of(role_ == Role::kServer);
  return keys;
}

std::string DtlsTransport::cipher_name() const {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_);
  return cipher == nullptr ? std::string() : std::string(SSL_CIPHER_standard_name(cipher));
}

std::string DtlsTransport::version_hex() const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const int version = SSL_version(ssl_);
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text += kHex[static_cast<std::size_t>(version >> shift) & 0x0f];
  return text;
}

std::optional<Fingerprint> DtlsTransport::remote_fingerprint() const {
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  if (certificate == nullptr) return std::nullopt;
  auto fingerprint = fingerprint_of(certificate, "sha-256");
  X509_free(certificate);
  return fingerprint.ok() ? std::optional(std::move(fingerprint).value()) : std::nullopt;
}

std::vector<std::uint8_t> DtlsTransport::remote_certificate() const {
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  if (certificate == nullptr) return {};
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  std::vector<std::uint8_t> out;
  if (length > 0) out.assign(der, der + length);
  OPENSSL_free(der);
  X509_free(certificate);
  return out;
}

}  // namespace sidetone::media::dtls
