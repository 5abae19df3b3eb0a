#include <zlib.h>

#include "service/directory/directory.hpp"

namespace sidetone::service::directory {
namespace {

std::string gzip(const std::string& plain) {
  z_stream stream{};
  // 15 + 16: the largest window, in a gzip wrapper (zlib.h, deflateInit2).
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::shared_ptr<const Snapshot> make_snapshot(const protocol::Directory& whole) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = whole.version;
  snapshot->plain = std::make_shared<const std::string>(protocol::encode(whole));
  snapshot->gzip = std::make_shared<const std::string>(gzip(*snapshot->plain));
  return snapshot;
}

}  // namespace sidetone::service::directory
