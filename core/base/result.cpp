#include "core/base/result.hpp"

#include <array>

namespace sidetone {
namespace {

struct CodeName {
  ErrorCode code;
  std::string_view name;
};

constexpr std::array kCodeNames{
    CodeName{ErrorCode::kMalformed, "malformed"},
    CodeName{ErrorCode::kTruncated, "truncated"},
    CodeName{ErrorCode::kTooLarge, "too_large"},
    CodeName{ErrorCode::kOutOfRange, "out_of_range"},
    CodeName{ErrorCode::kUnsupported, "unsupported"},
    CodeName{ErrorCode::kUnknownType, "unknown_type"},
    CodeName{ErrorCode::kUnauthenticated, "unauthenticated"},
    CodeName{ErrorCode::kSecondFactor, "second_factor"},
    CodeName{ErrorCode::kForbidden, "forbidden"},
    CodeName{ErrorCode::kNotFound, "not_found"},
    CodeName{ErrorCode::kConflict, "conflict"},
    CodeName{ErrorCode::kRateLimited, "rate_limited"},
    CodeName{ErrorCode::kUnavailable, "unavailable"},
    CodeName{ErrorCode::kTimeout, "timeout"},
    CodeName{ErrorCode::kIo, "io"},
    CodeName{ErrorCode::kInternal, "internal"},
};

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  for (const auto& entry : kCodeNames)
    if (entry.code == code) return entry.name;
  return "internal";
}

ErrorCode error_code_from_name(std::string_view name) {
  for (const auto& entry : kCodeNames)
    if (entry.name == name) return entry.code;
  return ErrorCode::kInternal;
}

std::string to_string(const Error& error) {
  std::string out;
  if (!error.where.empty()) out = error.where + ": ";
  out += error.text;
  out += " (";
  out += error_code_name(error.code);
  out += ')';
  return out;
}

}  // namespace sidetone
