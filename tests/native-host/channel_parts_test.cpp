#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "native-host/channel/credential.hpp"
#include "native-host/channel/peer_uid.hpp"
#include "native-host/channel/tickets.hpp"
#include "native-host/options.hpp"
#include "net/crypto.hpp"
#include "tests/native-host/temporary_folder.hpp"

namespace sidetone::host::test {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

TEST(Tickets, AreGoodOnceAndForATime) {
  channel::Tickets tickets;
  const MonotonicTime now{Seconds{100}};
  const auto issue = [&](const std::string& ticket, std::uint32_t client) {
    tickets.issue(net::base64url(net::sha256(ticket)), client, now + Seconds{30});
  };
  issue("one", 1);
  issue("two", 2);
  EXPECT_EQ(tickets.redeem("three", now), std::nullopt);
  EXPECT_EQ(tickets.redeem("", now), std::nullopt);
  EXPECT_EQ(tickets.redeem(net::base64url(net::sha256("one")), now), std::nullopt) << "the hash is not the ticket";
  EXPECT_EQ(tickets.redeem("two", now), 2u);
  EXPECT_EQ(tickets.redeem("two", now), std::nullopt);
  EXPECT_EQ(tickets.redeem("one", now + Seconds{30}), std::nullopt);
  for (std::size_t i = 0; i < channel::Tickets::kMaxTickets + 1; ++i) issue("t" + std::to_string(i), 3);
  EXPECT_EQ(tickets.redeem("t0", now), std::nullopt);
  EXPECT_EQ(tickets.redeem("t1", now), 3u);
}

// Lines as Linux prints them; the second connection is IPv6, the third IPv4 on an IPv6 socket.
constexpr const char* kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n"
    "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1\n"
    "   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:00000A00 00000000  1000        0 3 2 0 20 4 30 10 -1\n"
    "   3: 0100007F:C351 0100007F:1F90 06 00000000:00000000 00:00000000 00000000     0        0 0 3 0\n";
constexpr const char* kTable6 =
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr "
    "tm->when retrnsmt   uid  timeout inode\n"
    "   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:1F90 01 00000000:00000000 "
    "00:00000000 00000000  1001        0 9 1\n"
    "   1: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 "
    "00:00000000 00000000  1002        0 9 1\n";

TEST(PeerUid, ReadsTheKernelsTables) {
  const tcp::endpoint near(make_address("127.0.0.1"), 8080);
  EXPECT_EQ(channel::find_uid(kTable, {make_address("127.0.0.1"), 50000}, near), 1000u);
  EXPECT_EQ(channel::find_uid(kTable, {make_address("127.0.0.1"), 50001}, near), std::nullopt)
      << "closed: the kernel shows no owner";
  EXPECT_EQ(channel::find_uid(kTable, {make_address("127.0.0.1"), 50002}, near), std::nullopt);
  const tcp::endpoint near6(make_address("::1"), 8080);
  EXPECT_EQ(channel::find_uid(kTable6, {make_address("::1"), 50000}, near6), 1001u);
  EXPECT_EQ(
      channel::find_uid(kTable6, {make_address("::ffff:127.0.0.1"), 50002}, {make_address("::ffff:127.0.0.1"), 8080}),
      1002u);
  EXPECT_EQ(channel::find_uid("", near, near), std::nullopt);
  EXPECT_EQ(channel::find_uid("   2: 0100007F:C350 0100007F:1F90 01 0:0", {make_address("127.0.0.1"), 50000}, near),
            std::nullopt);
}

TEST(Credential, IsKeptForThisUserAlone) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "data/host.json";
  EXPECT_EQ(channel::load_credential(file).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(channel::save_credential(file, {"h1", "secret", "wss://s"}));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto loaded = channel::load_credential(file);
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(loaded->host, "h1");
  EXPECT_EQ(loaded->credential, "secret");
  EXPECT_EQ(loaded->service, "wss://s");
  ASSERT_TRUE(channel::save_credential(file, {"h2", "other", "wss://s"}));
  EXPECT_EQ(channel::load_credential(file)->host, "h2");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1) << "nothing is left behind";

  ::chmod(file.c_str(), 0640);
  EXPECT_EQ(channel::load_credential(file).error().code, ErrorCode::kForbidden);
  for (const auto* bad :
       {"", "{}", "[]", R"({"host":"","credential":"x","service":""})", R"({"host":"h","credential":"c"})"}) {
    std::ofstream(file) << bad;
    ::chmod(file.c_str(), 0600);
    const auto refused = channel::load_credential(file);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kMalformed) << bad;
    EXPECT_EQ(refused.error().where, file.string());
  }
  channel::forget_credential(file);
  EXPECT_FALSE(std::filesystem::exists(file));
}

Result<Options> parse(std::vector<const char*> arguments) { return parse_options(arguments); }

TEST(Options, AreRead) {
  const auto options = parse({"--service", "wss://Sidetone.example:8443/", "--data=/d", "--name", "Desk 4",
                              "--no-devices", "--loopback-port", "4711", "--events", "--log-level", "debug", "--ca",
                              "/ca.pem", "--pulse-server", "unix:/p"});
  ASSERT_TRUE(options) << to_string(options.error());
  EXPECT_EQ(options->service, "wss://sidetone.example:8443");
  EXPECT_EQ(options->credential_file, "/d/host.json");
  EXPECT_FALSE(options->credential_given);
  EXPECT_EQ(options->name, "Desk 4");
  EXPECT_FALSE(options->use_devices);
  EXPECT_EQ(options->loopback_port, 4711);
  EXPECT_TRUE(options->events);
  EXPECT_EQ(options->pulse_server, "unix:/p");
  const auto robot = parse({"--service", "ws://127.0.0.1:9", "--data", "/d", "--credential", "/c", "--no-loopback"});
  ASSERT_TRUE(robot);
  EXPECT_TRUE(robot->credential_given);
  EXPECT_EQ(robot->credential_file, "/c");
  EXPECT_EQ(robot->loopback_port, std::nullopt);
  EXPECT_FALSE(robot->name.empty());
  for (const char* here : {"ws://127.8.8.8:9", "ws://[::1]:9", "ws://localhost:9"})
    EXPECT_TRUE(parse({"--service", here, "--data", "/d"})) << here;
  EXPECT_TRUE(parse({"--help"})->help);
  EXPECT_TRUE(parse({"--version"})->version);
}

TEST(Options, WrongOnesAreNamed) {
  const std::pair<std::vector<const char*>, const char*> cases[] = {
      {{}, "--service"},
      {{"--service"}, "--service"},
      {{"--service", "https://s"}, "--service"},
      {{"--service", "ws://elsewhere.example"}, "--service"},
      {{"--service", "ws://127.attacker.example"}, "--service"},
      {{"--service", "ws://127.0.0.1.attacker.example"}, "--service"},
      {{"--service", "wss://s/path"}, "--service"},
      {{"--frobnicate"}, "--frobnicate"},
      {{"word"}, "word"},
      {{"--events=1"}, "--events"},
      {{"--loopback-port", "70000"}, "--loopback-port"},
      {{"--loopback-port", ""}, "--loopback-port"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--name", ""}, "--name"},
  };
  for (const auto& [arguments, where] : cases) {
    const auto options = parse(arguments);
    ASSERT_FALSE(options) << where;
    EXPECT_EQ(options.error().where, where);
    EXPECT_FALSE(options.error().text.empty());
  }
}

}  // namespace
}  // namespace sidetone::host::test
