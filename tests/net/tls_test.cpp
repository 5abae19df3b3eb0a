#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

#include "net/http_server.hpp"
#include "net/websocket.hpp"
#include "tests/net/net_fixture.hpp"

namespace sidetone::net::test {
namespace {

/// A self-signed certificate for `names` ("DNS:a,IP:127.0.0.1") and its key, as PEM files.
void make_certificate(const std::filesystem::path& folder, const std::string& name, const std::string& names) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, subject);
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen((folder / (name + ".crt")).c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen((folder / (name + ".key")).c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    make_certificate(folder.path(), "good", "DNS:localhost,IP:127.0.0.1");
    make_certificate(folder.path(), "elsewhere", "DNS:elsewhere.example");
  }

  Result<std::shared_ptr<HttpServer>> serve(const std::string& certificate, const std::string& key) {
    HttpServerOptions options;
    options.certificate_file = (folder.path() / (certificate + ".crt")).string();
    options.key_file = (folder.path() / (key + ".key")).string();
    HttpHandlers handlers;
    handlers.upgrade = [this](const HttpRequest&) -> UpgradeDecision {
      AcceptWebSocket accepted;
      accepted.opened = [this](std::shared_ptr<WebSocket> socket) {
        auto handlers_of = inbox.handlers();
        handlers_of.message = [raw = socket.get()](std::string_view text) { raw->send(std::string(text)); };
        socket->set_handlers(handlers_of);
      };
      return accepted;
    };
    return serve_http(loop.context.get_executor(), options, handlers);
  }

  Result<std::shared_ptr<WebSocket>> connect(const std::string& host, std::uint16_t port,
                                             const std::string& authority) {
    std::optional<Result<std::shared_ptr<WebSocket>>> got;
    WebSocketAddress address;
    address.url = "wss://" + host + ":" + std::to_string(port) + "/client";
    if (!authority.empty()) address.certificate_authority_file = (folder.path() / (authority + ".crt")).string();
    connect_websocket(loop.context.get_executor(), address, {}, [&](auto result) {
      if (result) (*result)->set_handlers(client_inbox.handlers());
      got = std::move(result);
    });
    EXPECT_TRUE(loop.run_until([&] { return got.has_value(); }));
    return got ? *got : Error{};
  }

  TemporaryFolder folder;
  Loop loop;
  Inbox inbox;
  Inbox client_inbox;
};

TEST_F(TlsTest, EchoesByNameAndByAddress) {
  auto server = serve("good", "good");
  ASSERT_TRUE(server) << to_string(server.error());
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    inbox = {};
    client_inbox = {};
    auto socket = connect(host, (*server)->port(), "good");
    ASSERT_TRUE(socket) << to_string(socket.error());
    std::string expected;
    // Sizes around a TLS record, many at once, so that reads and writes have to wait for each other.
    for (const std::size_t size : {1u, 100u, 16'000u, 16'384u, 16'500u, 65'000u}) {
      for (int i = 0; i < 5; ++i) (*socket)->send(std::string(size, static_cast<char>('a' + i)));
    }
    ASSERT_TRUE(loop.run_until([&] { return client_inbox.messages.size() == 30 || client_inbox.code != 0; }))
        << client_inbox.messages.size();
    for (std::size_t i = 0; i < client_inbox.messages.size(); ++i)
      EXPECT_EQ(client_inbox.messages[i], std::string(client_inbox.messages[i].size(), static_cast<char>('a' + i % 5)));
    (*socket)->close(kCloseNormal, "");
    ASSERT_TRUE(loop.run_until([&] { return inbox.code != 0 && client_inbox.code != 0; }));
    EXPECT_EQ(inbox.code, kCloseNormal);
    EXPECT_EQ((*server)->connections(), 0u);
  }
}

TEST_F(TlsTest, WrongHostNameIsRefused) {
  auto server = serve("elsewhere", "elsewhere");
  ASSERT_TRUE(server);
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const auto socket = connect(host, (*server)->port(), "elsewhere");
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().code, ErrorCode::kIo);
    EXPECT_NE(socket.error().text.find("mismatch"), std::string::npos) << socket.error().text;
  }
}

TEST_F(TlsTest, UnknownAuthorityIsRefused) {
  auto server = serve("good", "good");
  ASSERT_TRUE(server);
  for (const std::string authority : {"elsewhere", ""}) {
    const auto socket = connect("localhost", (*server)->port(), authority);
    ASSERT_FALSE(socket);
    EXPECT_NE(socket.error().text.find("TLS"), std::string::npos) << socket.error().text;
  }
  EXPECT_TRUE(loop.run_until([&] { return (*server)->connections() == 0; }));
}

TEST_F(TlsTest, UnusableFilesAreNamed) {
  const auto no_file = serve("absent", "good");
  ASSERT_FALSE(no_file);
  EXPECT_EQ(no_file.error().where, (folder.path() / "absent.crt").string());
  const auto wrong_key = serve("good", "elsewhere");
  ASSERT_FALSE(wrong_key);
  EXPECT_EQ(wrong_key.error().where, (folder.path() / "elsewhere.key").string());
}

TEST_F(TlsTest, PlainHttpOnATlsPortIsDropped) {
  auto server = serve("good", "good");
  ASSERT_TRUE(server);
  RawConnection raw(loop, (*server)->port());
  raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(raw.receive().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(loop.run_until([&] { return (*server)->connections() == 0; }));
}

}  // namespace
}  // namespace sidetone::net::test
