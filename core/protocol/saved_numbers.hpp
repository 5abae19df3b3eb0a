#pragma once

#include "core/protocol/session.hpp"

/// Numbers that somebody keeps under a name of their own, the same on all of their devices: row C1.
namespace sidetone::protocol {

struct SavedNumber {
  std::string number;
  std::string name;
  static constexpr auto fields() {
    return field_list(
        field("e", &SavedNumber::number, "as it is dialled",
              Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}),
        field("n", &SavedNumber::name, "what the person calls it; may be empty", up_to(limits::kSavedNameBytes)));
  }
  bool operator==(const SavedNumber&) const = default;
};

struct SavedNumberSet {
  static constexpr std::string_view kType = "saved_number_set";
  static constexpr std::string_view kDoc =
      "Keep a number under a name, which replaces the one that it had, or keep it no more. Answered by ok; own other "
      "devices hear of it by saved_number. too_large: there are as many as may be.";
  std::string number;
  std::optional<std::string> name;
  static constexpr auto fields() {
    return field_list(field("e", &SavedNumberSet::number, "as it is dialled; no control characters, not blank",
                            Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}),
                      field("n", &SavedNumberSet::name, "no control characters; absent: keep it no more",
                            up_to(limits::kSavedNameBytes)));
  }
  bool operator==(const SavedNumberSet&) const = default;
};

struct SavedNumberList {
  static constexpr std::string_view kType = "saved_number_list";
  static constexpr std::string_view kDoc = "Which numbers are kept for me? Answered by saved_numbers.";
  static constexpr auto fields() { return field_list(); }
  bool operator==(const SavedNumberList&) const = default;
};

struct SavedNumbers {
  static constexpr std::string_view kType = "saved_numbers";
  static constexpr std::string_view kDoc = "All numbers that are kept, in the order of their bytes.";
  std::vector<SavedNumber> numbers;
  static constexpr auto fields() {
    return field_list(field("l", &SavedNumbers::numbers, "numbers", std::nullopt, limits::kSavedNumbers));
  }
  bool operator==(const SavedNumbers&) const = default;
};

struct SavedNumberChanged {
  static constexpr std::string_view kType = "saved_number";
  static constexpr std::string_view kDoc = "Another device of mine has kept a number, or keeps it no more.";
  std::string number;
  std::optional<std::string> name;
  static constexpr auto fields() {
    return field_list(
        field("e", &SavedNumberChanged::number, "number", Bounds{1, static_cast<std::int64_t>(limits::kNumberBytes)}),
        field("n", &SavedNumberChanged::name, "absent: it is kept no more", up_to(limits::kSavedNameBytes)));
  }
  bool operator==(const SavedNumberChanged&) const = default;
};

}  // namespace sidetone::protocol
