#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "media/ice/main_context.hpp"
#include "media/sctp/association.hpp"
#include "media/sctp/dcep.hpp"

namespace sidetone::media::sctp {

using ChannelId = std::uint32_t;  ///< never used again

struct DataChannelCallbacks {
  std::function<void(Bytes)> send;  ///< one SCTP packet, borrowed
  std::function<void(ChannelId, const ChannelParameters&, std::uint16_t stream, bool remote)> opened;
  std::function<void(ChannelId, bool binary, Bytes)> received;
  /// @param error  why, where it did not end in order; else empty.
  std::function<void(ChannelId, const std::string& error)> closed;
};

/// Data channels over one SCTP association. @thread one. @source RFC 8831, RFC 8832
class DataChannels {
 public:
  /// @param max_message_bytes  the longest message that is taken; a longer one closes its channel with an error.
  DataChannels(GMainContext* context, const Clock& clock, Association::Post post, DataChannelCallbacks callbacks,
               std::size_t max_message_bytes);
  ~DataChannels();
  DataChannels(const DataChannels&) = delete;
  DataChannels& operator=(const DataChannels&) = delete;

  /// @param negotiated  stream agreed on elsewhere: no DCEP. @error kTooLarge, kOutOfRange, kConflict: the stream is
  /// taken; kUnavailable: no stream is left, or over.
  Result<ChannelId> create(const ChannelParameters& parameters, std::optional<std::uint16_t> negotiated);
  /// @error kNotFound, kUnavailable, kTooLarge
  Status send(ChannelId id, bool binary, Bytes data);
  void close_channel(ChannelId id);

  /// DTLS is up. @param even_streams  we are the DTLS client (RFC 8832 §6).
  Status connect(bool even_streams, std::uint16_t local_port, std::uint16_t remote_port,
                 std::uint64_t remote_max_message);
  void receive(Bytes packet);
  /// Abort; every channel closes.
  void close();

  struct Figures {
    ChannelId id = 0;
    std::string label;
    std::string protocol;
    std::optional<std::uint16_t> stream;
    const char* state = "";
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
  };
  [[nodiscard]] std::vector<Figures> figures() const;
  [[nodiscard]] bool used() const { return next_id_ > 1; }
  [[nodiscard]] std::size_t opened_ever() const { return next_id_ - 1; }
  static constexpr std::size_t kMaxChannels = 64;

 private:
  enum class State { kConnecting, kOpen, kClosing };
  struct Channel {
    ChannelParameters parameters;
    State state = State::kConnecting;
    std::optional<std::uint16_t> stream;
    bool negotiated = false;
    bool remote = false;
    bool acknowledged = false;  // until then everything is sent in order (RFC 8832 §6)
    bool reset_sent = false;
    bool reset_received = false;
    bool told_closed = false;  // by an error; what else comes is not wanted
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
  };
  struct Control {
    std::uint16_t stream = 0;
    std::vector<std::uint8_t> message;
  };

  void on_connected();
  void on_message(const Message& message);
  void on_control(const Message& message);
  void on_too_long(std::uint16_t stream);
  void on_reset(const std::vector<std::uint16_t>& streams);
  void on_closed();
  void open(ChannelId id, Channel& channel);
  bool assign_stream(Channel& channel);
  void flush();
  void end_rest();
  Channel* by_stream(std::uint16_t stream, ChannelId* id = nullptr);
  void finish(ChannelId id);

  Clock const& clock_;
  Association::Post post_;
  DataChannelCallbacks callbacks_;
  std::size_t max_message_bytes_;
  ice::Timer tick_;
  MonotonicTime last_traffic_;
  bool resting_ = false;  ///< ticks come once a second
  std::unique_ptr<Association> association_;
  std::map<ChannelId, Channel> channels_;
  std::vector<Control> control_;  // DCEP that did not fit into the send buffer
  ChannelId next_id_ = 1;
  bool even_streams_ = true;
  bool connected_ = false;
  bool over_ = false;
  std::uint64_t remote_max_message_ = 65536;
};

}  // namespace sidetone::media::sctp
