#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sidetone::service {

/// How often what has happened, for /health. @thread logic.
class Counters {
 public:
  void add(std::string_view name, std::uint64_t count = 1) {
    auto found = counts_.find(name);
    if (found == counts_.end()) found = counts_.emplace(std::string(name), 0).first;
    found->second += count;
  }
  [[nodiscard]] std::uint64_t get(std::string_view name) const {
    const auto found = counts_.find(name);
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& all() const { return counts_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace sidetone::service
