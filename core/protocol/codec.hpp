#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.hpp"
#include "core/base/utf8.hpp"
#include "core/protocol/field.hpp"

/// JSON on the wire. A frame is one object: the type `t`, the request id `r` where there is one, the sequence number
/// `s` where there is one, and the fields of the message beside them.
namespace sidetone::protocol {

/// What a frame carries beside its message.
struct Envelope {
  std::optional<std::uint32_t> request;   ///< `r`: chosen by the asker, repeated in the answer
  std::optional<std::uint64_t> sequence;  ///< `s`: the service's number of a frame, from 1 in each session
  bool operator==(const Envelope&) const = default;
};

template <class List>
struct VariantOf;
template <class... Ms>
struct VariantOf<MessageList<Ms...>> {
  using Type = std::variant<Ms...>;
};

/// Any message of a list.
template <class List>
using AnyMessage = typename VariantOf<List>::Type;

template <class List>
struct Frame {
  Envelope envelope;
  AnyMessage<List> message;
};

/// Why a frame was refused, with the request id where that could still be read, so that the answer finds its asker, and
/// the sequence number, so that a frame that cannot be understood does not look like one that was lost.
struct FrameError {
  Error error;
  std::optional<std::uint32_t> request;
  std::optional<std::uint64_t> sequence = std::nullopt;
};

namespace detail {

/// Parse within `max_bytes` and limits::kJsonDepth; the frame must be one object in valid UTF-8.
/// @error kTooLarge: more bytes; kMalformed: anything else, with the position.
Result<boost::json::object> parse_object(std::string_view text, std::size_t max_bytes);
std::string serialize(const boost::json::object& object);

/// Read and remove nothing; `t`, `r` and `s` of a parsed frame.
struct Head {
  std::string_view type;
  Envelope envelope;
  std::optional<Error> error;
};
Head read_head(const boost::json::object& object);

Error wrong_type(std::string_view where, std::string_view wanted);
Error out_of_bounds(std::string_view where, const Bounds& bounds);
Error too_long(std::string_view where, std::int64_t actual, std::int64_t max, std::string_view unit);
Error too_short(std::string_view where, std::int64_t min);
Error missing(std::string_view where);
Error not_a_choice(std::string_view where, std::string_view value);
/// Any number with an integer value within ±(2^53 − 1).
std::optional<std::int64_t> exact_integer(const boost::json::value& value);

template <class T>
Status read_record(const boost::json::object& object, T& out);

template <class T>
Status read_value(const boost::json::value& value, T& out, std::string_view where, const Bounds& bounds,
                  std::size_t items) {
  if constexpr (IsOptional<T>::value) {
    return read_value(value, out.emplace(), where, bounds, items);
  } else if constexpr (IsVector<T>::value) {
    const auto* array = value.if_array();
    if (array == nullptr) return wrong_type(where, "a list");
    if (array->size() > items)
      return too_long(where, static_cast<std::int64_t>(array->size()), static_cast<std::int64_t>(items), "items");
    out.clear();
    out.reserve(array->size());
    for (const auto& item : *array) SIDETONE_CHECK(read_value(item, out.emplace_back(), where, bounds, items));
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    const bool* flag = value.if_bool();
    if (flag == nullptr) return wrong_type(where, "true or false");
    out = *flag;
    return {};
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto* text = value.if_string();
    if (text == nullptr) return wrong_type(where, "a string");
    const auto size = static_cast<std::int64_t>(text->size());
    if (size > bounds.max) return too_long(where, size, bounds.max, "bytes");
    if (size < bounds.min) return too_short(where, bounds.min);
    out.assign(text->data(), text->size());
    return {};
  } else if constexpr (std::is_enum_v<T>) {
    const auto* text = value.if_string();
    if (text == nullptr) return wrong_type(where, "a string");
    const auto& names = EnumNames<T>::kNames;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != std::string_view(text->data(), text->size())) continue;
      out = static_cast<T>(i);
      return {};
    }
    return not_a_choice(where, {text->data(), text->size()});
  } else if constexpr (std::is_integral_v<T>) {
    const auto number = exact_integer(value);
    if (!number) return wrong_type(where, "a whole number");
    if (*number < bounds.min || *number > bounds.max) return out_of_bounds(where, bounds);
    out = static_cast<T>(*number);
    return {};
  } else if constexpr (std::is_same_v<T, double>) {
    if (!value.is_number()) return wrong_type(where, "a number");
    boost::system::error_code ignored;
    out = value.to_number<double>(ignored);
    if (!std::isfinite(out)) return out_of_bounds(where, bounds);
    return {};
  } else {
    static_assert(Record<T>, "a field's type must be a scalar, a record, or an optional or vector of those");
    const auto* object = value.if_object();
    if (object == nullptr) return wrong_type(where, "an object");
    return read_record(*object, out);
  }
}

