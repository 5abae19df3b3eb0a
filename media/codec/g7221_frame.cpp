#include "media/codec/g7221_frame.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "media/codec/g7221_tables.hpp"

namespace sidetone::media::codec {
namespace {

// Terms and numbers are those of ITU-T G.722.1 (05/2005).

constexpr std::size_t kRegions = 14;  // of 20 coefficients, 500 Hz; the 40 above are left out
constexpr std::size_t kRegionSize = 20;
constexpr int kLeastPower = -15;  // of a region: index 1 is 7 less here
constexpr int kMostPower = 24;
constexpr int kFirstPowerOffset = 7;
constexpr int kFirstPowerBits = 5;
constexpr int kDifferenceOffset = 12;
constexpr int kDifferences = 24;
constexpr int kControlBits = 4;
constexpr int kCategorizations = 16;
constexpr int kNoCategory = 7;                // nothing of the region is sent
constexpr float kPowerScale = 22.0F / 32768;  // as the fixed-point main body has it; 2^4.5 would be exact

struct Category {
  std::size_t dimension;
  int most;  ///< largest quantised magnitude
  float step;
  float rounding;
  std::array<float, 14> levels;
};
constexpr std::array<Category, 7> kCategories{{
    {2,
     13,
     0.3536F,
     0.30F,
     {0, 0.392F, 0.761F, 1.120F, 1.477F, 1.832F, 2.183F, 2.541F, 2.893F, 3.245F, 3.598F, 3.942F, 4.288F, 4.724F}},
    {2, 9, 0.5F, 0.33F, {0, 0.544F, 1.060F, 1.563F, 2.068F, 2.571F, 3.072F, 3.562F, 4.070F, 4.620F}},
    {2, 6, 0.7071F, 0.36F, {0, 0.746F, 1.464F, 2.180F, 2.882F, 3.584F, 4.316F}},
    {4, 4, 1.0F, 0.39F, {0, 1.006F, 2.000F, 2.993F, 3.985F}},
    {4, 3, 1.4142F, 0.42F, {0, 1.321F, 2.703F, 3.983F}},
    {5, 2, 2.0F, 0.45F, {0, 1.657F, 3.491F}},
    {5, 1, 2.8284F, 0.50F, {0, 1.964F}},
}};
constexpr std::array<int, 8> kExpectedBits{52, 47, 43, 37, 29, 22, 16, 0};
// Noise in the place of coefficients that are zero, by how many are not.
constexpr std::array<float, 20> kNoise5{0.70711F, 0.6179F,  0.5005F,  0.3220F,  0.17678F, 0.17678F, 0.17678F,
                                        0.17678F, 0.17678F, 0.17678F, 0.17678F, 0.17678F, 0.17678F, 0.17678F,
                                        0.17678F, 0.17678F, 0.17678F, 0.17678F, 0.17678F, 0.17678F};
constexpr std::array<float, 20> kNoise6{0.70711F, 0.5686F, 0.3563F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F,
                                        0.25F,    0.25F,   0.25F,   0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F};
constexpr float kNoise7 = 0.70711F;

using Powers = std::array<int, kRegions>;
using Categories = std::array<int, kRegions>;

float magnitude_of(int power) { return std::exp2(static_cast<float>(power) / 2) * kPowerScale; }

/// Sixteen ways to give the regions categories: the first, and which region gets the next higher one in each further.
struct Categorization {
  Categories first{};
  std::array<std::size_t, kCategorizations - 1> next{};
};

/// @param bits  left for the coefficients. @source G.722.1 §3.4
Categorization categorize(const Powers& powers, int bits) {
  constexpr int kFrameBits = 320;
  if (bits > kFrameBits) bits = kFrameBits + (bits - kFrameBits) * 5 / 8;
  const auto category = [&](int offset, std::size_t region) {
    return std::clamp((offset - powers[region]) >> 1, 0, kNoCategory);
  };
  const auto expected = [](int one) { return kExpectedBits[static_cast<std::size_t>(one)]; };
  int offset = -32;
  for (int delta = 32; delta > 0; delta /= 2) {
    int sum = 0;
    for (std::size_t region = 0; region < kRegions; ++region) sum += expected(category(offset + delta, region));
    if (sum >= bits - 32) offset += delta;
  }
  Categories rich{};
  int sum = 0;
  for (std::size_t region = 0; region < kRegions; ++region) {
    rich[region] = category(offset, region);
    sum += expected(rich[region]);
  }
  Categories poor = rich;
  int most = sum;
  int least = sum;
  std::array<std::size_t, 2 * kCategorizations> balance{};
  std::size_t begin = kCategorizations;
  std::size_t end = kCategorizations;
  for (int i = 0; i < kCategorizations - 1; ++i) {
    const auto excess = [&](const Categories& of, std::size_t region) {
      return offset - powers[region] - 2 * of[region];
    };
    if (most + least <= 2 * bits) {
      std::size_t best = kRegions;
      for (std::size_t region = 0; region < kRegions; ++region)
        if (rich[region] > 0 && (best == kRegions || excess(rich, region) < excess(rich, best))) best = region;
      if (best == kRegions) best = 0;
      balance[--begin] = best;
      if (rich[best] > 0) most += expected(rich[best] - 1) - expected(rich[best]);
      rich[best] = std::max(rich[best] - 1, 0);
    } else {
      std::size_t best = kRegions;
      for (std::size_t region = kRegions; region-- > 0;)
        if (poor[region] < kNoCategory && (best == kRegions || excess(poor, region) > excess(poor, best)))
          best = region;
      if (best == kRegions) best = kRegions - 1;
      balance[end++] = best;
      if (poor[best] < kNoCategory) least += expected(poor[best] + 1) - expected(poor[best]);
      poor[best] = std::min(poor[best] + 1, kNoCategory);
    }
  }
  Categorization out;
  out.first = rich;
  std::copy_n(balance.begin() + static_cast<std::ptrdiff_t>(begin), out.next.size(), out.next.begin());
  return out;
}

class SirenBitWriter {
 public:
  explicit SirenBitWriter(std::span<std::uint8_t> out) : out_(out) { std::ranges::fill(out_, std::uint8_t{0xff}); }
  [[nodiscard]] int left() const { return static_cast<int>(out_.size() * 8 - at_); }
  void put(unsigned bits, int length) {
    for (int i = length - 1; i >= 0 && at_ < out_.size() * 8; --i, ++at_)
      if ((bits >> i & 1) == 0) out_[at_ / 8] &= static_cast<std::uint8_t>(~(0x80 >> at_ % 8));
  }

