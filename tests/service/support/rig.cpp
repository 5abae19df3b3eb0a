#include "tests/service/support/rig.hpp"

#include <unistd.h>

#include "net/crypto.hpp"
#include "service/admin/demo_company.hpp"

namespace sidetone::service::testing {

// --- Client ---

void Client::connect(const std::string& address) {
  wire = std::make_shared<FakeWire>(address);
  connection = rig_.service->clients().opened(wire);
}

Client& Client::sign_in(const std::string& password) {
  connect();
  signed_in = ask_for<protocol::SignedIn>(protocol::SignIn{login_, password, device_name_, device_key});
  return *this;
}

bool Client::resume() {
  connect();
  const auto answer = ask_for<protocol::SignedIn>(protocol::Resume{signed_in.token, signed_in.session, last_sequence});
  signed_in = answer;
  return answer.resumed;
}

void Client::lose() {
  collect();
  rig_.service->clients().closed(connection);
  wire.reset();
}

std::uint32_t Client::send(const FromClient& message) {
  const auto request = next_request_++;
  send_text(std::visit([&](const auto& one) { return protocol::encode(one, {request, std::nullopt}); }, message));
  return request;
}

void Client::send_without_id(const FromClient& message) {
  send_text(std::visit([](const auto& one) { return protocol::encode(one); }, message));
}

void Client::send_text(const std::string& text) {
  rig_.service->clients().received(connection, text);
  rig_.settle();
}

ToClient Client::ask(const FromClient& message) {
  const auto request = send(message);
  collect();
  for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
    if (it->envelope.request != request) continue;
    auto answer = std::move(it->message);
    inbox_.erase(it);
    return answer;
  }
  ADD_FAILURE() << login_ << " got no answer to request " << request;
  return protocol::Ok{};
}

std::string Client::ask_for_error(const FromClient& message) {
  const auto answer = ask(message);
  const auto* failure = std::get_if<protocol::Failure>(&answer);
  return failure == nullptr ? std::string() : failure->code;
}

void Client::collect() {
  if (!wire) return;
  for (const auto& text : wire->frames) {
    EXPECT_LE(text.size(), protocol::limits::kFrameBytes);
    auto decoded = protocol::decode<protocol::ServiceToClient>(text);
    const auto* frame = std::get_if<protocol::Frame<protocol::ServiceToClient>>(&decoded);
    if (frame == nullptr) {
      ADD_FAILURE() << "not a frame of the service: " << text.substr(0, 200);
      continue;
    }
    if (const auto* hello = std::get_if<protocol::SignedIn>(&frame->message); hello != nullptr && !hello->resumed)
      last_sequence = 0;
    if (frame->envelope.sequence) {
      EXPECT_EQ(*frame->envelope.sequence, ++last_sequence) << login_ << ": " << text.substr(0, 200);
    }
    inbox_.push_back({frame->envelope, frame->message, text.size()});
  }
  wire->frames.clear();
}

std::vector<Received> Client::take() {
  collect();
  return std::exchange(inbox_, {});
}

std::string Client::describe(const ToClient& message) {
  return std::visit([](const auto& one) { return protocol::encode(one); }, message);
}

// --- HostClient ---

void HostClient::connect(const std::string& address) {
  wire = std::make_shared<FakeWire>(address);
  connection_ = rig_.service->hosts().opened(wire);
}

void HostClient::lose() {
  collect();
  rig_.service->hosts().closed(connection_);
  wire.reset();
}

std::uint32_t HostClient::send(const protocol::AnyMessage<protocol::HostToService>& message) {
  const auto request = next_request_++;
  rig_.service->hosts().received(connection_, std::visit(
                                                  [&](const auto& one) {
                                                    return protocol::encode(one, {request, std::nullopt});
                                                  },
                                                  message));
  rig_.settle();
  return request;
}

void HostClient::collect() {
  if (!wire) return;
  for (const auto& text : wire->frames) {
    auto decoded = protocol::decode<protocol::ServiceToHost>(text);
    if (const auto* frame = std::get_if<protocol::Frame<protocol::ServiceToHost>>(&decoded))
      inbox_.push_back(frame->message);
    else
      ADD_FAILURE() << "not a frame for a host: " << text.substr(0, 200);
  }
  wire->frames.clear();
}

