#pragma once

#include "core/base/bytes.hpp"

namespace sidetone::service::directory {

struct JpegSize {
  int width = 0;  ///< pixels
  int height = 0;
  bool operator==(const JpegSize&) const = default;
};

/// How large a picture is, before anybody decodes it.
/// @error kUnsupported: no JPEG, or neither baseline nor progressive with 8 bits; kTruncated: it ends within its
/// header; kMalformed.
/// @source ITU-T T.81 §B.1 and §B.2
/// @fuzz
Result<JpegSize> parse_jpeg(Bytes bytes);

}  // namespace sidetone::service::directory
