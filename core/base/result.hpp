#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sidetone {

/// Why an operation failed, coarse enough to act on. `error_code_name` gives the spelling used on the wire.
enum class ErrorCode {
  kMalformed,        ///< the input does not have the form it must have
  kTruncated,        ///< the input ends too early
  kTooLarge,         ///< a named limit is exceeded
  kOutOfRange,       ///< a value lies outside what is allowed
  kUnsupported,      ///< well formed, but not something this program does
  kUnknownType,      ///< a message type that is not in the registry
  kUnauthenticated,  ///< nobody is signed in, or the credentials are wrong
  kSecondFactor,     ///< the password is right, and a code of the second factor is wanted, or the given one is wrong
  kForbidden,        ///< somebody is signed in, but may not do this
  kNotFound,         ///< what is named does not exist, or is not visible to the asker
  kConflict,         ///< the state has moved on (answered elsewhere, already taken)
  kRateLimited,      ///< too often; try again later
  kUnavailable,      ///< a device, a host or a server that is needed is not there now
  kTimeout,          ///< no answer in time
  kIo,               ///< the operating system refused
  kInternal,         ///< a fault of this program
};

/// Wire spelling of a code, for example "rate_limited". Never empty.
std::string_view error_code_name(ErrorCode code);

/// The code with that wire spelling; kInternal for an unknown one.
ErrorCode error_code_from_name(std::string_view name);

/// What failed, where and why, in words for a person.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string text;   ///< one sentence without a full stop: "field 'u' is longer than 256 bytes"
  std::string where;  ///< field, file:line or peer that it is about; may be empty

  bool operator==(const Error&) const = default;
};

/// "where: text (code)", for logs and command lines.
std::string to_string(const Error& error);

/// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function returns either as it is.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error take_error() {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or the reason of the failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT(google-explicit-constructor): as above

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const {
    assert(!ok_);
    return error_;
  }
  Error take_error() {
    assert(!ok_);
    return std::move(error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

}  // namespace sidetone

#define SIDETONE_CONCAT_(a, b) a##b
#define SIDETONE_CONCAT(a, b) SIDETONE_CONCAT_(a, b)
#define SIDETONE_TRY_IMPL_(result, target, expression) \
  auto result = (expression);                          \
  if (!result.ok()) return result.take_error();        \
  target = std::move(result).value()

/// `SIDETONE_TRY(auto packet, parse(bytes));` leaves the function with the error, or goes on with the value.
#define SIDETONE_TRY(target, expression) \
  SIDETONE_TRY_IMPL_(SIDETONE_CONCAT(sidetone_result_, __LINE__), target, expression)

/// The same for a Status.
#define SIDETONE_CHECK(expression)                                  \
  do {                                                              \
    auto sidetone_status = (expression);                            \
    if (!sidetone_status.ok()) return sidetone_status.take_error(); \
  } while (false)
