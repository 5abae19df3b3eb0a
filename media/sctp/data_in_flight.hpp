#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"

namespace sidetone::media::sctp {

/// When the oldest chunk of data was sent that the far end has not acknowledged yet. It reads the packets as they pass
/// (RFC 9260 §3.3.1 DATA, §3.3.4 SACK); what is no SCTP packet says nothing.
class DataInFlight {
 public:
  void sent(Bytes packet, MonotonicTime now);
  /// @fuzz sctp_packet
  void received(Bytes packet);
  /// @return none: all is acknowledged.
  [[nodiscard]] std::optional<MonotonicTime> oldest() const;
  [[nodiscard]] std::size_t chunks() const { return chunks_.size(); }

 private:
  struct Chunk {
    std::uint32_t tsn = 0;
    MonotonicTime sent;
  };
  std::deque<Chunk> chunks_;  ///< as many as the stack lets wait to be acknowledged
  std::optional<std::uint32_t> newest_;
};

}  // namespace sidetone::media::sctp
