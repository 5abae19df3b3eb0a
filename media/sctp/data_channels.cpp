#include "media/sctp/data_channels.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sidetone::media::sctp {
namespace {

// @source RFC 8831 §8
constexpr std::uint32_t kDcep = 50;
constexpr std::uint32_t kString = 51;
constexpr std::uint32_t kBinary = 53;
constexpr std::uint32_t kStringEmpty = 56;
constexpr std::uint32_t kBinaryEmpty = 57;
constexpr std::size_t kMaxControl = 128;
// Of the longest retransmission time-out (10 s) and a tick: who is silent for longer has no timer left but heartbeats.
constexpr Seconds kRestsAfter{12};
constexpr Seconds kRestingTick{1};

}  // namespace

DataChannels::DataChannels(GMainContext* context, const Clock& clock, Association::Post post,
                           DataChannelCallbacks callbacks, std::size_t max_message_bytes)
    : clock_(clock),
      post_(std::move(post)),
      callbacks_(std::move(callbacks)),
      max_message_bytes_(max_message_bytes),
      tick_(context, [this] {
        resting_ = clock_.now() - last_traffic_ >= kRestsAfter;
        tick_.start(resting_ ? kRestingTick : Association::tick_interval());
        if (association_) association_->tick();
        flush();
      }) {}

DataChannels::~DataChannels() = default;

Result<ChannelId> DataChannels::create(const ChannelParameters& parameters, std::optional<std::uint16_t> negotiated) {
  if (over_) return Error{ErrorCode::kUnavailable, "the connection is closed", "channel"};
  if (parameters.label.size() > kMaxLabelBytes || parameters.protocol.size() > kMaxLabelBytes)
    return Error{ErrorCode::kTooLarge, "channel label is too long", "channel"};
  if (parameters.max_retransmits && parameters.max_packet_life_ms)
    return Error{ErrorCode::kOutOfRange, "a channel has one limit of reliability", "channel"};
  if (channels_.size() >= kMaxChannels) return Error{ErrorCode::kUnavailable, "too many channels", "channel"};
  Channel channel;
  channel.parameters = parameters;
  if (negotiated) {
    if (*negotiated >= kStreams) return Error{ErrorCode::kOutOfRange, "no such stream", "channel"};
    if (by_stream(*negotiated) != nullptr) return Error{ErrorCode::kConflict, "the stream is taken", "channel"};
    channel.stream = negotiated;
    channel.negotiated = true;
    channel.acknowledged = true;
  }
  const ChannelId id = next_id_++;
  auto& stored = channels_.emplace(id, std::move(channel)).first->second;
  if (connected_) open(id, stored);
  return id;
}

bool DataChannels::assign_stream(Channel& channel) {
  for (std::uint16_t stream = even_streams_ ? 0 : 1; stream < kStreams;
       stream = static_cast<std::uint16_t>(stream + 2)) {
    if (by_stream(stream) != nullptr) continue;
    channel.stream = stream;
    return true;
  }
  return false;
}

void DataChannels::open(ChannelId id, Channel& channel) {
  if (!channel.stream && !assign_stream(channel)) {
    finish(id);
    return;
  }
  if (!channel.negotiated) {
    std::array<std::uint8_t, 12 + 2 * kMaxLabelBytes> storage;
    ByteWriter out(storage);
    if (write_dcep_open(channel.parameters, out).ok() && control_.size() < kMaxControl)
      control_.push_back({*channel.stream, {out.written().begin(), out.written().end()}});
    flush();
  }
  channel.state = State::kOpen;
  post_([id, parameters = channel.parameters, stream = *channel.stream, opened = callbacks_.opened] {
    opened(id, parameters, stream, false);
  });
}

/// Before packets come or go: timers are set from here on, so what has passed in rest has to pass first.
void DataChannels::end_rest() {
  last_traffic_ = clock_.now();
  if (!std::exchange(resting_, false)) return;
  association_->tick();
  tick_.start(Association::tick_interval());
}

