#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "media/dtls/dtls_transport.hpp"
#include "tests/media/support/sources.hpp"
#include "tests/media/support/vectors.hpp"

namespace sidetone::media::dtls {
namespace {

using Packet = std::vector<std::uint8_t>;

/// One end of a pipe in memory.
struct End {
  std::shared_ptr<const Certificate> certificate;
  std::unique_ptr<DtlsTransport> transport;
  std::vector<State> states;
  std::vector<std::string> received;
  std::deque<Packet> sent;

  End() {
    certificate = Certificate::make().value();
    Callbacks callbacks;
    callbacks.send = [this](Bytes datagram) { sent.emplace_back(datagram.begin(), datagram.end()); };
    callbacks.state_changed = [this](State state) { states.push_back(state); };
    callbacks.received = [this](Bytes data) { received.emplace_back(data.begin(), data.end()); };
    Options options;
    options.first_timeout = Microseconds{1'000};  // OpenSSL has no clock to inject; a short one keeps the test short
    transport = std::move(DtlsTransport::make(certificate, std::move(callbacks), options)).value();
  }
};

/// Carries packets between two ends; the network decides what happens to each.
class Pipe {
 public:
  using Network = std::function<void(std::deque<Packet>& queue)>;
  explicit Pipe(Network network = [](std::deque<Packet>&) {}) : network_(std::move(network)) {}

  void start(End& client, End& server) {
    ASSERT_TRUE(server.transport->start(Role::kServer, {client.certificate->fingerprint()}).ok());
    ASSERT_TRUE(client.transport->start(Role::kClient, {server.certificate->fingerprint()}).ok());
  }

  /// Until both ends are settled or nothing moves any more; true: both connected.
  bool run(End& a, End& b) {
    for (int i = 0; i < 200'000; ++i) {
      move(a, b);
      move(b, a);
      const auto settled = [](const End& end) {
        return end.transport->state() != State::kConnecting && end.transport->state() != State::kNew;
      };
      if (settled(a) && settled(b) && a.sent.empty() && b.sent.empty()) break;
      for (End* end : {&a, &b})
        if (const auto left = end->transport->timeout(); left && left->count() == 0) end->transport->handle_timeout();
    }
    return a.transport->state() == State::kConnected && b.transport->state() == State::kConnected;
  }

  std::size_t largest = 0;

