#pragma once

#include <string>

#include "core/base/result.hpp"
#include "service/config/settings.hpp"

namespace sidetone::service::admin {

/// An administrator's way out for whoever has lost authenticator app and recovery codes. Works beside a running
/// service, which asks the store at each sign-in.
/// @error kNotFound: there is no data file that can be read, no such account, or it has no second factor; as
/// SqliteDatabase::open.
Status turn_off_second_factor(const config::Settings& settings, const std::string& login);

}  // namespace sidetone::service::admin
