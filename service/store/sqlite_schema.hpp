#pragma once

#include "core/base/result.hpp"

namespace sidetone::service::store {

class SqliteDatabase;

/// Make the tables, or bring an older file up to date. @error kIo; kUnsupported: the file was written by a newer
/// program.
Status prepare_schema(SqliteDatabase& database);

}  // namespace sidetone::service::store
