#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "net/crypto.hpp"
#include "tests/service/support/rig.hpp"

/// Echo and Music: the robots' host is played by the test.
namespace sidetone::service::testing {
namespace {

using namespace protocol;

const std::string kOwnFingerprint =
    "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99";
const std::string kFarFingerprint =
    "11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00";

/// The native host that carries the robots' voice: answers what the service asks of it.
class RobotHost {
 public:
  explicit RobotHost(Rig& rig) : host_(rig) {
    host_.host = kRobotHost;
    host_.credential = kRobotCredential;
  }
  void come(std::vector<PeerInfo> peers = {}, std::vector<std::string> live = {}) {
    peers_ = std::move(peers);
    host_.connect();
    host_.sign_in(std::move(live));
    work();
  }
  void lose() { host_.lose(); }
  void live(std::vector<std::string> calls) { host_.send(HostLiveCalls{std::move(calls)}); }

  /// Answer everything that has been asked.
  void work() {
    for (auto asked = host_.events<HostControl>(); !asked.empty(); asked = host_.events<HostControl>()) {
      for (const auto& one : asked) {
        EXPECT_EQ(one.client, 0u);
        auto decoded = decode<ClientToHost>(one.message);
        ASSERT_TRUE(std::holds_alternative<Frame<ClientToHost>>(decoded)) << one.message;
        const auto& frame = std::get<Frame<ClientToHost>>(decoded);
        std::visit([&](const auto& message) { answer(frame.envelope, message); }, frame.message);
      }
    }
  }
  template <class M>
  void say(const M& message, std::optional<std::uint32_t> request = std::nullopt) {
    host_.send(HostControl{0, encode(message, {request, std::nullopt})});
  }

  std::map<std::string, std::string> peer_of_call;  ///< by tag
  std::vector<std::string> closed;
  std::vector<std::string> stopped;  ///< tracks
  std::vector<CandidateAdd> candidates;
  std::vector<std::string> captured;
  std::vector<ChannelMessage> said;
  bool fails = false;

 private:
  void answer(const Envelope& asked, const Attach&) { say(Attached{1, "0.1", "robots", peers_, {}}, asked.request); }
  void answer(const Envelope& asked, const PeerCreate& message) {
    peer_of_call[message.tag] = message.peer;
    ok(asked);
  }
  void answer(const Envelope& asked, const TrackCapture& message) {
    if (fails) return say(Failure{"unavailable", "no such device", std::nullopt, std::nullopt}, asked.request);
    captured.push_back(message.device);
    ok(asked);
  }
  void answer(const Envelope& asked, const RemoteSet& message) { say(Transceivers{message.peer, {}}, asked.request); }
  void answer(const Envelope& asked, const TransceiverAdd& message) {
    say(Transceivers{message.peer, {}}, asked.request);
  }
  void answer(const Envelope& asked, const AnswerCreate& message) {
    say(Description{message.peer, SdpKind::kAnswer, sdp()}, asked.request);
  }
  void answer(const Envelope& asked, const LocalSet& message) {
    say(Description{message.peer, SdpKind::kAnswer, sdp()}, asked.request);
  }
  void answer(const Envelope& asked, const CandidateAdd& message) {
    candidates.push_back(message);
    ok(asked);
  }
  void answer(const Envelope& asked, const PeerClose& message) {
    closed.push_back(message.peer);
    ok(asked);
  }
  void answer(const Envelope& asked, const TrackStop& message) {
    stopped.push_back(message.track);
    ok(asked);
  }
  void answer(const Envelope&, const ChannelMessage& message) { said.push_back(message); }
  template <class M>
  void answer(const Envelope& asked, const M&) {
    ok(asked);
  }
  void ok(const Envelope& asked) { say(Ok{}, asked.request); }
  static std::string sdp() { return "v=0\r\na=fingerprint:sha-256 " + kOwnFingerprint + "\r\n"; }