 private:
  std::span<std::uint8_t> out_;
  std::size_t at_ = 0;
};

class SirenBitReader {
 public:
  explicit SirenBitReader(Bytes in) : in_(in) {}
  [[nodiscard]] int left() const { return static_cast<int>(in_.size() * 8 - at_); }
  /// Behind the end: zeros, and overrun().
  unsigned bit() {
    if (left() == 0) {
      overrun_ = true;
      return 0;
    }
    const unsigned value = in_[at_ / 8] >> (7 - at_ % 8) & 1U;
    ++at_;
    return value;
  }
  unsigned bits(int count) {
    unsigned value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }
  [[nodiscard]] bool overrun() const { return overrun_; }

 private:
  Bytes in_;
  std::size_t at_ = 0;
  bool overrun_ = false;
};

/// A variable-length code to be read bit by bit.
class CodeTree {
 public:
  explicit CodeTree(std::span<const VariableLengthCode> words) : nodes_(1) {
    for (std::size_t word = 0; word < words.size(); ++word) {
      std::size_t node = 0;
      for (int i = words[word].length - 1; i >= 0; --i) {
        const unsigned bit = words[word].bits >> i & 1U;
        if (i == 0) {
          nodes_[node][bit] = -static_cast<int>(word) - 1;
        } else if (nodes_[node][bit] == 0) {
          nodes_[node][bit] = static_cast<int>(nodes_.size());
          node = nodes_.size();
          nodes_.emplace_back();
        } else {
          node = static_cast<std::size_t>(nodes_[node][bit]);
        }
      }
    }
  }
  /// Every way leads to a word: the codes are complete.
  [[nodiscard]] int read(SirenBitReader& in) const {
    int node = 0;
    do {
      node = nodes_[static_cast<std::size_t>(node)][in.bit()];
    } while (node > 0);
    return -node - 1;
  }

