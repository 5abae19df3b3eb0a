#include "media/ice/stun_checks.hpp"

#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "media/udp/udp_socket.hpp"

namespace sidetone::media::ice {
namespace {

constexpr std::size_t kStunHeaderBytes = 20;
constexpr std::size_t kMaxStunBytes = 1280;
constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingSuccess = 0x0101;
constexpr std::uint16_t kBindingError = 0x0111;

const std::uint8_t* bytes_of(const std::string& text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

}  // namespace

struct StunChecks::Agent {
  StunAgent stun{};
};

StunChecks::StunChecks(Credentials local, Credentials remote, bool controlling)
    : agent_(std::make_unique<Agent>()),
      local_(std::move(local)),
      remote_(std::move(remote)),
      controlling_(controlling) {
  stun_agent_init(
      &agent_->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
      static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT));
}

StunChecks::~StunChecks() = default;

std::optional<Bytes> StunChecks::request(std::span<std::uint8_t> buffer, std::uint32_t priority, bool nominate,
                                         Transaction& transaction) {
  const std::string username = remote_.ufrag + ':' + local_.ufrag;
  StunMessage message;
  // Whoever has the same role as we say refuses the check and keeps it: as controlling we lose against every
  // tie-breaker, as controlled the far end's is the smaller one.
  const std::uint64_t tie_breaker = controlling_ ? 0 : std::numeric_limits<std::uint64_t>::max();
  const std::size_t size = stun_usage_ice_conncheck_create(
      &agent_->stun, &message, buffer.data(), buffer.size(), bytes_of(username), username.size(),
      bytes_of(remote_.password), remote_.password.size(), nominate && controlling_, controlling_, priority,
      tie_breaker, nullptr, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  if (size == 0) return std::nullopt;
  transaction = transaction_of(buffer);
  return Bytes{buffer.data(), size};
}

void StunChecks::forget(const Transaction& transaction) {
  StunTransactionId id;
  std::memcpy(id, transaction.data(), sizeof id);
  stun_agent_forget_transaction(&agent_->stun, id);
}

StunChecks::Kind StunChecks::classify(Bytes head) {
  if (head.size() < kStunHeaderBytes) return Kind::kOther;
  const auto type = static_cast<std::uint16_t>(head[0] << 8 | head[1]);
  if (type == kBindingRequest) return Kind::kRequest;
  return type == kBindingSuccess || type == kBindingError ? Kind::kAnswer : Kind::kOther;
}

StunChecks::Transaction StunChecks::transaction_of(Bytes head) {
  Transaction transaction;
  std::copy_n(head.begin() + 4, transaction.size(), transaction.begin());
  return transaction;
}

bool StunChecks::accept_answer(Bytes datagram) {
  StunMessage message;
  // The key is the one that the request was signed with.
  if (stun_agent_validate(&agent_->stun, &message, datagram.data(), datagram.size(), nullptr, nullptr) !=
      STUN_VALIDATION_SUCCESS)
    return false;
  sockaddr_storage mapped{};
  socklen_t length = sizeof mapped;
  switch (stun_usage_ice_conncheck_process(&message, &mapped, &length, STUN_USAGE_ICE_COMPATIBILITY_RFC5245)) {
    case STUN_USAGE_ICE_RETURN_SUCCESS:
      return true;
    case STUN_USAGE_ICE_RETURN_ROLE_CONFLICT:
      controlling_ = !controlling_;
      return true;
    default:
      return false;
  }
}

std::optional<Bytes> StunChecks::answer(Bytes request, const udp::Endpoint& from, std::span<std::uint8_t> buffer) {
  std::string username = local_.ufrag + ':' + remote_.ufrag;
  std::string password = local_.password;
  StunDefaultValidaterData expected[] = {{reinterpret_cast<std::uint8_t*>(username.data()), username.size(),
                                          reinterpret_cast<std::uint8_t*>(password.data()), password.size()},
                                         {nullptr, 0, nullptr, 0}};
  StunMessage message;
  if (request.size() > kMaxStunBytes ||
      stun_agent_validate(&agent_->stun, &message, request.data(), request.size(), stun_agent_default_validater,
                          expected) != STUN_VALIDATION_SUCCESS)
    return std::nullopt;
  sockaddr_storage source;
  const socklen_t length = udp::to_system(from, source);
  StunMessage reply;
  std::size_t size = buffer.size();
  bool control = controlling_;
  const std::uint64_t tie_breaker = std::numeric_limits<std::uint64_t>::max();
  (void)stun_usage_ice_conncheck_create_reply(&agent_->stun, &message, &reply, buffer.data(), &size, &source, length,
                                              &control, tie_breaker, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  if (size == 0) return std::nullopt;
  return Bytes{buffer.data(), size};
}

}  // namespace sidetone::media::ice
