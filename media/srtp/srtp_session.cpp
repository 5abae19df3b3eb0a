#include "media/srtp/srtp_session.hpp"

#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "media/srtp/gcm_cipher.hpp"

namespace sidetone::media::srtp {
namespace {

void set_policy(Suite suite, srtp_policy_t& policy) {
  switch (suite) {
    case Suite::kAesCm128HmacSha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      break;
    case Suite::kAesCm128HmacSha1_32:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);  // RFC 5764 §4.1.2: RTCP keeps the long tag
      break;
    case Suite::kAeadAes128Gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      break;
    case Suite::kAeadAes256Gcm:
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
      break;
  }
}

Status check_keys(Suite suite, std::span<const MasterKey> keys) {
  const KeyLengths lengths = key_lengths(suite);
  const std::size_t bytes = lengths.key + lengths.salt;
  if (keys.empty() || keys.size() > kMaxMasterKeys)
    return Error{ErrorCode::kOutOfRange, "no SRTP key, or too many", "srtp"};
  for (const MasterKey& one : keys) {
    if (bytes == 0 || one.key.size() != bytes)
      return Error{ErrorCode::kOutOfRange, "SRTP key has a wrong length", "srtp"};
    if (one.mki.size() > kMaxMkiBytes || one.mki.size() != keys.front().mki.size() ||
        (one.mki.empty() && keys.size() > 1))
      return Error{ErrorCode::kOutOfRange, "SRTP key's identifier has a wrong length", "srtp"};
  }
  if (!keys.front().mki.empty() && !names_keys(suite))
    return Error{ErrorCode::kUnsupported, "SRTP suite does not name its keys", "srtp"};
  return {};
}

Result<srtp_t> make_direction(Suite suite, std::span<const MasterKey> keys, srtp_ssrc_type_t direction) {
  SIDETONE_CHECK(check_keys(suite, keys));
  std::vector<MasterKey> copies(keys.begin(), keys.end());  // the library wants to be able to write them
  std::vector<srtp_master_key_t> named;
  for (MasterKey& one : copies)
    named.push_back({one.key.data(), one.mki.data(), static_cast<unsigned>(one.mki.size())});
  std::vector<srtp_master_key_t*> pointers;
  for (srtp_master_key_t& one : named) pointers.push_back(&one);
  srtp_policy_t policy{};
  set_policy(suite, policy);
  policy.ssrc.type = direction;
  policy.keys = pointers.data();
  policy.num_master_keys = pointers.size();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 0;
  srtp_t session = nullptr;
  const auto status = srtp_create(&session, &policy);
  for (MasterKey& one : copies) std::fill(one.key.begin(), one.key.end(), std::uint8_t{0});
  if (status != srtp_err_status_ok) return Error{ErrorCode::kUnsupported, "SRTP cipher is not available", "srtp"};
  return session;
}

Result<Bytes> protected_packet(std::span<std::uint8_t> buffer, srtp_err_status_t status, int length) {
  if (status != srtp_err_status_ok) return Error{ErrorCode::kInternal, "SRTP refuses to protect the packet", "srtp"};
  return Bytes{buffer.first(static_cast<std::size_t>(length))};
}

Status check_room(std::span<std::uint8_t> buffer, std::size_t length, std::size_t least) {
  if (length < least || buffer.size() < length || buffer.size() - length < kMaxTrailerBytes)
    return Error{ErrorCode::kOutOfRange, "no room for the SRTP trailer", "srtp"};
  return {};
}

}  // namespace

bool prepare() {
  static const bool ready = [] {
    if (srtp_init() != srtp_err_status_ok) return false;
    (void)use_openssl_for_gcm();  // else the library's own cipher goes on, only slower
    return true;
  }();
  return ready;
}

std::string_view suite_name(Suite suite) {
  switch (suite) {
    case Suite::kAesCm128HmacSha1_80:
      return "SRTP_AES128_CM_HMAC_SHA1_80";
    case Suite::kAesCm128HmacSha1_32:
      return "SRTP_AES128_CM_HMAC_SHA1_32";
    case Suite::kAeadAes128Gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case Suite::kAeadAes256Gcm:
      return "SRTP_AEAD_AES_256_GCM";
  }
  return "";
}

KeyLengths key_lengths(Suite suite) {
  switch (suite) {
    case Suite::kAesCm128HmacSha1_80:
    case Suite::kAesCm128HmacSha1_32:
      return {16, 14};
    case Suite::kAeadAes128Gcm:
      return {16, 12};
    case Suite::kAeadAes256Gcm:
      return {32, 12};
  }
  return {};
}

bool names_keys(Suite suite) { return suite != Suite::kAesCm128HmacSha1_32; }

