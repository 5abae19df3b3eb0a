#include "native-host/channel/credential.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/protocol/codec.hpp"

namespace sidetone::host::channel {
namespace {

constexpr std::size_t kMaxFileBytes = 8 * 1024;

struct CredentialFile {
  std::string host;
  std::string credential;
  std::string service;
  static constexpr auto fields() {
    using protocol::field;
    using protocol::limits::kTokenBytes;
    using protocol::limits::kUrlBytes;
    return protocol::field_list(
        field("host", &CredentialFile::host, "host id", protocol::Bounds{1, kTokenBytes}),
        field("credential", &CredentialFile::credential, "credential", protocol::Bounds{1, kTokenBytes}),
        field("service", &CredentialFile::service, "address of the service", protocol::up_to(kUrlBytes)));
  }
};

Error os_error(const std::filesystem::path& file, const char* doing) {
  return {ErrorCode::kIo, std::string(doing) + ": " + std::generic_category().message(errno), file.string()};
}

/// A descriptor that is closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Status write_all(const std::filesystem::path& file, const std::string& text) {
  const File out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (out.get() < 0) return os_error(file, "cannot be written");
  // A file that was left behind keeps its mode.
  if (::fchmod(out.get(), S_IRUSR | S_IWUSR) != 0) return os_error(file, "cannot be made private");
  for (std::size_t written = 0; written < text.size();) {
    const auto count = ::write(out.get(), text.data() + written, text.size() - written);
    if (count < 0) return os_error(file, "cannot be written");
    written += static_cast<std::size_t>(count);
  }
  if (::fsync(out.get()) != 0) return os_error(file, "cannot be written");
  return {};
}

}  // namespace

Result<Credential> load_credential(const std::filesystem::path& file) {
  const File in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) {
    if (errno == ENOENT) return Error{ErrorCode::kNotFound, "there is no such file", file.string()};
    return os_error(file, "cannot be read");
  }
  struct stat status {};
  if (::fstat(in.get(), &status) != 0) return os_error(file, "cannot be read");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return Error{ErrorCode::kForbidden, "other users can read it; it must have mode 0600", file.string()};
  std::string text(kMaxFileBytes, '\0');
  const auto count = ::read(in.get(), text.data(), text.size());
  if (count < 0) return os_error(file, "cannot be read");
  text.resize(static_cast<std::size_t>(count));
  auto read = protocol::decode_record<CredentialFile>(text, kMaxFileBytes);
  if (!read) {
    auto error = read.take_error();
    return Error{ErrorCode::kMalformed, "is not a credential: '" + error.where + "' " + error.text, file.string()};
  }
  return Credential{read->host, read->credential, read->service};
}

Status save_credential(const std::filesystem::path& file, const Credential& credential) {
  std::error_code failure;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failure);
  auto beside = file;
  beside += ".new";
  SIDETONE_CHECK(write_all(
      beside,
      protocol::encode_record(CredentialFile{credential.host, credential.credential, credential.service}) + "\n"));
  if (::rename(beside.c_str(), file.c_str()) != 0) return os_error(file, "cannot be replaced");
  const File folder(
      ::open(file.has_parent_path() ? file.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
  return {};
}

void forget_credential(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

}  // namespace sidetone::host::channel
