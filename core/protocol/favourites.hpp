#pragma once

#include "core/protocol/session.hpp"

/// The people whom somebody wants to find first, the same on all of their devices: row D3.
namespace sidetone::protocol {

struct FavouriteSet {
  static constexpr std::string_view kType = "favourite_set";
  static constexpr std::string_view kDoc =
      "Somebody is a favourite of mine, or no more. Answered by ok; own other devices hear of it by favourite. "
      "too_large: there are as many as may be.";
  UserId user = 0;
  bool favourite = false;
  static constexpr auto fields() {
    return field_list(field("u", &FavouriteSet::user, "who"), field("f", &FavouriteSet::favourite, "is one"));
  }
  bool operator==(const FavouriteSet&) const = default;
};

struct FavouriteList {
  static constexpr std::string_view kType = "favourite_list";
  static constexpr std::string_view kDoc = "Who are my favourites? Answered by favourites.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const FavouriteList&) const = default;
};

struct Favourites {
  static constexpr std::string_view kType = "favourites";
  static constexpr std::string_view kDoc =
      "All favourites. Whoever leaves the directory is none any more, without further words.";
  std::vector<UserId> users;
  static constexpr auto fields() {
    return field_list(field("l", &Favourites::users, "who", std::nullopt, limits::kFavourites));
  }
  bool operator==(const Favourites&) const = default;
};

struct Favourite {
  static constexpr std::string_view kType = "favourite";
  static constexpr std::string_view kDoc = "Another device of mine has made somebody a favourite, or no more.";
  UserId user = 0;
  bool favourite = false;
  static constexpr auto fields() {
    return field_list(field("u", &Favourite::user, "who"), field("f", &Favourite::favourite, "is one"));
  }
  bool operator==(const Favourite&) const = default;
};

}  // namespace sidetone::protocol
