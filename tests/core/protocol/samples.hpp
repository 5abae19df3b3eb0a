#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

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

/// Where values come from. The same seed gives the same values.
class Source {
 public:
  Source(Size size, std::uint64_t seed) : size_(size), random_(seed) {}

  /// Whether a field that may be absent is there; also the value of a flag.
  bool present();
  /// Valid UTF-8 out of characters of every length, quotes, controls and a null included.
  std::string text(const Bounds& bounds);
  std::int64_t number(const Bounds& bounds);
  double real();
  std::size_t choice(std::size_t count);
  /// How many items a list that is present holds.
  std::size_t items(std::size_t max);
  std::uint64_t bits() { return random_(); }

 private:
  std::int64_t between(std::int64_t min, std::int64_t max);

  Size size_;
  std::mt19937_64 random_;
};

template <class T>
T record(Source& source);

template <class T>
T value(const Bounds& bounds, std::size_t items, Source& source) {
  if constexpr (IsOptional<T>::value) {
    if (!source.present()) return std::nullopt;
    return value<typename T::value_type>(bounds, items, source);
  } else if constexpr (IsVector<T>::value) {
    T out;
    if (!source.present()) return out;
    for (auto left = source.items(items); left > 0; --left)
      out.push_back(value<typename T::value_type>(bounds, items, source));
    return out;
  } else if constexpr (std::is_same_v<T, bool>) {
    return source.present();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return source.text(bounds);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(source.choice(EnumNames<T>::kNames.size()));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(source.number(bounds));
  } else if constexpr (std::is_same_v<T, double>) {
    return source.real();
  } else {
    return record<T>(source);
  }
}

/// A record whose every field comes from the source.
template <class T>
T record(Source& source) {
  T out;
  T::fields().apply([&](const auto&... fields) {
    [[maybe_unused]] const auto fill = [&](const auto& one) {
      using FieldType = std::decay_t<decltype(out.*(one.member))>;
      out.*(one.member) = value<FieldType>(one.bounds, one.items, source);
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
