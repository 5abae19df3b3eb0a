#include "service/accounts/qr_code.hpp"

#include <qrencode.h>

#include <memory>

namespace sidetone::service::accounts {

Result<QrCode> make_qr_code(const std::string& text) {
  // Level M, 15 % of it may be unreadable: a photograph of a screen.
  const std::unique_ptr<QRcode, void (*)(QRcode*)> made(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                        QRcode_free);
  if (!made) return Error{ErrorCode::kTooLarge, "the text does not fit a QR code", ""};
  QrCode code;
  code.side = static_cast<std::uint32_t>(made->width);
  code.modules.resize(std::size_t{code.side} * code.side);
  // The lowest bit of each byte is the module; the others say what it is for.
  for (std::size_t i = 0; i < code.modules.size(); ++i) code.modules[i] = (made->data[i] & 1U) != 0 ? '1' : '0';
  return code;
}

}  // namespace sidetone::service::accounts
