#include "native-host/control/control_hub.hpp"

#include "core/protocol/failure.hpp"
#include "native-host/control/text.hpp"

namespace sidetone::host::control {
namespace {

constexpr Seconds kSweepInterval{5};

}  // namespace

ControlHub::ControlHub(media::peer::MediaEngine& engine, const Clock& clock, Scheduler& scheduler, HubOutput& output,
                       std::string host_name)
    : engine_(engine),
      clock_(clock),
      scheduler_(scheduler),
      output_(output),
      host_name_(std::move(host_name)),
      peers_(engine, clock,
             {[this](const HostMessage& message) { return emit(message); }, [this] { report_live_calls(); }}),
      unattended_since_(clock.now()) {}

void ControlHub::receive(ClientKey client, std::string_view frame) {
  auto decoded = protocol::decode<protocol::ClientToHost>(frame, protocol::limits::kControlBytes);
  if (auto* error = std::get_if<protocol::FrameError>(&decoded)) {
    ++malformed_frames_;
    return send(client, protocol::failure_from(error->error), {error->request, std::nullopt});
  }
  const auto& request = std::get<protocol::Frame<protocol::ClientToHost>>(decoded);
  if (const auto* wish = std::get_if<protocol::Attach>(&request.message))
    return attach(client, *wish, request.envelope);
  if (!session_ || attached_ != client) {
    const Error error{ErrorCode::kConflict,
                      session_ ? "another client is attached; attach to take over" : "attach first", ""};
    return send(client, protocol::failure_from(error), request.envelope);
  }
  if (!reachable_) {
    reachable_ = true;
    unattended_since_.reset();
    peers_.deliver_waiting();
  }
  answer(client, session_->handle(request.message), request.envelope);
  keep_sweeping();
}

void ControlHub::attach(ClientKey client, const protocol::Attach& request, const protocol::Envelope& envelope) {
  if (session_ && attached_ != client && reachable_) send(attached_, protocol::Detached{}, {});
  session_ = std::make_shared<ControlSession>(peers_, engine_, scheduler_, host_name_,
                                              [this](const HostMessage& message) { emit(message); });
  attached_ = client;
  reachable_ = true;
  unattended_since_.reset();
  answer(client, session_->handle(request), envelope);
  peers_.deliver_waiting();
  output_.client_attached(client);
}

void ControlHub::client_lost(ClientKey client) {
  if (session_ && attached_ == client) leave_unattended();
}

void ControlHub::client_gone(ClientKey client) {
  if (!session_ || attached_ != client) return;
  session_.reset();
  peers_.drop_unused_tracks();
  leave_unattended();
}

void ControlHub::rendezvous_lost() {
  if (session_ && attached_ < kLoopback) leave_unattended();
}

void ControlHub::pairing_over() {
  session_.reset();
  peers_.forget_all();
  leave_unattended();
}

void ControlHub::leave_unattended() {
  reachable_ = false;
  if (session_) session_->unreachable();
  if (!unattended_since_) unattended_since_ = clock_.now();
}

void ControlHub::devices_changed() { emit(protocol::MediaDevices{media_devices(engine_.audio())}); }

void ControlHub::answer(ClientKey client, const Result<HostMessage>& result, const protocol::Envelope& envelope) {
  if (!result) return send(client, protocol::failure_from(result.error()), envelope);
  if (envelope.request) send(client, *result, envelope);
}

bool ControlHub::emit(const HostMessage& message) {
  if (!session_ || !reachable_) return false;
  send(attached_, message, {});
  return true;
}

void ControlHub::send(ClientKey client, const HostMessage& message, const protocol::Envelope& envelope) {
  const protocol::Envelope answered{envelope.request, std::nullopt};
  auto frame = to_utf8(std::visit([&](const auto& one) { return protocol::encode(one, answered); }, message));
  if (frame.size() > protocol::limits::kControlBytes) {
    const Error error{ErrorCode::kTooLarge, "the answer is longer than a control message may be", ""};
    frame = protocol::encode(protocol::failure_from(error), answered);
  }
  output_.send(client, std::move(frame));
}

void ControlHub::report_live_calls() {
  auto calls = peers_.live_calls();
  if (calls == reported_calls_) return;
  reported_calls_ = calls;
  output_.live_calls(std::move(calls));
}

void ControlHub::keep_sweeping() {
  if (sweeping_ || peers_.empty()) return;
  sweeping_ = true;
  scheduler_.after(kSweepInterval, [this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.expired()) return;
    sweeping_ = false;
    peers_.sweep(unattended_since_);
    keep_sweeping();
  });
}

}  // namespace sidetone::host::control
