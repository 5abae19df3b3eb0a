#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

struct srtp_ctx_t_;

namespace sidetone::media::srtp {

/// DTLS-SRTP protection profiles. @source RFC 5764 §4.1.2, RFC 7714 §14.2
enum class Suite : std::uint16_t {
  kAesCm128HmacSha1_80 = 0x0001,
  kAesCm128HmacSha1_32 = 0x0002,
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008,
};

/// Name in IANA's registry, which webrtc-stats' srtpCipher wants: "SRTP_AEAD_AES_128_GCM".
std::string_view suite_name(Suite suite);
/// Bytes of master key and of salt.
struct KeyLengths {
  std::size_t key = 0;
  std::size_t salt = 0;
};
KeyLengths key_lengths(Suite suite);
/// Whether packets may name their keys. With the short tag libsrtp 2.5 looks for the name of an RTCP packet, whose tag
/// is the long one, in a wrong place.
bool names_keys(Suite suite);

inline constexpr std::size_t kMaxMkiBytes = 128;   ///< RFC 4568 §9.2
inline constexpr std::size_t kMaxMasterKeys = 16;  ///< at a time in one direction: libsrtp's SRTP_MAX_NUM_MASTER_KEYS

/// @source RFC 3711 §3.1
struct MasterKey {
  std::vector<std::uint8_t> key;  ///< with its salt
  std::vector<std::uint8_t> mki;  ///< master key identifier, by which packets name it; empty: they do not
  bool operator==(const MasterKey&) const = default;
};

/// Room that `protect` needs behind the packet: tag, SRTCP's index, and the key's identifier.
inline constexpr std::size_t kMaxTrailerBytes = 16 + 4 + kMaxMkiBytes;
inline constexpr std::size_t kReplayWindow = 1024;  ///< packets; RFC 3711 §3.3.2 asks for at least 64
/// Received sources kept at a time; the one that was silent the longest is forgotten.
inline constexpr std::size_t kMaxSources = 16;

struct Counters {
  std::uint64_t authentication_failures = 0;
  std::uint64_t replays = 0;  ///< seen before, or older than the window
  std::uint64_t malformed = 0;
  std::uint64_t streams_kept = 0;  ///< forgotten sources whose stream libsrtp did not let go: never, unless it changes
};

/// Start the library, which tests its ciphers for some 100 ms: before the first call, not in it. @return false: no SRTP
/// here. @thread any.
bool prepare();

/// Both directions of one SRTP session. Any authenticated SSRC is received; rollover counters are kept for each.
/// @thread one at a time; no allocation except for a new SSRC. @source RFC 3711, RFC 7714
class SrtpSession {
 public:
  /// @param local  what we send with. @param remote  what the far end may send with; those of more than one have
  /// identifiers of one length.
  /// @error kUnsupported: the library lacks the cipher, or does not name its keys; kOutOfRange: a key or an identifier
  /// of a wrong length, no remote key or more than kMaxMasterKeys.
  static Result<std::unique_ptr<SrtpSession>> make(Suite suite, const MasterKey& local,
                                                   std::span<const MasterKey> remote);
  /// With one key for each direction, which packets do not name.
  static Result<std::unique_ptr<SrtpSession>> make(Suite suite, Bytes local_key, Bytes remote_key);
  ~SrtpSession();
  SrtpSession(const SrtpSession&) = delete;
  SrtpSession& operator=(const SrtpSession&) = delete;

  /// In place. @param buffer  the packet and kMaxTrailerBytes of room. @return the whole protected packet.
  Result<Bytes> protect_rtp(std::span<std::uint8_t> buffer, std::size_t length);
  Result<Bytes> protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length);
  /// In place. @error kUnauthenticated: wrong tag or unknown key; kConflict: replay; kMalformed. All are counted.
  Result<Bytes> unprotect_rtp(std::span<std::uint8_t> packet);
  Result<Bytes> unprotect_rtcp(std::span<std::uint8_t> packet);

  /// The far end sends with other keys from now on; what we send goes on. @error of `make`; the old keys stay.
  Status set_remote_keys(std::span<const MasterKey> remote);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] Suite suite() const { return suite_; }

 private:
  explicit SrtpSession(Suite suite) : suite_(suite) {}
  Result<Bytes> unprotected(std::span<std::uint8_t> packet, int status, int length);
  struct Source {
    std::uint32_t ssrc = 0;
    std::uint64_t last_heard = 0;  ///< count of packets
  };
  void remember_source(std::uint32_t ssrc);

  Suite suite_;
  srtp_ctx_t_* outgoing_ = nullptr;
  srtp_ctx_t_* incoming_ = nullptr;
  bool outgoing_named_ = false;  ///< packets carry an identifier of their key
  bool incoming_named_ = false;
  std::array<Source, kMaxSources> sources_{};
  std::size_t source_count_ = 0;
  std::uint64_t heard_ = 0;
  Counters counters_;
};

}  // namespace sidetone::media::srtp