Result<std::unique_ptr<SrtpSession>> SrtpSession::make(Suite suite, const MasterKey& local,
                                                       std::span<const MasterKey> remote) {
  if (!prepare()) return Error{ErrorCode::kUnsupported, "libsrtp does not start", "srtp"};
  std::unique_ptr<SrtpSession> session(new SrtpSession(suite));
  SIDETONE_TRY(session->outgoing_, make_direction(suite, std::span{&local, 1}, ssrc_any_outbound));
  SIDETONE_TRY(session->incoming_, make_direction(suite, remote, ssrc_any_inbound));
  session->outgoing_named_ = !local.mki.empty();
  session->incoming_named_ = !remote.front().mki.empty();
  return session;
}

Result<std::unique_ptr<SrtpSession>> SrtpSession::make(Suite suite, Bytes local_key, Bytes remote_key) {
  const MasterKey local{{local_key.begin(), local_key.end()}, {}};
  const MasterKey remote{{remote_key.begin(), remote_key.end()}, {}};
  return make(suite, local, std::span{&remote, 1});
}

SrtpSession::~SrtpSession() {
  if (outgoing_ != nullptr) srtp_dealloc(outgoing_);
  if (incoming_ != nullptr) srtp_dealloc(incoming_);
}

Status SrtpSession::set_remote_keys(std::span<const MasterKey> remote) {
  SIDETONE_TRY(srtp_ctx_t_ * fresh, make_direction(suite_, remote, ssrc_any_inbound));
  srtp_dealloc(std::exchange(incoming_, fresh));
  incoming_named_ = !remote.front().mki.empty();
  source_count_ = 0;
  return {};
}

Result<Bytes> SrtpSession::protect_rtp(std::span<std::uint8_t> buffer, std::size_t length) {
  SIDETONE_CHECK(check_room(buffer, length, 12));
  int size = static_cast<int>(length);
  const auto status = srtp_protect_mki(outgoing_, buffer.data(), &size, outgoing_named_ ? 1 : 0, 0);
  return protected_packet(buffer, status, size);
}

Result<Bytes> SrtpSession::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length) {
  SIDETONE_CHECK(check_room(buffer, length, 8));
  int size = static_cast<int>(length);
  const auto status = srtp_protect_rtcp_mki(outgoing_, buffer.data(), &size, outgoing_named_ ? 1 : 0, 0);
  return protected_packet(buffer, status, size);
}

Result<Bytes> SrtpSession::unprotect_rtp(std::span<std::uint8_t> packet) {
  if (packet.size() < 12) {
    ++counters_.malformed;
    return Error{ErrorCode::kTruncated, "SRTP packet ends early", "srtp"};
  }
  int size = static_cast<int>(packet.size());
  const std::uint32_t ssrc = ByteReader(Bytes{packet}.subspan(8)).u32();
  const auto status = srtp_unprotect_mki(incoming_, packet.data(), &size, incoming_named_ ? 1 : 0);
  if (status == srtp_err_status_ok) remember_source(ssrc);
  return unprotected(packet, status, size);
}

Result<Bytes> SrtpSession::unprotect_rtcp(std::span<std::uint8_t> packet) {
  if (packet.size() < 8) {
    ++counters_.malformed;
    return Error{ErrorCode::kTruncated, "SRTCP packet ends early", "srtp"};
  }
  int size = static_cast<int>(packet.size());
  const std::uint32_t ssrc = ByteReader(Bytes{packet}.subspan(4)).u32();
  const auto status = srtp_unprotect_rtcp_mki(incoming_, packet.data(), &size, incoming_named_ ? 1 : 0);
  if (status == srtp_err_status_ok) remember_source(ssrc);
  return unprotected(packet, status, size);
}

Result<Bytes> SrtpSession::unprotected(std::span<std::uint8_t> packet, int status, int length) {
  switch (status) {
    case srtp_err_status_ok:
      return Bytes{packet.first(static_cast<std::size_t>(length))};
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
    case srtp_err_status_bad_mki:
      ++counters_.authentication_failures;
      return Error{ErrorCode::kUnauthenticated, "SRTP tag does not fit", "srtp"};
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      ++counters_.replays;
      return Error{ErrorCode::kConflict, "SRTP packet came before", "srtp"};
    default:
      ++counters_.malformed;
      return Error{ErrorCode::kMalformed, "SRTP packet is malformed", "srtp"};
  }
}

void SrtpSession::remember_source(std::uint32_t ssrc) {
  const auto end = sources_.begin() + source_count_;
  auto source = std::find_if(sources_.begin(), end, [ssrc](const Source& one) { return one.ssrc == ssrc; });
  if (source == end) {
    if (source_count_ < kMaxSources) {
      ++source_count_;  // `source` is the free place behind the last one
    } else {
      // Not the one that was first: a voice that runs would start again without its rollover count.
      source = std::min_element(sources_.begin(), end,
                                [](const Source& a, const Source& b) { return a.last_heard < b.last_heard; });
      const auto removed = srtp_remove_stream(incoming_, htonl(source->ssrc));  // srtp.h: in network byte order
      if (removed != srtp_err_status_ok) ++counters_.streams_kept;
    }
    source->ssrc = ssrc;
  }
  source->last_heard = ++heard_;
}

}  // namespace sidetone::media::srtp