 private:
  std::vector<std::array<int, 2>> nodes_;
};

struct CodeTrees {
  std::vector<CodeTree> powers;
  std::vector<CodeTree> vectors;
};
const CodeTrees& code_trees() {
  static const CodeTrees kTrees = [] {
    CodeTrees trees;
    for (const auto& words : kG7221PowerCodes) trees.powers.emplace_back(words);
    for (const auto& words : kG7221VectorCodes) trees.vectors.emplace_back(words);
    return trees;
  }();
  return kTrees;
}

/// One region in one category: its words and signs, in order.
struct RegionCode {
  struct Word {
    VariableLengthCode vector;
    unsigned signs = 0;
    int sign_count = 0;
  };
  std::array<Word, kRegionSize / 2> words{};
  std::size_t count = 0;
  int bits = 0;
};

RegionCode encode_region(std::span<const float> coefficients, int power, int category) {
  RegionCode out;
  if (category == kNoCategory) return out;
  const Category& how = kCategories[static_cast<std::size_t>(category)];
  const auto words = kG7221VectorCodes[static_cast<std::size_t>(category)];
  const float scale = 1 / (how.step * magnitude_of(power));
  for (std::size_t at = 0; at < kRegionSize; at += how.dimension) {
    std::array<int, 5> magnitudes{};
    std::size_t word = 0;
    RegionCode::Word& code = out.words[out.count++];
    for (int limit = how.most;; --limit) {  // what is larger than any region's power allows has no word
      word = 0;
      for (std::size_t i = 0; i < how.dimension; ++i) {
        magnitudes[i] = std::min(static_cast<int>(std::fabs(coefficients[at + i]) * scale + how.rounding), limit);
        word = word * static_cast<std::size_t>(how.most + 1) + static_cast<std::size_t>(magnitudes[i]);
      }
      if (words[word].length > 0) break;
    }
    code.vector = words[word];
    for (std::size_t i = 0; i < how.dimension; ++i) {
      if (magnitudes[i] == 0) continue;
      code.signs = code.signs << 1 | (coefficients[at + i] > 0 ? 1U : 0U);
      ++code.sign_count;
    }
    out.bits += code.vector.length + code.sign_count;
  }
  return out;
}

Powers powers_of(const dsp::LappedTransform::Frame& coefficients) {
  Powers powers{};
  for (std::size_t region = 0; region < kRegions; ++region) {
    float sum = 1e-12F;
    for (std::size_t i = 0; i < kRegionSize; ++i) sum += std::pow(coefficients[region * kRegionSize + i], 2.0F);
    const float power = std::log2(sum / (kRegionSize * kPowerScale * kPowerScale));
    powers[region] = std::clamp(static_cast<int>(std::floor(power + 0.5F)), kLeastPower, kMostPower);
  }
  powers[0] = std::max(powers[0], 1 - kFirstPowerOffset);
  // Differences that have a word: up to 11 more, down to 12 less than the region below.
  for (std::size_t region = kRegions - 1; region > 0; --region)
    powers[region - 1] = std::max(powers[region - 1], powers[region] - (kDifferences - 1 - kDifferenceOffset));
  for (std::size_t region = 1; region < kRegions; ++region)
    powers[region] = std::max(powers[region], powers[region - 1] - kDifferenceOffset);
  return powers;
}

/// Words of one region. @return whether all were there.
bool decode_region(SirenBitReader& bits, int category, float magnitude, std::span<float> out) {
  const Category& how = kCategories[static_cast<std::size_t>(category)];
  const CodeTree& tree = code_trees().vectors[static_cast<std::size_t>(category)];
  for (std::size_t at = 0; at < kRegionSize; at += how.dimension) {
    int word = tree.read(bits);
    std::array<int, 5> magnitudes{};
    for (std::size_t i = how.dimension; i-- > 0; word /= how.most + 1) magnitudes[i] = word % (how.most + 1);
    for (std::size_t i = 0; i < how.dimension; ++i) {
      const float level = how.levels[static_cast<std::size_t>(magnitudes[i])] * magnitude;
      out[at + i] = level == 0 || bits.bit() != 0 ? level : -level;
    }
    if (bits.overrun()) return false;
  }
  return true;
}

void fill_with_noise(int category, float magnitude, std::span<float> out, G7221Noise& signs) {
  if (category < 5) return;
  if (category == kNoCategory) std::ranges::fill(out, 0.0F);
  std::size_t sent = 0;
  for (const float x : out) {
    if (x == 0) continue;
    sent += category == 5 && std::fabs(x) > 2 * magnitude ? 4 : 1;
  }
  sent = std::min(sent, kNoise5.size() - 1);
  const float noise = magnitude * (category == 5 ? kNoise5[sent] : category == 6 ? kNoise6[sent] : kNoise7);
  unsigned random = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 10 == 0) random = signs.next();
    if (out[i] != 0) continue;
    out[i] = (random & 1) != 0 ? noise : -noise;
    random >>= 1;
  }
}

}  // namespace

