#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sidetone::media::test {

/// A file of tests/vectors.
inline std::string read_vector(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "vectors" / name;
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<std::uint8_t> read_vector_bytes(const std::string& name) {
  const std::string text = read_vector(name);
  return {text.begin(), text.end()};
}

}  // namespace sidetone::media::test
