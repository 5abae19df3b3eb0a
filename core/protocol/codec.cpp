#include "core/protocol/codec.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

namespace sidetone::protocol::detail {

Result<boost::json::object> parse_object(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return too_long("frame", static_cast<std::int64_t>(text.size()), static_cast<std::int64_t>(max_bytes), "bytes");
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  boost::json::parser parser({}, options);
  boost::system::error_code failure;
  const std::size_t used = parser.write_some(text.data(), text.size(), failure);
  if (failure)
    return Error{ErrorCode::kMalformed, "not JSON at byte " + std::to_string(used) + ": " + failure.message(), "frame"};
  if (used != text.size())
    return Error{ErrorCode::kMalformed, "more follows the JSON at byte " + std::to_string(used), "frame"};
  auto value = parser.release();
  if (!value.is_object()) return wrong_type("frame", "an object");
  return std::move(value.get_object());
}

std::string serialize(const boost::json::object& object) { return boost::json::serialize(object); }

std::optional<std::int64_t> exact_integer(const boost::json::value& value) {
  if (const auto* number = value.if_int64()) {
    if (*number > limits::kMaxInteger || *number < -limits::kMaxInteger) return std::nullopt;
    return *number;
  }
  if (const auto* number = value.if_double()) {
    if (std::trunc(*number) != *number || std::abs(*number) > static_cast<double>(limits::kMaxInteger))
      return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

Head read_head(const boost::json::object& object) {
  Head head;
  if (const auto* request = object.if_contains("r")) {
    const auto number = exact_integer(*request);
    if (number && *number >= 0 && *number <= UINT32_MAX)
      head.envelope.request = static_cast<std::uint32_t>(*number);
    else
      head.error = wrong_type("r", "a whole number below 2^32");
  }
  if (const auto* sequence = object.if_contains("s")) {
    const auto number = exact_integer(*sequence);
    if (number && *number >= 0)
      head.envelope.sequence = static_cast<std::uint64_t>(*number);
    else
      head.error = wrong_type("s", "a whole number");
  }
  const auto* type = object.if_contains("t");
  if (type == nullptr)
    head.error = missing("t");
  else if (const auto* text = type->if_string())
    head.type = {text->data(), text->size()};
  else
    head.error = wrong_type("t", "a string");
  return head;
}

Error wrong_type(std::string_view where, std::string_view wanted) {
  return {ErrorCode::kMalformed, "must be " + std::string(wanted), std::string(where)};
}

Error out_of_bounds(std::string_view where, const Bounds& bounds) {
  return {ErrorCode::kOutOfRange,
          "must lie between " + std::to_string(bounds.min) + " and " + std::to_string(bounds.max), std::string(where)};
}

Error too_long(std::string_view where, std::int64_t actual, std::int64_t max, std::string_view unit) {
  return {ErrorCode::kTooLarge,
          std::to_string(actual) + " " + std::string(unit) + ", at most " + std::to_string(max) + " are allowed",
          std::string(where)};
}

Error too_short(std::string_view where, std::int64_t min) {
  return {ErrorCode::kOutOfRange, "must be at least " + std::to_string(min) + " bytes long", std::string(where)};
}

Error missing(std::string_view where) { return {ErrorCode::kMalformed, "is missing", std::string(where)}; }

Error not_a_choice(std::string_view where, std::string_view value) {
  return {ErrorCode::kOutOfRange, "'" + std::string(utf8_prefix(value, 32)) + "' is not one of the choices",
          std::string(where)};
}

}  // namespace sidetone::protocol::detail
