#include "tests/media/codec/ffmpeg.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sidetone::media::codec::testing {

std::vector<std::uint8_t> ffmpeg(std::span<const std::uint8_t> input, const std::string& in, const std::string& out) {
  std::string folder = (std::filesystem::temp_directory_path() / "sidetone-codec-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return {};
  const std::string from = folder + "/in";
  const std::string to = folder + "/out";
  std::ofstream(from, std::ios::binary).write(reinterpret_cast<const char*>(input.data()), std::ssize(input));
  const std::string command =
      "ffmpeg -hide_banner -loglevel error -nostdin -y " + in + " -i " + from + " " + out + " " + to;
  std::vector<std::uint8_t> result;
  if (std::system(command.c_str()) == 0) {
    std::ifstream file(to, std::ios::binary);
    result.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::filesystem::remove_all(folder);
  return result;
}

std::vector<std::uint8_t> ffmpeg(std::span<const std::int16_t> input, const std::string& in, const std::string& out) {
  std::vector<std::uint8_t> octets;
  for (const std::int16_t sample : input) {
    octets.push_back(static_cast<std::uint8_t>(sample & 0xff));
    octets.push_back(static_cast<std::uint8_t>(sample >> 8 & 0xff));
  }
  return ffmpeg(std::span<const std::uint8_t>(octets), in, out);
}

std::vector<std::int16_t> samples_of(std::span<const std::uint8_t> octets) {
  std::vector<std::int16_t> out;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
    out.push_back(static_cast<std::int16_t>(octets[i] | octets[i + 1] << 8));
  return out;
}

}  // namespace sidetone::media::codec::testing
