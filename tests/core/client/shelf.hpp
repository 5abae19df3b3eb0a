#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/core/client/bench.hpp"

/// A platform's store: what outlives a client.
namespace sidetone::client::test {

class Shelf {
 public:
  std::map<std::string, std::string> texts;
  std::string owner;
  std::optional<Persisted> persisted;

  void take(const std::vector<Command>& commands) {
    for (const auto& command : commands) {
      if (const auto* persist = std::get_if<Persist>(&command)) persisted = persist->persisted;
      if (std::holds_alternative<Forget>(command)) texts.clear();
      if (const auto* keep = std::get_if<Keep>(&command)) put(*keep);
    }
  }
  /// To a client that has just been started.
  void give(Bench& bench) {
    for (const auto& [name, text] : std::map(texts)) {
      bench.happen(KeptText{owner, name, text});
      take(bench.commands);
    }
  }

 private:
  void put(const Keep& keep) {
    owner = keep.owner;
    for (const auto& one : keep.texts) {
      EXPECT_FALSE(one.name.empty());
      if (one.text.empty())
        EXPECT_EQ(texts.erase(one.name), 1U) << one.name << " was not there";
      else
        texts[one.name] = one.text;
    }
  }
};

}  // namespace sidetone::client::test
