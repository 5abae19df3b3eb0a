#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.hpp"

namespace sidetone::service::accounts {

/// A QR code (ISO/IEC 18004) without its quiet zone.
struct QrCode {
  std::uint32_t side = 0;  ///< modules
  std::string modules;     ///< by rows from the top left: '1' is dark, '0' is light
};

/// @param text  as bytes; no zero among them. @error kTooLarge: longer than a code holds.
Result<QrCode> make_qr_code(const std::string& text);

}  // namespace sidetone::service::accounts
