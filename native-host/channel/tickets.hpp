#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"

namespace sidetone::host::channel {

/// Tickets for the loopback way in, known by their hashes: one use each, for a short time, few at once.
class Tickets {
 public:
  /// @param hash  SHA-256 of the ticket, base64url. Beyond kMaxTickets the oldest goes.
  void issue(std::string hash, std::uint32_t client, MonotonicTime expires);
  /// Use a ticket up.
  /// @return the client that it was issued to; nothing: unknown, used or expired. The time taken does not tell which.
  std::optional<std::uint32_t> redeem(std::string_view ticket, MonotonicTime now);
  void clear() { issued_.clear(); }
  /// Forget the tickets of one client.
  void drop(std::uint32_t client);
  /// Whose tickets are still good; one for each ticket.
  [[nodiscard]] std::vector<std::uint32_t> clients(MonotonicTime now);

  static constexpr std::size_t kMaxTickets = 32;

 private:
  struct Issued {
    std::string hash;
    std::uint32_t client = 0;
    MonotonicTime expires;
  };
  std::vector<Issued> issued_;
};

}  // namespace sidetone::host::channel
