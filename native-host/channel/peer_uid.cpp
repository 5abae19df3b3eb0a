#include "native-host/channel/peer_uid.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace sidetone::host::channel {
namespace {

using boost::asio::ip::tcp;
namespace ip = boost::asio::ip;

constexpr std::string_view kEstablished = "01";  // TCP_ESTABLISHED of <netinet/tcp.h>

/// As the kernel prints it: each 32-bit word of the address as a number of this machine, in hexadecimal.
std::string kernel_form(const tcp::endpoint& endpoint) {
  std::string out;
  char word_text[16];
  const auto append_words = [&](const std::uint8_t* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, bytes + i, 4);
      std::snprintf(word_text, sizeof word_text, "%08X", word);
      out += word_text;
    }
  };
  if (endpoint.address().is_v4()) {
    const auto bytes = endpoint.address().to_v4().to_bytes();
    append_words(bytes.data(), bytes.size());
  } else {
    const auto bytes = endpoint.address().to_v6().to_bytes();
    append_words(bytes.data(), bytes.size());
  }
  std::snprintf(word_text, sizeof word_text, ":%04X", endpoint.port());
  return out + word_text;
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::string read_table(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

tcp::endpoint mapped(const tcp::endpoint& endpoint) {
  return {ip::make_address_v6(ip::v4_mapped, endpoint.address().to_v4()), endpoint.port()};
}

}  // namespace

std::optional<uid_t> find_uid(std::string_view table, const tcp::endpoint& far, const tcp::endpoint& near) {
  const std::string local = kernel_form(far);
  const std::string remote = kernel_form(near);
  while (!table.empty()) {
    auto line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    next_word(line);  // sl
    if (next_word(line) != local || next_word(line) != remote || next_word(line) != kEstablished) continue;
    for (int skipped = 0; skipped < 3; ++skipped) next_word(line);  // queues, timer, retransmissions
    const auto text = next_word(line);
    uid_t uid = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), uid);
    if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && !text.empty()) return uid;
  }
  return std::nullopt;
}

std::optional<uid_t> uid_of_peer(const tcp::endpoint& far, const tcp::endpoint& near) {
  if (far.address().is_v4() != near.address().is_v4()) return std::nullopt;
  if (far.address().is_v6()) return find_uid(read_table("/proc/net/tcp6"), far, near);
  if (const auto uid = find_uid(read_table("/proc/net/tcp"), far, near)) return uid;
  return find_uid(read_table("/proc/net/tcp6"), mapped(far), mapped(near));
}

}  // namespace sidetone::host::channel