void DataChannels::flush() {
  if (!connected_ || !association_) return;
  if (!control_.empty()) end_rest();
  while (!control_.empty()) {
    const auto& next = control_.front();
    if (!association_->send(next.stream, kDcep, {}, next.message).ok()) break;
    control_.erase(control_.begin());
  }
  for (auto& [id, channel] : channels_)
    if (channel.state == State::kClosing && !channel.reset_sent && channel.stream) {
      end_rest();
      channel.reset_sent = association_->reset_stream(*channel.stream);
    }
}

Status DataChannels::send(ChannelId id, bool binary, Bytes data) {
  const auto found = channels_.find(id);
  if (found == channels_.end()) return Error{ErrorCode::kNotFound, "no such channel", "channel"};
  Channel& channel = found->second;
  if (channel.state != State::kOpen || !association_)
    return Error{ErrorCode::kUnavailable, "the channel is not open", "channel"};
  if (remote_max_message_ != 0 && data.size() > remote_max_message_)
    return Error{ErrorCode::kTooLarge, "message is longer than the far end takes", "channel"};
  Reliability reliability{channel.parameters.ordered || !channel.acknowledged, channel.parameters.max_retransmits,
                          channel.parameters.max_packet_life_ms};
  static constexpr std::uint8_t kEmpty = 0;  // RFC 8831 §6.6: SCTP has no empty messages
  const std::uint32_t protocol =
      binary ? (data.empty() ? kBinaryEmpty : kBinary) : (data.empty() ? kStringEmpty : kString);
  end_rest();
  SIDETONE_CHECK(association_->send(*channel.stream, protocol, reliability, data.empty() ? Bytes{&kEmpty, 1} : data));
  ++channel.messages_sent;
  channel.bytes_sent += data.size();
  return {};
}

void DataChannels::close_channel(ChannelId id) {
  const auto found = channels_.find(id);
  if (found == channels_.end() || found->second.state == State::kClosing) return;
  if (found->second.state == State::kConnecting) {
    finish(id);
    return;
  }
  found->second.state = State::kClosing;
  flush();
}

Status DataChannels::connect(bool even_streams, std::uint16_t local_port, std::uint16_t remote_port,
                             std::uint64_t remote_max_message) {
  remote_max_message_ = remote_max_message;
  if (association_ || over_) return {};
  even_streams_ = even_streams;
  AssociationCallbacks callbacks;
  callbacks.send = callbacks_.send;
  callbacks.connected = [this] { on_connected(); };
  callbacks.received = [this](const Message& message) { on_message(message); };
  callbacks.too_long = [this](std::uint16_t stream) { on_too_long(stream); };
  callbacks.streams_reset = [this](const std::vector<std::uint16_t>& streams) { on_reset(streams); };
  callbacks.closed = [this] { on_closed(); };
  SIDETONE_TRY(association_, Association::make(clock_, post_, std::move(callbacks), max_message_bytes_));
  SIDETONE_CHECK(association_->connect(local_port, remote_port));
  last_traffic_ = clock_.now();
  tick_.start(Association::tick_interval());
  return {};
}

void DataChannels::receive(Bytes packet) {
  if (!association_) return;
  end_rest();
  association_->receive(packet);
}

void DataChannels::on_connected() {
  connected_ = true;
  std::vector<ChannelId> waiting;
  for (const auto& [id, channel] : channels_)
    if (channel.state == State::kConnecting) waiting.push_back(id);
  for (const ChannelId id : waiting)
    if (const auto found = channels_.find(id); found != channels_.end()) open(id, found->second);
}

void DataChannels::on_message(const Message& message) {
  if (message.protocol == kDcep) {
    on_control(message);
    return;
  }
  ChannelId id = 0;
  Channel* channel = by_stream(message.stream, &id);
  if (channel == nullptr || channel->state == State::kConnecting || channel->told_closed) return;
  const bool binary = message.protocol == kBinary || message.protocol == kBinaryEmpty;
  if (!binary && message.protocol != kString && message.protocol != kStringEmpty) return;
  const bool empty = message.protocol == kBinaryEmpty || message.protocol == kStringEmpty;
  const Bytes data = empty ? Bytes{} : Bytes{message.data};
  channel->acknowledged = true;
  ++channel->messages_received;
  channel->bytes_received += data.size();
  const auto received = callbacks_.received;  // the owner may end us in its callback
  received(id, binary, data);
}

