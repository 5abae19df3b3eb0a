#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <tuple>

#include "core/protocol/registry.hpp"

/// Messages made up from their own description, for tests that walk the registry and for the seeds of the fuzz targets.
namespace sidetone::protocol::samples {

enum class Size {
  kMinimum,  ///< the shortest strings, the smallest numbers, nothing that may be absent
  kMaximum,  ///< the longest and largest; lists hold kMaximumItems at most
  kRandom,
};

/// The limit of a list's length has a test of its own; here lists stay short, so that lists of lists stay readable.
inline constexpr std::size_t kMaximumItems = 3;

/// Exactly `bytes` of valid UTF-8 out of characters of every length, quotes, controls and a null included.
inline std::string text(std::size_t bytes, std::mt19937_64& random) {
  static constexpr std::string_view kCharacters[] = {"a", "Z", "\"", "\\", "\n",     {"\0", 1}, "\x7f",
                                                     "é", "ß", "ا",  "語", "\u2028", "😀",       "𝄞"};
  std::string out;
  while (out.size() < bytes) {
    const auto next = kCharacters[random() % std::size(kCharacters)];
    out += out.size() + next.size() <= bytes ? next : "x";
  }
  return out;
}

template <class T>
T record(Size size, std::mt19937_64& random);

template <class T>
T value(const Bounds& bounds, std::size_t items, Size size, std::mt19937_64& random) {
  const bool present = size == Size::kMaximum || (size == Size::kRandom && random() % 2 == 0);
  if constexpr (IsOptional<T>::value) {
    if (!present) return std::nullopt;
    return value<typename T::value_type>(bounds, items, size, random);
  } else if constexpr (IsVector<T>::value) {
    T out;
    if (!present) return out;
    const auto count =
        std::min<std::size_t>(items, size == Size::kMaximum ? kMaximumItems : 1 + random() % kMaximumItems);
    for (std::size_t i = 0; i < count; ++i) out.push_back(value<typename T::value_type>(bounds, items, size, random));
    return out;
  } else if constexpr (std::is_same_v<T, bool>) {
    return present;
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto min = static_cast<std::size_t>(bounds.min);
    const auto max = static_cast<std::size_t>(bounds.max);
    if (size == Size::kMinimum) return text(min, random);
    if (size == Size::kMaximum) return text(max, random);
    return text(min + random() % (std::min<std::size_t>(max - min, 64) + 1), random);
  } else if constexpr (std::is_enum_v<T>) {
    constexpr auto kCount = EnumNames<T>::kNames.size();
    if (size == Size::kMinimum) return static_cast<T>(0);
    if (size == Size::kMaximum) return static_cast<T>(kCount - 1);
    return static_cast<T>(random() % kCount);
  } else if constexpr (std::is_integral_v<T>) {
    if (size == Size::kMinimum) return static_cast<T>(bounds.min);
    if (size == Size::kMaximum) return static_cast<T>(bounds.max);
    const auto span = static_cast<std::uint64_t>(bounds.max - bounds.min);
    return static_cast<T>(bounds.min + static_cast<std::int64_t>(random() % (span + 1)));
  } else if constexpr (std::is_same_v<T, double>) {
    if (size == Size::kMinimum) return 0;
    return size == Size::kMaximum ? 1e300 : static_cast<double>(random() % 1'000'000) / 1'000'000;
  } else {
    return record<T>(size, random);
  }
}

/// A record whose every field is of this size.
template <class T>
T record(Size size, std::mt19937_64& random) {
  T out;
  T::fields().apply([&](const auto&... fields) {
    [[maybe_unused]] const auto fill = [&](const auto& one) {
      using FieldType = std::decay_t<decltype(out.*(one.member))>;
      out.*(one.member) = value<FieldType>(one.bounds, one.items, size, random);
    };
    (fill(fields), ...);
  });
  return out;
}

/// Calls `visit.template operator()<M>()` for each message of a list.
template <class Visit, class... Ms>
void for_each_message(MessageList<Ms...>, const Visit& visit) {
  (visit.template operator()<Ms>(), ...);
}

/// Calls `visit.template operator()<List>(name)` for each list of the registry.
template <class Visit>
void for_each_list(const Visit& visit) {
  visit.template operator()<ClientToService>("client_to_service");
  visit.template operator()<ServiceToClient>("service_to_client");
  visit.template operator()<HostToService>("host_to_service");
  visit.template operator()<ServiceToHost>("service_to_host");
  visit.template operator()<ClientToHost>("client_to_host");
  visit.template operator()<HostToClient>("host_to_client");
  visit.template operator()<ClientToClient>("client_to_client");
}

}  // namespace sidetone::protocol::samples
