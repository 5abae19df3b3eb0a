#pragma once

#include <memory>
#include <optional>
#include <span>

#include "media/codec/codec.hpp"

namespace sidetone::media::test {

/// Opus, and how often it was asked for.
class CountingDecoder final : public codec::Decoder {
 public:
  /// @param knows_voice  false: it holds every packet for noise. Both outlive it.
  CountingDecoder(std::size_t& decoded, const bool& knows_voice) : decoded_(decoded), knows_voice_(knows_voice) {}
  std::size_t packet_samples(Bytes payload) const override { return opus_->packet_samples(payload); }
  std::optional<bool> has_voice(Bytes payload) const override {
    return knows_voice_ ? opus_->has_voice(payload) : false;
  }
  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    ++decoded_;
    return opus_->decode(payload, pcm);
  }
  void conceal(std::span<float> pcm) override { opus_->conceal(pcm); }
  void reset() override { opus_->reset(); }

 private:
  std::size_t& decoded_;
  const bool& knows_voice_;
  std::unique_ptr<codec::Decoder> opus_ = codec::find("opus", 48000)->make_decoder({.complexity = 0});
};

}  // namespace sidetone::media::test
