#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit that a message is held to, by name. A decoder checks them before it allocates.
namespace sidetone::protocol::limits {

inline constexpr std::size_t kFrameBytes = 64 * 1024;  ///< one WebSocket message in either direction
inline constexpr std::size_t kJsonDepth = 8;           ///< nesting of arrays and objects
inline constexpr std::size_t kNameBytes = 256;         ///< names of people, devices and hosts, in UTF-8
inline constexpr std::size_t kPasswordBytes = 1024;
inline constexpr std::size_t kOneTimeCodeBytes = 32;  ///< of an authenticator app, or a recovery code, with spaces
inline constexpr std::size_t kRecoveryCodes = 16;     ///< of one user
inline constexpr std::size_t kSetUpUriBytes = 1024;   ///< otpauth:// with sign-in name and secret
inline constexpr std::size_t kQrSide = 177;           ///< modules: version 40, ISO/IEC 18004
inline constexpr std::size_t kQrModules = kQrSide * kQrSide;
inline constexpr std::size_t kTokenBytes = 128;   ///< opaque tokens, ids and tickets
inline constexpr std::size_t kKeyBytes = 512;     ///< public keys and signatures, base64url
inline constexpr std::size_t kKeyHashBytes = 43;  ///< SHA-256, base64url
inline constexpr std::size_t kNumberBytes = 64;   ///< a dialled number or extension
inline constexpr std::size_t kStatusTextBytes = 256;
inline constexpr std::size_t kChatTextBytes = 16 * 1024;
inline constexpr std::size_t kReactionBytes = 40;    ///< one emoji of however many parts
inline constexpr std::size_t kSearchBytes = 256;     ///< of what is looked for in messages
inline constexpr std::size_t kSdpBytes = 24 * 1024;  ///< Chromium's largest audio + data offer seen is 4 KiB
inline constexpr std::size_t kCandidateBytes = 1024;
inline constexpr std::size_t kControlBytes = 48 * 1024;         ///< one control message inside a rendezvous frame
inline constexpr std::size_t kChannelMessageBytes = 16 * 1024;  ///< data-channel message by way of the control protocol
inline constexpr std::size_t kUrlBytes = 512;
inline constexpr std::size_t kErrorTextBytes = 1024;
inline constexpr std::size_t kListItems = 256;                   ///< any list that names no other limit
inline constexpr std::size_t kSubscriptions = 200;               ///< contacts whose presence one connection may watch
inline constexpr std::size_t kFavourites = 200;                  ///< of one user
inline constexpr std::size_t kSavedNumbers = 100;                ///< of one user
inline constexpr std::size_t kSavedNameBytes = 256;              ///< what somebody calls a number
inline constexpr std::size_t kPictureBytes = 16 * 1024;          ///< of a person, JPEG
inline constexpr std::size_t kPictureTextBytes = 21'846;         ///< the same in base64url
inline constexpr std::size_t kPictureNameBytes = 22;             ///< 128 bits of a SHA-256, base64url
inline constexpr int kPictureEdge = 96;                          ///< pixels
inline constexpr std::size_t kPageItems = 100;                   ///< messages or records in one page
inline constexpr std::size_t kContactItems = 100'000;            ///< contacts in one directory snapshot
inline constexpr std::size_t kSnapshotBytes = 16 * 1024 * 1024;  ///< a directory snapshot over HTTP, unpacked
inline constexpr std::size_t kCallsPerUser = 16;                 ///< live calls of one user
inline constexpr std::size_t kForwardsPerCall = 5;               ///< of a call that rings
inline constexpr std::size_t kCandidatesPerCall = 64;  ///< trickled candidates kept for a device that still rings
inline constexpr std::int64_t kMaxInteger = 9'007'199'254'740'991;  ///< 2^53 − 1, what every JSON reader holds exactly

}  // namespace sidetone::protocol::limits
