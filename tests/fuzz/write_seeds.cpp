#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/protocol/codec.hpp"
#include "tests/core/protocol/samples.hpp"

using namespace sidetone::protocol;

/// Writes each message of each list in three sizes: FOLDER/json_<list>/<type>-<size>.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_seeds FOLDER\n";
    return 2;
  }
  samples::for_each_list([&]<class List>(std::string_view name) {
    const auto folder = std::filesystem::path(argv[1]) / ("json_" + std::string(name));
    std::filesystem::create_directories(folder);
    samples::for_each_message(List{}, [&]<class M>() {
      for (const auto size : {samples::Size::kMinimum, samples::Size::kMaximum, samples::Size::kRandom}) {
        samples::Source source(size, 1);
        const auto text = encode(samples::record<M>(source), Envelope{1, 2});
        if (text.size() > limits::kFrameBytes) continue;
        std::ofstream(folder / (std::string(M::kType) + "-" + std::to_string(static_cast<int>(size)))) << text;
      }
    });
  });
  return 0;
}
