#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sidetone::media::udp {

/// An IP address and a UDP port; costs no allocation.
struct Endpoint {
  bool is_ipv6 = false;
  std::array<std::uint8_t, 16> address{};  ///< network order; of IPv4 the first four
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;

  [[nodiscard]] bool is_unspecified() const { return address == std::array<std::uint8_t, 16>{}; }
};

/// @param address  numeric, without a zone; others: nothing.
/// @fuzz
std::optional<Endpoint> parse_endpoint(std::string_view address, std::uint16_t port);
std::string address_text(const Endpoint& endpoint);

}  // namespace sidetone::media::udp
