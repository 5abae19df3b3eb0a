#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/protocol_gen/schema.hpp"

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// An unchanged file keeps its time, so that nothing is built again for it.
bool write_if_changed(const std::filesystem::path& path, const std::string& text) {
  if (read(path) == text) return true;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  return static_cast<bool>(out.flush());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: protocol_gen LIMITS.HPP OUT.TS OUT.MD CLIENT.TS\n";
    return 2;
  }
  const auto schema = sidetone::protocol_gen::read_registry(read(argv[1]));
  if (schema.limits.empty()) {
    std::cerr << argv[1] << ": no limits found\n";
    return 1;
  }
  const bool written =
      write_if_changed(argv[2], sidetone::protocol_gen::write_typescript(schema)) &&
      write_if_changed(argv[3], sidetone::protocol_gen::write_markdown(schema)) &&
      write_if_changed(argv[4], sidetone::protocol_gen::write_client_typescript(sidetone::protocol_gen::read_client()));
  if (!written) std::cerr << "cannot write " << argv[2] << ", " << argv[3] << " and " << argv[4] << "\n";
  return written ? 0 : 1;
}