  HostClient host_;
  std::vector<PeerInfo> peers_;
};

bool verifies(const std::string& public_key, const std::string& text, const std::string& signature) {
  const auto der = net::base64url_decode(public_key);
  const auto raw = net::base64url_decode(signature);
  if (!der || !raw || raw->size() != 64) return false;
  const unsigned char* at = der->data();
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size()));
  ECDSA_SIG* parsed = ECDSA_SIG_new();
  ECDSA_SIG_set0(parsed, BN_bin2bn(raw->data(), 32, nullptr), BN_bin2bn(raw->data() + 32, 32, nullptr));
  unsigned char* packed = nullptr;
  const int size = i2d_ECDSA_SIG(parsed, &packed);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_DigestVerify(context, packed, static_cast<std::size_t>(size),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(packed);
  ECDSA_SIG_free(parsed);
  EVP_PKEY_free(key);
  return good;
}

class RobotsTest : public ::testing::Test {
 protected:
  std::string call(Client& from, const std::string& robot) {
    CallInvite invite;
    invite.call = net::random_token(rig_.random, 16);
    invite.to = rig_.user(robot);
    invite.sdp = "v=0\r\na=fingerprint:sha-256 " + kFarFingerprint + "\r\n";
    from.ask_for<CallRinging>(invite);
    host_.work();
    return invite.call;
  }
  Rig rig_{{}, true};
  Client& alice_ = rig_["alice"];
  RobotHost host_{rig_};
};

TEST_F(RobotsTest, RobotsAreThereWhileTheirHostIs) {
  alice_.ask_for<Ok>(PresenceSubscribe{{rig_.user("echo")}, {}});
  const auto state = [&] { return rig_.service->presence().state_of(rig_.user("echo")).availability; };
  EXPECT_EQ(state(), Availability::kOffline);
  CallInvite invite;
  invite.call = "12345678";
  invite.to = rig_.user("echo");
  EXPECT_EQ(alice_.ask_for<CallEnded>(invite).reason, EndReason::kUnreachable);
  host_.come();
  EXPECT_EQ(state(), Availability::kOnline);
  host_.lose();
  EXPECT_EQ(state(), Availability::kOffline);
}

TEST_F(RobotsTest, ACallIsAnsweredWithTheRightSoundAndCleanedUp) {
  host_.come();
  const auto echo = call(alice_, "echo");
  const auto answered = alice_.events<CallAnswered>();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].call, echo);
  EXPECT_NE(answered[0].sdp.find(kOwnFingerprint), std::string::npos);
  EXPECT_EQ(host_.captured, (std::vector<std::string>{"echo"}));
  alice_.ask_for<Ok>(CallHangUp{echo});
  host_.work();
  EXPECT_EQ(host_.closed, (std::vector{host_.peer_of_call[echo]}));
  const auto records = alice_.ask_for<History>(HistorySync{0}).records;
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].other, rig_.user("echo"));
}

TEST_F(RobotsTest, SeveralCallAtOnceAndNobodyIsBusy) {
  host_.come();
  const auto first = call(alice_, "music");
  const auto second = call(rig_["bob"], "music");
  const auto third = call(rig_["carol"], "echo");
  EXPECT_EQ(host_.peer_of_call.size(), 3u);
  EXPECT_EQ(host_.captured, (std::vector<std::string>{"music", "music", "echo"}));
  EXPECT_EQ(rig_.service->calls().size(), 3u);
  alice_.ask_for<Ok>(CallHangUp{first});
  host_.work();
  EXPECT_EQ(host_.closed, (std::vector{host_.peer_of_call[first]}));
}

TEST_F(RobotsTest, ACallIsForwardedToARobotWithTheCandidatesSoFar) {
  auto& bob = rig_["bob"];
  const auto id = place_call(rig_, alice_, bob.user());
  alice_.ask_for<Ok>(CallCandidate{id, "from alice", "0", 0, "u"});
  const CallForward to_echo{id, rig_.user("echo"), std::nullopt};
  EXPECT_EQ(bob.ask_for_error(to_echo), "unavailable") << "the robots' host is not there";
  host_.come();
  bob.ask_for<Ok>(to_echo);
  host_.work();
  ASSERT_EQ(host_.candidates.size(), 1u);
  EXPECT_EQ(host_.candidates[0].candidate, "from alice");
  EXPECT_EQ(alice_.events<CallRinging>().at(0).user, rig_.user("echo"));
  EXPECT_EQ(alice_.events<CallAnswered>().size(), 1u);
  alice_.ask_for<Ok>(CallHangUp{id});
  EXPECT_EQ(alice_.ask_for<History>(HistorySync{0}).records.at(0).other, rig_.user("echo"));
}

TEST_F(RobotsTest, CandidatesPassBothWays) {
  host_.come();
  const auto echo = call(alice_, "echo");
  alice_.forget_events();
  alice_.ask_for<Ok>(CallCandidate{echo, "from alice", "0", 0, "u"});
  host_.work();
  ASSERT_EQ(host_.candidates.size(), 1u);
  EXPECT_EQ(host_.candidates[0].peer, host_.peer_of_call[echo]);
  EXPECT_EQ(host_.candidates[0].candidate, "from alice");
  host_.say(CandidateFound{host_.peer_of_call[echo], "from echo", "0", 0, "u"});
  const auto got = alice_.events<CallCandidate>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].candidate, "from echo");
  EXPECT_EQ(got[0].call, echo);
}