template <class T>
Status read_record(const boost::json::object& object, T& out) {
  Status status;
  T::fields().apply([&](const auto&... fields) {
    [[maybe_unused]] const auto read = [&](const auto& one) {
      using FieldType = std::decay_t<decltype(out.*(one.member))>;
      constexpr bool may_be_absent =
          IsOptional<FieldType>::value || IsVector<FieldType>::value || std::is_same_v<FieldType, bool>;
      const auto* value = object.if_contains({one.key.data(), one.key.size()});
      if (value == nullptr) {
        if constexpr (!may_be_absent) status = missing(one.key);
        return status.ok();
      }
      status = read_value(*value, out.*(one.member), one.key, one.bounds, one.items);
      return status.ok();
    };
    (void)(read(fields) && ...);
  });
  return status;
}

template <class T>
void write_record(boost::json::object& object, const T& record);

template <class T>
boost::json::value write_value(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return boost::json::value(boost::json::string_view(value.data(), value.size()));
  } else if constexpr (std::is_enum_v<T>) {
    const auto name = EnumNames<T>::kNames[static_cast<std::size_t>(value)];
    return boost::json::value(boost::json::string_view(name.data(), name.size()));
  } else if constexpr (IsVector<T>::value) {
    boost::json::array array;
    array.reserve(value.size());
    for (const auto& item : value) array.push_back(write_value(item));
    return array;
  } else if constexpr (Record<T>) {
    boost::json::object object;
    write_record(object, value);
    return object;
  } else {
    return boost::json::value(value);
  }
}

template <class T>
void write_record(boost::json::object& object, const T& record) {
  T::fields().apply([&](const auto&... fields) {
    [[maybe_unused]] const auto write = [&](const auto& one) {
      const auto& value = record.*(one.member);
      using FieldType = std::decay_t<decltype(value)>;
      const boost::json::string_view key(one.key.data(), one.key.size());
      if constexpr (IsOptional<FieldType>::value) {
        if (value) object[key] = write_value(*value);
      } else if constexpr (IsVector<FieldType>::value) {
        if (!value.empty()) object[key] = write_value(value);
      } else if constexpr (std::is_same_v<FieldType, bool>) {
        if (value) object[key] = true;
      } else {
        object[key] = write_value(value);
      }
    };
    (write(fields), ...);
  });
}

template <class T>
constexpr bool keys_are_free() {
  return T::fields().apply(
      [](const auto&... fields) { return ((fields.key != "t" && fields.key != "r" && fields.key != "s") && ...); });
}

template <class T, class Variant>
Status decode_as(const boost::json::object& object, Variant& out) {
  return read_record(object, out.template emplace<T>());
}

template <class... Ms>
Status decode_by_type(std::string_view type, const boost::json::object& object, std::variant<Ms...>& out) {
  Status status = Error{ErrorCode::kUnknownType, "no such message here", std::string(utf8_prefix(type, 64))};
  (void)((type == Ms::kType ? (status = decode_as<Ms>(object, out), true) : false) || ...);
  return status;
}

}  // namespace detail

/// Encode one message as a frame.
/// @return JSON text, always valid UTF-8 if the message's strings are.
template <Message M>
std::string encode(const M& message, const Envelope& envelope = {}) {
  static_assert(detail::keys_are_free<M>(), "t, r and s belong to the envelope");
  boost::json::object object;
  object["t"] = boost::json::string_view(M::kType.data(), M::kType.size());
  if (envelope.request) object["r"] = *envelope.request;
  if (envelope.sequence) object["s"] = *envelope.sequence;
  detail::write_record(object, message);
  return detail::serialize(object);
}

/// Decode one frame that must be of a message in `List`.
/// @param max_bytes  the longest frame that is looked at.
/// @error kTooLarge, kMalformed, kUnknownType, kOutOfRange; the request id is given where it could be read.
template <class List>
std::variant<Frame<List>, FrameError> decode(std::string_view text, std::size_t max_bytes = limits::kFrameBytes) {
  auto object = detail::parse_object(text, max_bytes);
  if (!object) return FrameError{object.take_error(), std::nullopt};
  const auto head = detail::read_head(*object);
  if (head.error) return FrameError{*head.error, head.envelope.request, head.envelope.sequence};
  Frame<List> frame;
  frame.envelope = head.envelope;
  auto status = detail::decode_by_type(head.type, *object, frame.message);
  if (!status) return FrameError{status.take_error(), head.envelope.request, head.envelope.sequence};
  return frame;
}

/// A record without an envelope, for storage and for what passes between the core and its page.
template <Record T>
std::string encode_record(const T& record) {
  boost::json::object object;
  detail::write_record(object, record);
  return detail::serialize(object);
}

template <Record T>
Result<T> decode_record(std::string_view text, std::size_t max_bytes = limits::kFrameBytes) {
  SIDETONE_TRY(auto object, detail::parse_object(text, max_bytes));
  T record;
  SIDETONE_CHECK(detail::read_record(object, record));
  return record;
}

}  // namespace sidetone::protocol
