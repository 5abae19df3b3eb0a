#include "service/admin/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sidetone::service::admin {
namespace {

/// Who has written its process id into the file; empty where that cannot be read.
std::string holder(int file) {
  std::array<char, 24> text;
  const auto size = ::pread(file, text.data(), text.size(), 0);
  std::string out(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out.find_first_not_of("0123456789") == std::string::npos ? out : std::string();
}

}  // namespace

DataLock::~DataLock() {
  if (file_ >= 0) ::close(file_);
}

Result<DataLock> DataLock::take(const std::string& folder) {
  const auto path = (std::filesystem::path(folder) / "lock").string();
  DataLock lock;
  lock.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.file_ < 0)
    return Error{ErrorCode::kIo, "the file 'lock' cannot be made: " + std::string(std::strerror(errno)), folder};
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    const auto other = holder(lock.file_);
    return Error{ErrorCode::kConflict,
                 "another sidetone-service works on this data folder" + (other.empty() ? "" : ", process " + other),
                 folder};
  }
  const auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.file_, 0) != 0 ||
      ::pwrite(lock.file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return Error{ErrorCode::kIo, "the file 'lock' cannot be written: " + std::string(std::strerror(errno)), folder};
  return lock;
}

}  // namespace sidetone::service::admin
