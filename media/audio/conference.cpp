#include "media/audio/conference.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <tuple>
#include <utility>

#include "media/audio/leg.hpp"
#include "media/dsp/linear_prediction.hpp"

namespace sidetone::media::audio {
namespace {

constexpr std::size_t kDecimation = 6;  // to the 8 kHz of dsp::VoiceActivity
constexpr std::size_t kActivitySamples = dsp::kBlockSamples / kDecimation;
constexpr std::size_t kActivityOrder = 10;
constexpr std::uint64_t kSpread = 6;  // blocks of the longest packet

void ramp(dsp::BlockSpan block, float from, float to) {
  const float step = (to - from) / static_cast<float>(block.size());
  for (std::size_t i = 0; i < block.size(); ++i) block[i] *= from + step * static_cast<float>(i);
}

bool is_silent(dsp::ConstBlockSpan block) {
  return std::ranges::all_of(block, [](float sample) { return sample == 0; });
}

auto place_in_order(const Leg* leg) {
  return std::tuple(std::string_view{leg->source.conference}, leg->sender.encoding(), leg->id);
}

}  // namespace

bool SpeakerGate::apply(dsp::BlockSpan block) {
  if (!open_ && is_silent(block)) return false;  // muted, or in a pause that the far end has described
  // An average of six is no good filter, and good enough for energies.
  std::array<float, kActivitySamples> narrow;
  for (std::size_t i = 0; i < narrow.size(); ++i) {
    float sum = 0;
    for (std::size_t at = i * kDecimation; at < (i + 1) * kDecimation; ++at) sum += block[at];
    narrow[i] = sum / kDecimation;
  }
  std::array<double, kActivityOrder + 1> correlation;
  std::array<double, kActivityOrder> reflection;
  dsp::autocorrelate(narrow, correlation);
  const bool voice = activity_.update(narrow, dsp::reflection_coefficients(correlation, reflection));
  const bool learning = blocks_ < kLearnBlocks;
  blocks_ += learning ? 1 : 0;
  if (voice) {
    held_ = learning ? 1 : kHoldBlocks;
  } else if (held_ > 0) {
    --held_;
  }
  const bool open = held_ > 0;
  const bool was_open = std::exchange(open_, open);
  if (open != was_open) ramp(block, was_open ? 1.0F : 0.0F, open ? 1.0F : 0.0F);
  return open || was_open;
}

void ConferencePlace::say(dsp::ConstBlockSpan block, float gain) {
  if (count_ == kBlocks) {
    first_ = (first_ + 1) % kBlocks;
    --count_;
  }
  const std::size_t at = (first_ + count_++) % kBlocks;
  std::ranges::copy(block, said_[at].begin());
  const float before = std::exchange(gain_, gain);
  speaks_[at] = gate_.apply(said_[at]) && std::max(before, gain) > 0;
  if (speaks_[at] && std::min(before, gain) != 1.0F) ramp(said_[at], before, gain);
}

const dsp::Block* ConferencePlace::take() {
  if (count_ == 0) {
    waits_ = true;
    return nullptr;
  }
  if (waits_ && count_ < kStart) return nullptr;
  waits_ = false;
  const std::size_t at = std::exchange(first_, (first_ + 1) % kBlocks);
  --count_;
  return speaks_[at] ? &said_[at] : nullptr;
}

void Conferences::swap_room(ConferenceRoom& room) {
  room.seated = room_.seated;  // within its capacity, which is larger
  std::swap(room_, room);
}

void Conferences::release(Leg& leg) {
  if (!std::exchange(leg.place.leads, false)) return;
  for (Leg* other : conference_of(leg)) {
    if (other == &leg || other->sender.encoding() != leg.sender.encoding()) continue;
    other->sender.exchange_encoders(leg.sender);
    other->place.leads = true;
    return;
  }
}

void Conferences::arrange(Leg* legs) {
  room_.seated.clear();
  for (Leg* leg = legs; leg != nullptr; leg = leg->next)
    if (leg->in_conference() && room_.seated.size() < room_.capacity) room_.seated.push_back(leg);
  std::ranges::sort(room_.seated, {}, place_in_order);
}

std::size_t Conferences::end_of_conference(std::size_t begin) const {
  std::size_t end = begin + 1;
  while (end < room_.seated.size() && room_.seated[end]->source.conference == room_.seated[begin]->source.conference)
    ++end;
  return end;
}

Conferences::Members Conferences::conference_of(const Leg& leg) const {
  Members found;
  if (leg.in_conference()) {
    for_each([&](Members members) {
      if (members.front()->source.conference == leg.source.conference) found = members;
    });
  }
  return found;
}

void Conferences::take_microphones() {
  for_each([](Members members) {
    const auto with = std::ranges::find_if(members, [](const Leg* leg) { return leg->capture != nullptr; });
    for (Leg* leg : members) leg->place.microphone = with == members.end() ? nullptr : (*with)->capture;
  });
}

bool Conferences::advance(Members members, dsp::Block* microphone, MonotonicTime now, FrameRing& frames) {
  std::uint64_t blocks = 0;
  for (const Leg* leg : members) blocks = std::max(blocks, leg->place.blocks);
  for (Leg* leg : members) leg->place.blocks = blocks + 1;
  // Not all conferences encode in the same 10 ms.
  const std::uint64_t number = blocks + std::hash<std::string_view>{}(members.front()->source.conference) % kSpread;
  auto& parties = room_.parties;
  parties.clear();
  dsp::Block common;
  bool listened = false;
  for (Leg* leg : members) {
    const dsp::Block* said = leg->place.take();
    dsp::Block* heard = said != nullptr ? &leg->place.heard : nullptr;
    if (said == nullptr && !std::exchange(listened, true)) heard = &common;
    parties.push_back({said, heard});
  }
  if (microphone != nullptr) parties.push_back({microphone, nullptr});
  mixer::mix(parties);
  bool frames_wait = false;
  for (std::size_t begin = 0; begin < members.size();) {
    std::size_t end = begin + 1;
    while (end < members.size() && members[end]->sender.encoding() == members[begin]->sender.encoding()) ++end;
    frames_wait |= send_group(members.subspan(begin, end - begin), std::span{parties}.subspan(begin, end - begin),
                              common, number, now, frames);
    begin = end;
  }
  return frames_wait;
}

/// Members of one encoding, and their parties.
bool Conferences::send_group(Members group, std::span<const mixer::Party> parties, const dsp::Block& common,
                             std::uint64_t number, MonotonicTime now, FrameRing& frames) {
  const auto listens = [&](std::size_t i) {
    return parties[i].heard != &group[i]->place.heard && !group[i]->is_muted();
  };
  Leg* speaker = nullptr;  // its encoder speaks for all who listen
  Leg* before = nullptr;
  double loss = 0;
  int available = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i]->place.leads) before = group[i];
    if (!listens(i) || !group[i]->sender.completes_shared_packet()) continue;
    loss = std::max(loss, group[i]->sender.expected_loss());
    if (const int own = group[i]->sender.available_bitrate(); own != 0)
      available = available == 0 ? own : std::min(available, own);
    if (speaker == nullptr || group[i]->place.leads) speaker = group[i];
  }
  SharedPacket* packet = &group.front()->place.packet;
  if (speaker != nullptr) {
    packet = &speaker->place.packet;
    packet->made = false;
    packet->expected_loss = loss;
    packet->available_bitrate = available;
    if (before != nullptr && before != speaker) {
      before->sender.exchange_encoders(speaker->sender);
      before->place.leads = false;
    }
    speaker->place.leads = true;
  }
  bool frames_wait = false;
  const auto send = [&](std::size_t i) {
    const bool listener = listens(i);
    const dsp::Block& heard = listener ? common : group[i]->place.heard;
    frames_wait |= group[i]->send_mixed(heard, {number, listener ? packet : nullptr}, now, frames);
  };
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group[i] == speaker) send(i);
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group[i] != speaker) send(i);
  return frames_wait;
}

}  // namespace sidetone::media::audio