void encode_g7221_frame(const dsp::LappedTransform::Frame& coefficients, std::span<std::uint8_t> out) {
  SirenBitWriter bits(out);
  const Powers powers = powers_of(coefficients);
  bits.put(static_cast<unsigned>(powers[0] + kFirstPowerOffset), kFirstPowerBits);
  for (std::size_t region = 1; region < kRegions; ++region) {
    const int difference = powers[region] - powers[region - 1] + kDifferenceOffset;
    const VariableLengthCode word = kG7221PowerCodes[region - 1][static_cast<std::size_t>(difference)];
    bits.put(word.bits, word.length);
  }
  const int room = bits.left() - kControlBits;
  const Categorization ways = categorize(powers, room);
  Categories categories = ways.first;
  std::array<RegionCode, kRegions> codes;
  int sum = 0;
  const auto encode = [&](std::size_t region) {
    codes[region] = encode_region(std::span{coefficients}.subspan(region * kRegionSize, kRegionSize), powers[region],
                                  categories[region]);
    return codes[region].bits;
  };
  for (std::size_t region = 0; region < kRegions; ++region) sum += encode(region);
  std::size_t control = 0;
  for (; sum > room && control < ways.next.size(); ++control) {
    const std::size_t region = ways.next[control];
    sum -= codes[region].bits;
    categories[region] = std::min(categories[region] + 1, kNoCategory);
    sum += encode(region);
  }
  bits.put(static_cast<unsigned>(control), kControlBits);
  for (const RegionCode& region : codes) {
    for (const auto& code : std::span{region.words}.first(region.count)) {
      bits.put(code.vector.bits, code.vector.length);
      bits.put(code.signs, code.sign_count);
    }
  }
}

bool decode_g7221_frame(Bytes frame, G7221Noise& signs, dsp::LappedTransform::Frame& coefficients) {
  SirenBitReader bits(frame);
  Powers powers{};
  powers[0] = static_cast<int>(bits.bits(kFirstPowerBits)) - kFirstPowerOffset;
  for (std::size_t region = 1; region < kRegions; ++region)
    powers[region] = powers[region - 1] + code_trees().powers[region - 1].read(bits) - kDifferenceOffset;
  if (std::ranges::any_of(powers, [](int power) { return power < -24 || power > 33; })) return false;
  const unsigned control = bits.bits(kControlBits);
  if (bits.overrun()) return false;
  const Categorization ways = categorize(powers, bits.left());
  Categories categories = ways.first;
  for (unsigned i = 0; i < control; ++i) {
    int& category = categories[ways.next[i]];
    category = std::min(category + 1, kNoCategory);
  }
  coefficients.fill(0);
  bool complete = true;
  for (std::size_t region = 0; region < kRegions; ++region) {
    const auto out = std::span{coefficients}.subspan(region * kRegionSize, kRegionSize);
    const float magnitude = magnitude_of(powers[region]);
    if (!complete) categories[region] = kNoCategory;
    if (categories[region] != kNoCategory && !decode_region(bits, categories[region], magnitude, out)) {
      complete = false;
      categories[region] = kNoCategory;
    }
    fill_with_noise(categories[region], magnitude, out, signs);
  }
  // The poorest of the ways may be cut off; behind any other there are ones.
  if (!complete) return control == kCategorizations - 1;
  while (bits.left() > 0)
    if (bits.bit() == 0) return false;
  return true;
}

void prepare_g7221() { code_trees(); }

}  // namespace sidetone::media::codec