TEST_F(RobotsTest, ARobotProvesWhoItIs) {
  host_.come();
  const auto echo = call(alice_, "echo");
  const auto named = alice_.events<CallAnswered>().at(0).key_hash;
  const auto peer = host_.peer_of_call[echo];
  const std::string nonce(43, 'n');
  host_.say(ChannelOpened{peer, "other", "chat", "", 2, true});
  host_.say(ChannelMessage{peer, "other", false, encode(IdentityHello{nonce})});
  host_.work();
  EXPECT_TRUE(host_.said.empty()) << "on the identity channel only";
  host_.say(ChannelOpened{peer, "ch", "sidetone.identity", "", 0, true});
  host_.say(ChannelMessage{peer, "ch", false, encode(IdentityHello{nonce})});
  host_.work();
  ASSERT_EQ(host_.said.size(), 1u);
  EXPECT_EQ(host_.said[0].channel, "ch");
  auto decoded = decode<ClientToClient>(host_.said[0].data);
  ASSERT_TRUE(std::holds_alternative<Frame<ClientToClient>>(decoded));
  const auto* proof = std::get_if<IdentityProof>(&std::get<Frame<ClientToClient>>(decoded).message);
  ASSERT_NE(proof, nullptr);
  EXPECT_EQ(net::base64url(net::sha256(proof->key)), named) << "it is the key that the service names";
  const auto text =
      "sidetone identity 1\n" + echo + "\ncallee\n" + kOwnFingerprint + "\n" + kFarFingerprint + "\n" + nonce;
  EXPECT_TRUE(verifies(proof->key, text, proof->signature));
  EXPECT_FALSE(verifies(proof->key, text + "x", proof->signature));
}

TEST_F(RobotsTest, ACallThatTheHostRefusesEnds) {
  host_.come();
  host_.fails = true;
  const auto echo = call(alice_, "echo");
  const auto ended = alice_.events<CallEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].reason, EndReason::kFailed);
}

TEST_F(RobotsTest, ACallOutlivesTheServiceWhileItsHostCarriesIt) {
  host_.come();
  const auto echo = call(alice_, "echo");
  const auto peer = host_.peer_of_call[echo];
  host_.live({echo});
  rig_.kill_and_restart();
  alice_.resume();
  PeerInfo info;
  info.peer = peer;
  info.tag = echo;
  info.connection = ConnectionState::kConnected;
  info.channels = {{"ch", "sidetone.identity", "", true}};
  info.transceivers = {{"0", "track-of-echo", Direction::kSendRecv, Direction::kSendRecv, false}};
  PeerInfo stray;
  stray.peer = "stray";
  stray.tag = "no-such-call";
  stray.transceivers = {{"0", "stray-track", Direction::kSendRecv, Direction::kSendRecv, false}};
  host_.come({info, stray}, {echo});
  EXPECT_EQ(host_.closed, (std::vector<std::string>{"stray"}));
  EXPECT_EQ(host_.stopped, (std::vector<std::string>{"stray-track"}));
  rig_.advance(Seconds{120});
  EXPECT_EQ(alice_.ask_for<Calls>(CallList{}).calls.size(), 1u);
  host_.say(ChannelMessage{peer, "ch", false, encode(IdentityHello{std::string(43, 'n')})});
  host_.work();
  EXPECT_EQ(host_.said.size(), 1u) << "it still proves itself";
  alice_.ask_for<Ok>(CallHangUp{echo});
  host_.work();
  EXPECT_EQ(host_.closed, (std::vector<std::string>{"stray", peer}));
  EXPECT_EQ(host_.stopped, (std::vector<std::string>{"stray-track", "track-of-echo"})) << "nothing plays on for nobody";
}

TEST(IdentityKeyTest, IsKeptInAFileForItsOwnerAlone) {
  const auto file = std::filesystem::temp_directory_path() / ("sidetone-key-" + std::to_string(::getpid()));
  std::filesystem::remove(file);
  const auto first = robots::IdentityKey::load_or_make(file.string());
  ASSERT_TRUE(first.ok());
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto again = robots::IdentityKey::load_or_make(file.string());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(first->public_key(), again->public_key());
  EXPECT_TRUE(verifies(first->public_key(), "text", again->sign("text")));
  std::filesystem::remove(file);
}

TEST(FingerprintTest, IsFoundAndNormal) {
  EXPECT_EQ(robots::fingerprint_of(
                "v=0\r\na=fingerprint:sha-256 "
                "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99\r\n"),
            kOwnFingerprint);
  EXPECT_FALSE(robots::fingerprint_of("a=fingerprint:sha-1 AA:BB\r\n"));
  EXPECT_FALSE(robots::fingerprint_of("a=fingerprint:sha-256 AA:BB\r\n"));
}

}  // namespace
}  // namespace sidetone::service::testing
