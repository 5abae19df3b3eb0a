#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/protocol/limits.hpp"

/// The one description of a message: a struct with `kType`, `kDoc` and `fields()`. Codec, limits, TypeScript types, the
/// reference page and the fuzz targets follow from it.
///
/// Presence on the wire: `std::optional`, `bool` (absent = false) and `std::vector` (absent = empty) may be absent, and
/// are left out when they hold nothing; every other field is required. Keys that are not listed are ignored, so that a
/// newer peer may say more.
namespace sidetone::protocol {

/// Bounds of one field. Strings: bytes of UTF-8. Vectors: items. Numbers: the value.
struct Bounds {
  std::int64_t min = 0;
  std::int64_t max = limits::kMaxInteger;
};

template <class Owner, class T>
struct Field {
  std::string_view key;
  T Owner::*member;
  std::string_view doc;
  Bounds bounds;      ///< of the value, or of each string of a list
  std::size_t items;  ///< of a list
};

/// Describe a member. Strings hold at most kNameBytes and lists at most kListItems unless `bounds` or `items` say
/// otherwise.
template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view key, T Owner::*member, std::string_view doc,
                                std::optional<Bounds> bounds = std::nullopt, std::size_t items = limits::kListItems);

/// The fields of one message in order. Flat, because every file that includes a message compiles its list: std::tuple
/// made that five times dearer.
template <std::size_t I, class F>
struct FieldSlot {
  F field;
};
template <class Indices, class... Fs>
struct FieldSlots;
template <std::size_t... Is, class... Fs>
struct FieldSlots<std::index_sequence<Is...>, Fs...> : FieldSlot<Is, Fs>... {
  static constexpr std::size_t kCount = sizeof...(Fs);

  /// Call `visitor` once, with all fields.
  template <class Visitor>
  constexpr decltype(auto) apply(Visitor&& visitor) const {
    return visitor(static_cast<const FieldSlot<Is, Fs>&>(*this).field...);
  }
};

template <std::size_t I, class F>
constexpr const F& field_at(const FieldSlot<I, F>& slot) {
  return slot.field;
}

template <class... Fs>
constexpr auto field_list(Fs... fields) {
  return FieldSlots<std::make_index_sequence<sizeof...(Fs)>, Fs...>{{fields}...};
}

/// The wire spellings of an enumeration, in the order of its values from 0 without gaps. Specialise for each enum on
/// the wire.
template <class E>
struct EnumNames;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

/// The innermost type: T of T, optional<T> and vector<T>.
template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::optional<T>> {
  using Type = typename ElementOf<T>::Type;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using Type = typename ElementOf<T>::Type;
};

template <class T>
concept Record = requires {
  T::fields();
};

template <class T>
concept Message = Record<T> && requires {
  { T::kType } -> std::convertible_to<std::string_view>;
  { T::kDoc } -> std::convertible_to<std::string_view>;
};

template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view key, T Owner::*member, std::string_view doc,
                                std::optional<Bounds> bounds, std::size_t items) {
  using Element = typename ElementOf<T>::Type;
  Bounds defaults;
  if constexpr (std::is_same_v<Element, std::string>) defaults.max = limits::kNameBytes;
  if constexpr (std::is_integral_v<Element> && !std::is_same_v<Element, bool> && sizeof(Element) < 8)
    defaults.max = static_cast<std::int64_t>(std::numeric_limits<Element>::max());
  return {key, member, doc, bounds.value_or(defaults), items};
}

/// Shorthand for a string's or a number's upper bound.
constexpr Bounds up_to(std::size_t max) { return {0, static_cast<std::int64_t>(max)}; }

/// An ordered list of message types: one direction of one connection.
template <class... Ms>
struct MessageList {
  static constexpr std::size_t kCount = sizeof...(Ms);
};

}  // namespace sidetone::protocol