 private:
  void move(End& from, End& to) {
    std::deque<Packet> queue;
    queue.swap(from.sent);
    for (const auto& packet : queue) largest = std::max(largest, packet.size());
    network_(queue);
    for (const auto& packet : queue) to.transport->receive(packet);
  }
  Network network_;
};

void expect_same_keys(const End& a, const End& b) {
  const auto keys_a = a.transport->srtp_keys();
  const auto keys_b = b.transport->srtp_keys();
  ASSERT_TRUE(keys_a.ok());
  ASSERT_TRUE(keys_b.ok());
  EXPECT_EQ(keys_a.value().suite, srtp::Suite::kAeadAes128Gcm);
  EXPECT_EQ(keys_a.value().local, keys_b.value().remote);
  EXPECT_EQ(keys_a.value().remote, keys_b.value().local);
  EXPECT_NE(keys_a.value().local, keys_a.value().remote);
}

TEST(Dtls, ConnectsAndCarriesData) {
  End client;
  End server;
  Pipe pipe;
  pipe.start(client, server);
  ASSERT_TRUE(pipe.run(client, server)) << client.transport->failure() << server.transport->failure();
  expect_same_keys(client, server);
  EXPECT_LE(pipe.largest, kMtuBytes);
  EXPECT_EQ(client.transport->version_hex(), "FEFD");
  EXPECT_TRUE(client.transport->cipher_name().starts_with("TLS_ECDHE_ECDSA_WITH_AES_128_GCM"));
  EXPECT_EQ(*client.transport->remote_fingerprint(), server.certificate->fingerprint());
  EXPECT_EQ(server.transport->remote_certificate(), client.certificate->der());
  const std::string text = "one record";
  ASSERT_TRUE(client.transport->send({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).ok());
  pipe.run(client, server);
  EXPECT_EQ(server.received, std::vector<std::string>{text});
  client.transport->close();
  pipe.run(client, server);
  EXPECT_EQ(server.transport->state(), State::kClosed);
  EXPECT_EQ(client.transport->send({}).error().code, ErrorCode::kUnavailable);
}

TEST(Dtls, SurvivesLossReorderAndDuplication) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    End client;
    End server;
    test::SeededRandom random(seed);
    Pipe pipe([&](std::deque<Packet>& queue) {
      std::deque<Packet> out;
      for (auto& packet : queue) {
        const std::uint32_t dice = random.next_u32() % 100;
        if (dice < 25) continue;
        if (dice < 40) out.push_back(packet);
        if (dice < 60) {
          out.push_front(packet);
        } else {
          out.push_back(packet);
        }
      }
      queue.swap(out);
    });
    pipe.start(client, server);
    ASSERT_TRUE(pipe.run(client, server))
        << "seed " << seed << ' ' << client.transport->failure() << server.transport->failure();
    expect_same_keys(client, server);
  }
}

TEST(Dtls, AWrongFingerprintEndsTheHandshakeBeforeThereAreKeys) {
  for (const bool client_checks : {true, false}) {
    End client;
    End server;
    End stranger;
    const auto& for_client = client_checks ? stranger : server;
    const auto& for_server = client_checks ? client : stranger;
    ASSERT_TRUE(server.transport->start(Role::kServer, {for_server.certificate->fingerprint()}).ok());
    ASSERT_TRUE(client.transport->start(Role::kClient, {for_client.certificate->fingerprint()}).ok());
    Pipe pipe;
    EXPECT_FALSE(pipe.run(client, server));
    const End& checker = client_checks ? client : server;
    EXPECT_EQ(checker.transport->state(), State::kFailed);
    EXPECT_NE(checker.transport->failure().find("fingerprint"), std::string::npos);
    EXPECT_FALSE(client.transport->srtp_keys().ok());
    EXPECT_FALSE(server.transport->srtp_keys().ok());
  }
}

TEST(Dtls, OneOfSeveralFingerprintsMayFit) {
  End client;
  End server;
  End stranger;
  const auto sha512 = fingerprint_of(client.certificate->x509(), "sha-512");
  ASSERT_TRUE(sha512.ok());
  ASSERT_TRUE(server.transport->start(Role::kServer, {stranger.certificate->fingerprint(), sha512.value()}).ok());
  ASSERT_TRUE(client.transport->start(Role::kClient, {server.certificate->fingerprint()}).ok());
  Pipe pipe;
  EXPECT_TRUE(pipe.run(client, server));
  EXPECT_EQ(End().transport->start(Role::kServer, {}).error().code, ErrorCode::kMalformed);
}

TEST(Dtls, KeepsABoundedNumberOfPacketsThatComeBeforeTheDescription) {
  End client;
  End server;
  ASSERT_TRUE(client.transport->start(Role::kClient, {server.certificate->fingerprint()}).ok());
  ASSERT_FALSE(client.sent.empty());
  server.transport->receive(client.sent.front());
  for (int i = 0; i < 100; ++i) server.transport->receive(Packet{22, 1, 2});
  EXPECT_EQ(server.transport->packets_dropped(), 85u);
  client.sent.clear();
  ASSERT_TRUE(server.transport->start(Role::kServer, {client.certificate->fingerprint()}).ok());
  EXPECT_FALSE(server.sent.empty()) << "the early ClientHello was not answered";
  Pipe pipe;
  EXPECT_TRUE(pipe.run(client, server));
}

/// What Chromium sent; the record's sequence number is changed so that a repetition is a retransmission and no replay.
Packet chromium_hello(int offset, std::uint8_t record) {
  Packet packet = test::read_vector_bytes("dtls/chromium156_client_hello_" + std::to_string(offset) + ".bin");
  EXPECT_GT(packet.size(), 13u);
  packet[10] = record;
  return packet;
}

bool answers_with_server_hello(const End& server) {
  // A handshake record (22) whose message is ServerHello (2).
  return !server.sent.empty() && server.sent.front().size() > 14 && server.sent.front()[0] == 22 &&
         server.sent.front()[13] == 2;
}

TEST(Dtls, TakesChromiumsFragmentedClientHello) {
  const std::vector<std::vector<Packet>> orders{
      {chromium_hello(0, 0), chromium_hello(1175, 1)},
      {chromium_hello(1175, 1), chromium_hello(0, 0)},  // swapped
      {chromium_hello(0, 0), chromium_hello(0, 0), chromium_hello(1175, 1),
       chromium_hello(1175, 1)},                                                 // duplicated on the way
      {chromium_hello(0, 0), chromium_hello(0, 2), chromium_hello(1175, 3)},     // second lost, all sent again
      {chromium_hello(1175, 1), chromium_hello(0, 2), chromium_hello(1175, 3)},  // first lost, all sent again
  };
  for (std::size_t i = 0; i < orders.size(); ++i) {
    End server;
    ASSERT_TRUE(server.transport->start(Role::kServer, {server.certificate->fingerprint()}).ok());
    for (const auto& packet : orders[i]) server.transport->receive(packet);
    EXPECT_TRUE(answers_with_server_hello(server)) << "order " << i << ' ' << server.transport->failure();
  }
  End server;
  ASSERT_TRUE(server.transport->start(Role::kServer, {server.certificate->fingerprint()}).ok());
  server.transport->receive(chromium_hello(0, 0));
  EXPECT_TRUE(server.sent.empty()) << "half a ClientHello was answered";
}

TEST(Dtls, FingerprintsOfWeakHashesAreRefused) {
  const std::string sha1 = "sha-1 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13";
  EXPECT_EQ(parse_fingerprint(sha1).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_fingerprint("md5 00").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_fingerprint("sha-256").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_fingerprint("sha-256 00:01").error().code, ErrorCode::kMalformed);
  const Fingerprint own = Certificate::make().value()->fingerprint();
  std::string text = to_string(own);
  EXPECT_EQ(parse_fingerprint(text).value(), own);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  EXPECT_EQ(parse_fingerprint(text).value(), own);
  text.back() = 'g';
  EXPECT_EQ(parse_fingerprint(text).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace sidetone::media::dtls
