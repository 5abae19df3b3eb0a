#include "media/ice/candidate.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sidetone::media::ice {
namespace {

constexpr std::string_view kPrefix = "candidate:";

class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  std::string_view next() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }

 private:
  std::string_view rest_;
};

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::optional<CandidateType> type_from(std::string_view name) {
  for (const auto type :
       {CandidateType::kHost, CandidateType::kServerReflexive, CandidateType::kPeerReflexive, CandidateType::kRelayed})
    if (type_name(type) == name) return type;
  return std::nullopt;
}

/// ice-char, and what addresses and names are written with: nothing that could break out of a line.
bool plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
           c == '.' || c == ':' || c == '-' || c == '_' || c == '%';
  });
}

Error malformed_candidate(std::string what) { return Error{ErrorCode::kMalformed, std::move(what), "candidate"}; }

}  // namespace

std::string_view type_name(CandidateType type) {
  switch (type) {
    case CandidateType::kHost:
      return "host";
    case CandidateType::kServerReflexive:
      return "srflx";
    case CandidateType::kPeerReflexive:
      return "prflx";
    case CandidateType::kRelayed:
      return "relay";
  }
  return "";
}

bool is_mdns_name(std::string_view address) { return address.size() > 6 && lower(address).ends_with(".local"); }

Result<Candidate> parse_candidate(std::string_view text) {
  if (text.size() > kMaxCandidateBytes) return Error{ErrorCode::kTooLarge, "candidate is too long", "candidate"};
  if (text.starts_with("a=")) text.remove_prefix(2);
  if (!text.starts_with(kPrefix)) return malformed_candidate("candidate does not begin with 'candidate:'");
  Words words(text.substr(kPrefix.size()));
  Candidate candidate;
  const std::string_view foundation = words.next();
  if (!plain(foundation) || foundation.size() > 32) return malformed_candidate("candidate has no foundation");
  candidate.foundation = std::string(foundation);
  const auto component = number<std::uint32_t>(words.next());
  const std::string transport = lower(words.next());
  const auto priority = number<std::uint32_t>(words.next());
  const std::string_view address = words.next();
  const auto port = number<std::uint16_t>(words.next());
  if (!component || !priority || !port || !plain(address) || address.size() > 253)
    return malformed_candidate("candidate lacks a field");
  if (*component == 0 || *component > 256)
    return Error{ErrorCode::kOutOfRange, "candidate component is not 1 to 256", "candidate"};
  if (transport == "udp") {
    candidate.protocol = Protocol::kUdp;
  } else if (transport == "tcp") {
    candidate.protocol = Protocol::kTcp;
  } else {
    return Error{ErrorCode::kUnsupported, "candidate transport is unknown", "candidate"};
  }
  candidate.component = *component;
  candidate.priority = *priority;
  candidate.address = std::string(address);
  candidate.port = *port;
  if (words.next() != "typ") return malformed_candidate("candidate has no type");
  const auto type = type_from(words.next());
  if (!type) return Error{ErrorCode::kUnsupported, "candidate type is unknown", "candidate"};
  candidate.type = *type;
  for (std::string_view name = words.next(); !name.empty(); name = words.next()) {
    const std::string_view value = words.next();
    if (name == "raddr" && plain(value)) {
      candidate.related_address = std::string(value);
    } else if (name == "rport") {
      candidate.related_port = number<std::uint16_t>(value).value_or(0);
    } else if (name == "tcptype" && plain(value)) {
      candidate.tcp_type = std::string(value);
    } else if (name == "ufrag" && plain(value)) {
      candidate.ufrag = std::string(value);
    }
  }
  return candidate;
}

std::string to_string(const Candidate& candidate) {
  std::string text(kPrefix);
  text += candidate.foundation + ' ' + std::to_string(candidate.component);
  text += candidate.protocol == Protocol::kUdp ? " udp " : " tcp ";
  text += std::to_string(candidate.priority) + ' ' + candidate.address + ' ' + std::to_string(candidate.port) + " typ ";
  text += type_name(candidate.type);
  if (!candidate.related_address.empty())
    text += " raddr " + candidate.related_address + " rport " + std::to_string(candidate.related_port);
  if (!candidate.tcp_type.empty()) text += " tcptype " + candidate.tcp_type;
  if (!candidate.ufrag.empty()) text += " ufrag " + candidate.ufrag;
  return text;
}

}  // namespace sidetone::media::ice
