#pragma once

#include <string>
#include <utility>

#include "core/base/result.hpp"

namespace sidetone::service::admin {

/// One service alone works on a data folder: the file `lock` in it, held by flock(2) until this is dropped or the
/// process ends, however it does.
class DataLock {
 public:
  DataLock() = default;
  ~DataLock();
  DataLock(DataLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  DataLock& operator=(DataLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }

  /// @error kConflict: another process has the folder, and which; kIo: the file cannot be made. `where` is the folder.
  static Result<DataLock> take(const std::string& folder);

 private:
  int file_ = -1;
};

}  // namespace sidetone::service::admin
