#include "core/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace sidetone {
namespace {

constexpr ErrorCode kAllCodes[] = {ErrorCode::kMalformed,       ErrorCode::kTruncated,    ErrorCode::kTooLarge,
                                   ErrorCode::kOutOfRange,      ErrorCode::kUnsupported,  ErrorCode::kUnknownType,
                                   ErrorCode::kUnauthenticated, ErrorCode::kSecondFactor, ErrorCode::kForbidden,
                                   ErrorCode::kNotFound,        ErrorCode::kConflict,     ErrorCode::kRateLimited,
                                   ErrorCode::kUnavailable,     ErrorCode::kTimeout,      ErrorCode::kIo,
                                   ErrorCode::kInternal};

TEST(ErrorCode, EveryNameLeadsBackToItsCode) {
  std::set<std::string_view> names;
  for (const auto code : kAllCodes) {
    EXPECT_TRUE(names.insert(error_code_name(code)).second) << error_code_name(code);
    EXPECT_EQ(error_code_from_name(error_code_name(code)), code);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

TEST(ErrorCode, AnUnknownNameIsInternal) {
  EXPECT_EQ(error_code_from_name("no_such_code"), ErrorCode::kInternal);
  EXPECT_EQ(error_code_from_name(""), ErrorCode::kInternal);
}

TEST(Error, SaysWhereWhatAndWhichKind) {
  EXPECT_EQ(to_string(Error{ErrorCode::kTooLarge, "300 bytes, at most 256 are allowed", "n"}),
            "n: 300 bytes, at most 256 are allowed (too_large)");
  EXPECT_EQ(to_string(Error{ErrorCode::kIo, "disk full", ""}), "disk full (io)");
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kOutOfRange, "odd", ""};
  return number / 2;
}

Result<int> quarter(int number) {
  SIDETONE_TRY(const int once, half(number));
  SIDETONE_TRY(const int twice, half(once));
  return twice;
}

Status divisible_by_four(int number) {
  SIDETONE_CHECK(half(number));
  SIDETONE_CHECK(quarter(number));
  return {};
}

TEST(Result, TryGoesOnWithTheValueOrLeavesWithTheError) {
  ASSERT_TRUE(quarter(12).ok());
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(10).error().text, "odd");
  EXPECT_TRUE(divisible_by_four(8).ok());
  EXPECT_EQ(divisible_by_four(6).error().code, ErrorCode::kOutOfRange);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  ASSERT_TRUE(result);
  const auto taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

}  // namespace
}  // namespace sidetone
