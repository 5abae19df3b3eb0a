#include "service/directory/jpeg.hpp"

namespace sidetone::service::directory {
namespace {

// Markers, T.81 table B.1; each follows a byte 0xFF.
constexpr std::uint16_t kStartOfImage = 0xFFD8;
constexpr std::uint16_t kEndOfImage = 0xFFD9;
constexpr std::uint8_t kBaseline = 0xC0;
constexpr std::uint8_t kProgressive = 0xC2;
constexpr std::uint8_t kLastFrame = 0xCF;
constexpr std::uint8_t kHuffmanTables = 0xC4;
constexpr std::uint8_t kArithmeticTables = 0xCC;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kTemporary = 0x01;

Error jpeg_error(ErrorCode code, std::string text) { return {code, std::move(text), "picture"}; }

/// B.2.2. @param frame  what stands behind the marker.
Result<JpegSize> read_frame(ByteReader frame) {
  const auto length = frame.u16();
  const auto precision = frame.u8();
  JpegSize size;
  size.height = frame.u16();
  size.width = frame.u16();
  const auto components = frame.u8();
  if (frame.failed()) return jpeg_error(ErrorCode::kTruncated, "the JPEG ends within its frame header");
  if (precision != 8 || (components != 1 && components != 3))
    return jpeg_error(ErrorCode::kUnsupported, "a picture has 8 bits and one or three components");
  if (length != 8 + 3 * components || size.width == 0 || size.height == 0)
    return jpeg_error(ErrorCode::kMalformed, "the JPEG's frame header is not well formed");
  return size;
}

}  // namespace

Result<JpegSize> parse_jpeg(Bytes bytes) {
  ByteReader reader(bytes);
  if (reader.u16() != kStartOfImage) return jpeg_error(ErrorCode::kUnsupported, "a picture is a JPEG");
  ByteReader last(bytes.last(2));
  if (last.u16() != kEndOfImage) return jpeg_error(ErrorCode::kTruncated, "the JPEG has no end");
  while (reader.left() > 0) {
    if (reader.u8() != 0xFF) return jpeg_error(ErrorCode::kMalformed, "a marker is missing in the JPEG");
    std::uint8_t marker = reader.u8();
    while (marker == 0xFF) marker = reader.u8();  // fill bytes, B.1.1.2
    if (marker == kBaseline || marker == kBaseline + 1 || marker == kProgressive)
      return read_frame(ByteReader(reader.rest()));
    if (marker > kProgressive && marker <= kLastFrame && marker != kHuffmanTables && marker != kArithmeticTables)
      return jpeg_error(ErrorCode::kUnsupported, "a picture is a baseline or progressive JPEG");
    if (marker < kBaseline || marker == kStartOfScan || (marker >= 0xD0 && marker <= 0xD9) || marker == kTemporary)
      return jpeg_error(ErrorCode::kMalformed, "the JPEG has no frame header");
    const auto length = reader.u16();
    if (length < 2) return jpeg_error(ErrorCode::kMalformed, "a segment of the JPEG is shorter than its length");
    reader.skip(length - 2U);
    if (reader.failed()) break;
  }
  return jpeg_error(ErrorCode::kTruncated, "the JPEG ends within its header");
}

}  // namespace sidetone::service::directory
