#pragma once

#include <memory>
#include <string_view>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// ITU-T G.729 annex A at 8 kbit/s by bcg729, which is loaded when it is first asked for and never linked, because of
/// its licence (GPL). A payload is frames of 10 octets, 10 ms each, and at its end perhaps one of 2 octets that
/// describes silence (annex B; RFC 3551 §4.5.6). Such frames are received and never sent.
std::unique_ptr<Encoder> make_g729_encoder(const EncoderOptions& options);
std::unique_ptr<Decoder> make_g729_decoder(const DecoderOptions& options);

/// Why there is no G.729 on this machine; empty: there is.
std::string_view g729_missing();

/// What of the library is used. `missing` is empty if all of it was found.
struct G729Library {
  std::string missing;
  void* (*make_encoder)(std::uint8_t detect_voice) = nullptr;
  void (*free_encoder)(void*) = nullptr;
  void (*encode)(void*, const std::int16_t* pcm, std::uint8_t* frame, std::uint8_t* size) = nullptr;
  void* (*make_decoder)() = nullptr;
  void (*free_decoder)(void*) = nullptr;
  void (*decode)(void*, const std::uint8_t* frame, std::uint8_t size, std::uint8_t erased, std::uint8_t silence,
                 std::uint8_t rfc3389, std::int16_t* pcm) = nullptr;
};
G729Library load_g729(const char* file);

}  // namespace sidetone::media::codec
