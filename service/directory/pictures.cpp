#include "service/directory/pictures.hpp"

#include "net/crypto.hpp"
#include "service/directory/jpeg.hpp"

namespace sidetone::service::directory {
namespace {

using protocol::limits::kPictureBytes;
using protocol::limits::kPictureEdge;
using protocol::limits::kPictureNameBytes;

/// 128 bits of SHA-256: no two pictures meet by chance, and nobody finds one that has another's name.
std::string picture_name(Bytes jpeg) { return net::base64url(net::sha256(jpeg)).substr(0, kPictureNameBytes); }

Result<store::Picture> read_picture(std::string_view text) {
  const auto jpeg = net::base64url_decode(text);
  if (!jpeg) return Error{ErrorCode::kMalformed, "the picture is not base64url", "j"};
  if (jpeg->size() > kPictureBytes)
    return Error{ErrorCode::kTooLarge, "a picture has at most " + std::to_string(kPictureBytes) + " bytes", "j"};
  SIDETONE_TRY(const auto size, parse_jpeg(*jpeg));
  if (size != JpegSize{kPictureEdge, kPictureEdge})
    return Error{ErrorCode::kOutOfRange,
                 "a picture has " + std::to_string(kPictureEdge) + " × " + std::to_string(kPictureEdge) +
                     " pixels, this one " + std::to_string(size.width) + " × " + std::to_string(size.height),
                 "j"};
  return store::Picture{picture_name(*jpeg), {jpeg->begin(), jpeg->end()}};
}

}  // namespace

void Pictures::handle(const Asker& asker, const protocol::PictureSet& message) {
  std::optional<store::Picture> picture;
  if (!message.jpeg.empty()) {
    auto read = read_picture(message.jpeg);
    if (!read.ok()) return outbox_.refuse(asker, read.error());
    picture = std::move(*read);
  }
  directory_.set_picture(asker.user, std::move(picture), [this, asker](Status status) {
    if (!status.ok()) return outbox_.refuse(asker, status.error());
    outbox_.ok(asker);
  });
}

void Pictures::find(std::string_view name, Found done) {
  using Jpeg = std::optional<std::string>;
  store_.run<Jpeg>([name = std::string(name)](store::Transaction& t) -> Result<Jpeg> { return t.find_picture(name); },
                   [done = std::move(done)](Result<Jpeg> jpeg) {
                     if (!jpeg.ok()) return done(jpeg.take_error());
                     if (!*jpeg) return done(Error{ErrorCode::kNotFound, "there is no such picture", "picture"});
                     done(std::make_shared<const std::string>(std::move(**jpeg)));
                   });
}

}  // namespace sidetone::service::directory