std::vector<HostClient::Message> HostClient::take() {
  collect();
  return std::exchange(inbox_, {});
}

void HostClient::sign_in(std::vector<std::string> live_calls, std::uint32_t loopback_port) {
  send(protocol::HostSignIn{host, credential, "endpoint", "0.1", loopback_port, std::move(live_calls)});
}

void HostClient::pair_with(Client& person) {
  connect();
  send(protocol::HostEnrol{"endpoint"});
  const auto codes = events<protocol::HostCode>();
  ASSERT_EQ(codes.size(), 1u);
  const auto pairing = person.ask_for<protocol::HostPairing>(protocol::HostPair{codes[0].code});
  person.ask_for<protocol::Ok>(protocol::HostConfirm{pairing.pairing, true});
  const auto paired = events<protocol::HostPaired>();
  ASSERT_EQ(paired.size(), 1u);
  host = paired[0].host;
  credential = paired[0].credential;
  sign_in();
}

// --- Rig ---

Rig::Rig(config::Settings wanted, bool on_disk, std::uint32_t seed) : random(seed), settings(std::move(wanted)) {
  std::string path = ":memory:";
  if (on_disk) {
    folder_ = std::filesystem::temp_directory_path() / ("sidetone-rig-" + std::to_string(::getpid()) + "-" +
                                                        std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    std::filesystem::create_directories(folder_);
    path = (folder_ / "sidetone.db").string();
  }
  store = store::SqliteStore::open_manual(path).value();
  store->run<bool>(
      [](store::Transaction& t) -> Result<bool> {
        for (auto account : admin::demo_company()) {
          if (!account.robot) account.password_hash = "plain:sidetone";
          SIDETONE_TRY(account.user, t.add_account(account));
        }
        t.put_host({kRobotHost, 0, "robots", accounts::secret_hash(kRobotCredential)});
        return true;
      },
      [](Result<bool> added) { ASSERT_TRUE(added.ok()); });
  start();
}

Rig::~Rig() {
  clients_.clear();
  service.reset();
  store.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void Rig::start() {
  service = std::make_unique<Service>(Ground{*store, passwords, time, random, log}, settings,
                                      robots::IdentityKey::generate().value());
  bool ready = false;
  service->load([&](Status status) { ready = status.ok(); });
  settle();
  ASSERT_TRUE(ready);
  service->directory().for_each([this](const protocol::Contact& contact) { users_[*contact.address] = contact.user; });
}

void Rig::settle() {
  while (store->run_queued() > 0) {
  }
}

void Rig::advance(Microseconds by) {
  // In steps, so that what the store answers in between happens in between.
  const auto end = time.clock().now() + by;
  while (time.clock().now() < end) {
    time.advance(std::min<Microseconds>(Milliseconds{50}, end - time.clock().now()));
    settle();
  }
}

void Rig::kill_and_restart() {
  service.reset();
  store.reset();
  store = store::SqliteStore::open_manual((folder_ / "sidetone.db").string()).value();
  for (auto& [name, client] : clients_) client->wire.reset();
  start();
}

Client& Rig::stranger(const std::string& name) {
  auto& client = clients_[name];
  if (!client) {
    const auto slash = name.find('/');
    client = std::make_unique<Client>(*this, name.substr(0, slash),
                                      slash == std::string::npos ? "device" : name.substr(slash + 1));
  }
  return *client;
}

Client& Rig::operator[](const std::string& name) {
  auto& client = stranger(name);
  if (client.signed_in.user == 0) client.sign_in();
  return client;
}

std::string place_call(Rig& rig, Client& caller, UserId callee, std::optional<std::string> host) {
  const auto call = net::random_token(rig.random, 16);
  protocol::CallInvite invite;
  invite.call = call;
  invite.to = callee;
  invite.sdp = "offer of " + call;
  invite.host = std::move(host);
  caller.ask_for<protocol::CallRinging>(invite);
  return call;
}

}  // namespace sidetone::service::testing
