#include "media/device/pulse_backend.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "media/device/pulse_stream.hpp"

namespace sidetone::media::device {
namespace {

constexpr pa_usec_t kRetryUs = 1'000'000;

bool is_on_ears(int port_type) {
  return port_type == PA_DEVICE_PORT_TYPE_HEADPHONES || port_type == PA_DEVICE_PORT_TYPE_HEADSET ||
         port_type == PA_DEVICE_PORT_TYPE_HANDSET || port_type == PA_DEVICE_PORT_TYPE_EARPIECE;
}

/// What the server says of a sink or a source; their structures have the same members.
template <class Info>
Device described(const Info& info, bool input, bool hardware) {
  Device device;
  device.id = info.name;
  device.label = info.description == nullptr ? info.name : info.description;
  device.input = input;
  const char* sound_class = pa_proplist_gets(info.proplist, PA_PROP_DEVICE_CLASS);
  const char* form = pa_proplist_gets(info.proplist, PA_PROP_DEVICE_FORM_FACTOR);
  const std::string_view form_factor = form == nullptr ? "" : form;
  device.in_room = hardware || (sound_class != nullptr && std::string_view(sound_class) == "sound");
  device.worn = form_factor == "headset" || form_factor == "headphone" || form_factor == "handset" ||
                (info.active_port != nullptr && is_on_ears(static_cast<int>(info.active_port->type)));
  return device;
}

}  // namespace

PulseBackend::PulseBackend(EventLoop& loop, PulseOptions options, BackendEvents events)
    : loop_(loop), options_(std::move(options)), events_(std::move(events)) {
  connect();
}

PulseBackend::~PulseBackend() {
  disconnect();
  if (retry_ != nullptr) loop_.api()->time_free(retry_);
}

void PulseBackend::connect() {
  pa_proplist* properties = pa_proplist_new();
  pa_proplist_sets(properties, PA_PROP_APPLICATION_NAME, "Sidetone");
  pa_proplist_sets(properties, PA_PROP_MEDIA_ROLE, "phone");
  context_ = pa_context_new_with_proplist(loop_.api(), "Sidetone", properties);
  pa_proplist_free(properties);
  if (context_ == nullptr) return lost("no connection to the audio server can be made");
  pa_context_set_state_callback(
      context_, [](pa_context*, void* user) { static_cast<PulseBackend*>(user)->on_state(); }, this);
  const char* server = options_.server.empty() ? nullptr : options_.server.c_str();
  if (pa_context_connect(context_, server, PA_CONTEXT_NOAUTOSPAWN, nullptr) < 0) {
    lost(std::string("no audio server: ") + pa_strerror(pa_context_errno(context_)));
  }
}

void PulseBackend::disconnect() {
  ready_ = false;
  waiting_answers_ = 0;
  list_again_ = false;
  if (context_ == nullptr) return;
  pa_context_set_state_callback(context_, nullptr, nullptr);
  pa_context_set_subscribe_callback(context_, nullptr, nullptr);
  pa_context_disconnect(context_);
  pa_context_unref(context_);
  context_ = nullptr;
}

void PulseBackend::on_state() {
  switch (pa_context_get_state(context_)) {
    case PA_CONTEXT_READY: {
      ready_ = true;
      pa_context_set_subscribe_callback(
          context_,
          [](pa_context*, pa_subscription_event_type_t, std::uint32_t, void* user) {
            static_cast<PulseBackend*>(user)->list_devices();
          },
          this);
      const auto mask = static_cast<pa_subscription_mask_t>(PA_SUBSCRIPTION_MASK_SINK | PA_SUBSCRIPTION_MASK_SOURCE |
                                                            PA_SUBSCRIPTION_MASK_SERVER);
      if (pa_operation* operation = pa_context_subscribe(context_, mask, nullptr, nullptr))
        pa_operation_unref(operation);
      list_devices();
      break;
    }
    case PA_CONTEXT_FAILED:
    case PA_CONTEXT_TERMINATED:
      lost(std::string(ready_ ? "the audio server is gone: " : "no audio server: ") +
           pa_strerror(pa_context_errno(context_)));
      break;
    default:
      break;
  }
}

void PulseBackend::lost(const std::string& reason) {
  ready_ = false;
  listed_.clear();
  connect_later();
  events_.devices({}, reason);
}

// The context is exchanged from the loop, never inside one of its own callbacks.
void PulseBackend::connect_later() {
  timeval when{};
  pa_gettimeofday(&when);
  pa_timeval_add(&when, kRetryUs);
  if (retry_ != nullptr) {
    loop_.api()->time_restart(retry_, &when);
    return;
  }
  retry_ = loop_.api()->time_new(
      loop_.api(), &when,
      [](pa_mainloop_api*, pa_time_event*, const timeval*, void* user) {
        auto* self = static_cast<PulseBackend*>(user);
        self->disconnect();
        self->connect();
      },
      this);
}

void PulseBackend::list_devices() {
  if (!ready_) return;
  if (waiting_answers_ > 0) {
    list_again_ = true;
    return;
  }
  list_again_ = false;
  listed_.clear();
  waiting_answers_ = 3;
  pa_operation* server = pa_context_get_server_info(
      context_,
      [](pa_context*, const pa_server_info* info, void* user) {
        auto* self = static_cast<PulseBackend*>(user);
        if (info != nullptr) {
          self->default_sink_ = info->default_sink_name == nullptr ? "" : info->default_sink_name;
          self->default_source_ = info->default_source_name == nullptr ? "" : info->default_source_name;
        }
        self->listing_done();
      },
      this);
  pa_operation* sinks = pa_context_get_sink_info_list(
      context_,
      [](pa_context*, const pa_sink_info* info, int end, void* user) {
        auto* self = static_cast<PulseBackend*>(user);
        if (end != 0) return self->listing_done();
        const bool hardware = (info->flags & (PA_SINK_HARDWARE | PA_SINK_NETWORK)) != 0;
        self->listed_.push_back(described(*info, false, hardware));
      },
      this);
  pa_operation* sources = pa_context_get_source_info_list(
      context_,
      [](pa_context*, const pa_source_info* info, int end, void* user) {
        auto* self = static_cast<PulseBackend*>(user);
        if (end != 0) return self->listing_done();
        const bool hardware = (info->flags & (PA_SOURCE_HARDWARE | PA_SOURCE_NETWORK)) != 0;
        Device device = described(*info, true, hardware);
        device.monitor = info->monitor_of_sink != PA_INVALID_INDEX;
        self->listed_.push_back(std::move(device));
      },
      this);
  for (pa_operation* operation : {server, sinks, sources}) {
    if (operation != nullptr) {
      pa_operation_unref(operation);
    } else {
      --waiting_answers_;  // the connection is breaking: on_state tells
    }
  }
}

void PulseBackend::listing_done() {
  if (waiting_answers_ == 0 || --waiting_answers_ > 0) return;
  if (list_again_) return list_devices();
  publish();
}

void PulseBackend::publish() {
  for (Device& device : listed_) device.is_default = device.id == (device.input ? default_source_ : default_sink_);
  // PulseAudio names a monitor as the default source where there is nothing else, or nothing plugged in. Nobody wants
  // to call with what the loudspeaker plays: the first real input stands in.
  const bool real_default =
      std::ranges::any_of(listed_, [](const Device& d) { return d.input && d.is_default && !d.monitor; });
  if (!real_default) {
    for (Device& device : listed_) device.is_default = device.is_default && !device.input;
    const auto first = std::ranges::find_if(listed_, [](const Device& d) { return d.input && !d.monitor; });
    if (first != listed_.end()) first->is_default = true;
  }
  events_.devices(listed_, {});
}

std::unique_ptr<Stream> PulseBackend::open_capture(const std::string& id, OnCapture on_capture) {
  if (!ready_) return nullptr;
  return std::make_unique<PulseCapture>(context_, id, options_.period, std::move(on_capture), events_.stream_lost);
}

std::unique_ptr<Stream> PulseBackend::open_playback(const std::string& id, OnRender on_render) {
  if (!ready_) return nullptr;
  return std::make_unique<PulsePlayback>(context_, id, options_.period, std::move(on_render), events_.stream_lost);
}

}  // namespace sidetone::media::device