void DataChannels::on_control(const Message& message) {
  auto parsed = parse_dcep(message.data);
  if (!parsed.ok()) return;
  ChannelId id = 0;
  Channel* channel = by_stream(message.stream, &id);
  if (parsed.value().ack) {
    if (channel != nullptr) channel->acknowledged = true;
    return;
  }
  const bool far_stream = (message.stream % 2 == 0) != even_streams_;
  if (channel != nullptr || !far_stream || message.stream >= kStreams || channels_.size() >= kMaxChannels) {
    if (channel == nullptr) (void)association_->reset_stream(message.stream);
    return;
  }
  Channel made;
  made.parameters = std::move(parsed.value().channel);
  made.parameters.label = shown_label(std::move(made.parameters.label));
  made.parameters.protocol = shown_label(std::move(made.parameters.protocol));
  made.stream = message.stream;
  made.state = State::kOpen;
  made.remote = true;
  made.acknowledged = true;
  id = next_id_++;
  const auto& stored = channels_.emplace(id, std::move(made)).first->second;
  std::array<std::uint8_t, 1> storage;
  ByteWriter out(storage);
  if (write_dcep_ack(out).ok() && control_.size() < kMaxControl)
    control_.push_back({message.stream, {storage.begin(), storage.end()}});
  flush();
  const auto opened = callbacks_.opened;
  const ChannelParameters parameters = stored.parameters;
  opened(id, parameters, message.stream, true);
}

/// The far end was told the limit (RFC 8841 §6); that a message is missing must not go unnoticed on a reliable channel.
void DataChannels::on_too_long(std::uint16_t stream) {
  ChannelId id = 0;
  Channel* channel = by_stream(stream, &id);
  if (channel == nullptr || std::exchange(channel->told_closed, true)) return;
  close_channel(id);
  const auto closed = callbacks_.closed;
  closed(id, "a message was longer than " + std::to_string(max_message_bytes_) + " bytes");
}

void DataChannels::on_reset(const std::vector<std::uint16_t>& streams) {
  std::vector<ChannelId> ended;
  for (auto& [id, channel] : channels_) {
    if (!channel.stream || std::find(streams.begin(), streams.end(), *channel.stream) == streams.end()) continue;
    // RFC 8831 §6.7: the answer to a reset is a reset of our direction.
    channel.state = State::kClosing;
    channel.reset_received = true;
    ended.push_back(id);
  }
  flush();
  for (const ChannelId id : ended) finish(id);
}

void DataChannels::on_closed() {
  connected_ = false;
  over_ = true;
  tick_.stop();
  std::vector<ChannelId> all;
  for (const auto& [id, channel] : channels_) all.push_back(id);
  for (const ChannelId id : all) finish(id);
}

void DataChannels::finish(ChannelId id) {
  const auto found = channels_.find(id);
  if (found == channels_.end()) return;
  const bool told = found->second.told_closed;
  channels_.erase(found);
  if (!told) post_([id, closed = callbacks_.closed] { closed(id, {}); });
}

void DataChannels::close() {
  over_ = true;
  connected_ = false;
  tick_.stop();
  association_.reset();
  channels_.clear();
  control_.clear();
}

DataChannels::Channel* DataChannels::by_stream(std::uint16_t stream, ChannelId* id) {
  for (auto& [key, channel] : channels_) {
    if (channel.stream != stream) continue;
    if (id != nullptr) *id = key;
    return &channel;
  }
  return nullptr;
}

std::vector<DataChannels::Figures> DataChannels::figures() const {
  std::vector<Figures> out;
  for (const auto& [id, channel] : channels_) {
    const char* state = channel.state == State::kConnecting ? "connecting"
                        : channel.state == State::kOpen     ? "open"
                                                            : "closing";
    out.push_back({id, shown_label(channel.parameters.label), shown_label(channel.parameters.protocol), channel.stream,
                   state, channel.messages_sent, channel.messages_received, channel.bytes_sent,
                   channel.bytes_received});
  }
  return out;
}

}  // namespace sidetone::media::sctp
