#pragma once

#include "core/base/utf8.hpp"
#include "core/protocol/session.hpp"

namespace sidetone::protocol {

/// The answer to a request that met this error: code, text and place, cut to what a frame may hold.
inline Failure failure_from(const Error& error) {
  Failure failure;
  failure.code = error_code_name(error.code);
  failure.text = utf8_prefix(error.text, limits::kErrorTextBytes);
  if (!error.where.empty()) failure.where = utf8_prefix(error.where, limits::kNameBytes);
  return failure;
}

}  // namespace sidetone::protocol
