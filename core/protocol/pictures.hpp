#pragma once

#include "core/protocol/session.hpp"

/// Pictures of people: row D1. They are stored once by what is in them, named in the directory, and fetched by HTTP
/// only where they are seen: docs/adr/0010.
namespace sidetone::protocol {

struct PictureSet {
  static constexpr std::string_view kType = "picture_set";
  static constexpr std::string_view kDoc =
      "My picture, or none any more. A JPEG (ITU-T T.81, baseline or progressive) of 96 × 96 pixels. Answered by ok, "
      "everybody hears of it by directory. unsupported: another format; out_of_range: other measures.";
  std::string jpeg;
  static constexpr auto fields() {
    return field_list(field("j", &PictureSet::jpeg, "base64url; empty: none", up_to(limits::kPictureTextBytes)));
  }
  bool operator==(const PictureSet&) const = default;
};

}  // namespace sidetone::protocol
