#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "service/config/settings.hpp"
#include "service/service.hpp"

namespace sidetone::service::config {
namespace {

struct Wrong {
  const char* text;
  const char* where;
  const char* reason;
};

class WrongSettingTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongSettingTest, IsRefusedWithItsLineAndTheReason) {
  const auto settings = parse_settings(GetParam().text, "f.conf");
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().where, GetParam().where);
  EXPECT_NE(settings.error().text.find(GetParam().reason), std::string::npos) << settings.error().text;
}

INSTANTIATE_TEST_SUITE_P(
    Settings, WrongSettingTest,
    ::testing::Values(Wrong{"[servre]\nport = 1\n", "f.conf:1", "no section [servre]"},
                      Wrong{"# comment\n\n[server]\nprot = 1\n", "f.conf:4", "no setting 'prot' in [server]"},
                      Wrong{"[server]\nport = high\n", "f.conf:2", "whole number, not 'high'"},
                      Wrong{"[server]\nport = 65536\n", "f.conf:2", "between 0 and 65535"},
                      Wrong{"[server]\nport = 99999999999\n", "f.conf:2", "between 0 and 65535"},
                      Wrong{"[server]\nport = -1\n", "f.conf:2", "whole number"},
                      Wrong{"[server]\nport = 80 80\n", "f.conf:2", "whole number"},
                      Wrong{"[demo]\ncompany = yes\n", "f.conf:2", "true or false"},
                      Wrong{"[log]\nlevel = loud\n", "f.conf:2", "one of debug info warning error"},
                      Wrong{"port = 1\n", "f.conf:1", "before the first [section]"},
                      Wrong{"[server]\nport\n", "f.conf:2", "key = value"},
                      Wrong{"[server\n", "f.conf:1", "']' is missing"},
                      Wrong{"[server]\nport = 1\nport = 2\n", "f.conf:3", "set twice"},
                      Wrong{"[ice]\nstun = a,,b\n", "f.conf:2", "empty item"},
                      Wrong{"[ice]\nstun = stun.example.com\n", "f.conf:2", "stun:stun.example.com"},
                      Wrong{"[ice]\nstun = turn:a.example\n", "f.conf:2", "stun:stun.example.com"},
                      Wrong{"[ice]\nstun = stun:a.example?transport=udp\n", "f.conf:2", "stun:stun.example.com"},
                      Wrong{"[ice]\nturn = turn:a.example?transport=sctp\n", "f.conf:2", "transport=udp"},
                      Wrong{"[ice]\nturn = turn:a.example:0\n", "f.conf:2", "transport=udp"},
                      Wrong{"[ice]\nturn = turn:\n", "f.conf:2", "transport=udp"},
                      Wrong{"[ice]\nturn = turn:a/b\n", "f.conf:2", "transport=udp"},
                      Wrong{"[server]\naddress = localhost\n", "f.conf:2", "an IP address, not 'localhost'"},
                      Wrong{"[server]\ntrusted_proxies = 10.0.0.1, proxy\n", "f.conf:2", "an IP address, not 'proxy'"},
                      Wrong{"[server]\nallowed_origins = https://a.example/\n", "f.conf:2", "without a path"},
                      Wrong{"[server]\nallowed_origins = a.example\n", "f.conf:2", "without a path"},
                      Wrong{"[server]\nallowed_origins = https://a.example:443\n", "f.conf:2",
                            "spelled as browsers do: \"https://a.example\""},
                      Wrong{"[server]\nallowed_origins = https://A.example\n", "f.conf:2", "spelled as browsers do"},
                      Wrong{"[server]\npublic_url = http://phone.example.com\n", "f.conf:2", "must be https"}));

TEST(SettingsTest, WhatIsMoreThanTheProtocolCarriesIsRefused) {
  const auto list = [](const char* section, const char* key, const std::string& item, int count) {
    std::string text = std::string("[") + section + "]\n" + key + " = " + item + "0";
    for (int i = 1; i < count; ++i) text += ", " + item + std::to_string(i);
    return text + "\n";
  };
  EXPECT_TRUE(parse_settings(list("server", "allowed_origins", "https://a", 16), "f.conf").ok());
  const auto origins = parse_settings(list("server", "allowed_origins", "https://a", 17), "f.conf");
  ASSERT_FALSE(origins.ok());
  EXPECT_EQ(origins.error().where, "f.conf:2");
  const auto both = parse_settings(list("ice", "stun", "stun:a", 9) +
                                       "turn = turn:a, turn:b, turn:c, turn:d, turn:e, "
                                       "turn:f, turn:g, turn:h?transport=tcp\n",
                                   "f.conf");
  ASSERT_TRUE(both.ok()) << to_string(both.error());
  const auto status = check_settings(*both);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().where, "f.conf:3");
}

TEST(SettingsTest, WhatDoesNotGoTogetherIsRefusedWithItsLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"[server]\nport = 1\naddress = 192.0.2.1\n", "f.conf:3"},
      {"[server]\nkey = k.pem\n", "f.conf:2"},
      {"[ice]\n\nturn_secret = a\nturn_user = b\nturn_password = c\n", "f.conf:3"},
      {"[ice]\nturn_password = c\n", "f.conf:2"},
  };
  for (const auto& [text, where] : cases) {
    const auto settings = parse_settings(text, "f.conf");
    ASSERT_TRUE(settings.ok()) << text;
    const auto status = check_settings(*settings);
    ASSERT_FALSE(status.ok()) << text;
    EXPECT_EQ(status.error().where, where);
  }
}

TEST(SettingsTest, FilesThatCannotBeReadAreNamedWithTheirLine) {
  const auto file = std::filesystem::path(__FILE__).string();
  const auto folder = std::filesystem::path(__FILE__).parent_path().string();
  const auto check = [](const std::string& text) {
    const auto settings = parse_settings("[server]\n" + text, "f.conf");
    return check_files(settings.value());
  };
  EXPECT_TRUE(check("certificate = " + file + "\nkey = " + file + "\nweb_root = " + folder + "\n").ok());
  for (const auto& wrong : {"key = " + folder, "certificate = " + folder + "/none.pem", "web_root = " + file,
                            std::string("web_root = /no/such/folder")}) {
    const auto status = check(wrong + "\n");
    ASSERT_FALSE(status.ok()) << wrong;
    EXPECT_EQ(status.error().where, "f.conf:2");
  }
}

TEST(SettingsTest, AFileIsRead) {
  const auto settings = parse_settings(
      "  # comment\r\n[server]\r\nport=9000\r\n address =  ::1 \n[ice]\nstun = stun:a.example , "
      "stun:b.example\n[demo]\ncompany = true",
      "f.conf");
  ASSERT_TRUE(settings.ok()) << to_string(settings.error());
  EXPECT_EQ(settings->port, 9000u);
  EXPECT_EQ(settings->address, "::1");
  EXPECT_EQ(settings->stun, (std::vector<std::string>{"stun:a.example", "stun:b.example"}));
  EXPECT_TRUE(settings->demo_company);
}

TEST(SettingsTest, WhatIsPrintedIsReadBackAsTheDefaults) {
  const auto printed = print_defaults();
  const auto settings = parse_settings(printed, "printed");
  ASSERT_TRUE(settings.ok()) << to_string(settings.error());
  for (const auto& setting : settings_table()) {
    EXPECT_NE(printed.find("\n" + std::string(setting.key) + " ="), std::string::npos) << setting.key;
    EXPECT_GT(setting.doc.size(), 10u) << setting.key;
    const Settings defaults;
    std::visit([&](auto member) { EXPECT_EQ((*settings).*member, defaults.*member) << setting.key; }, setting.member);
  }
}

TEST(SettingsTest, TheDocumentedPageIsTheTable) {
  std::ifstream in(std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "docs" /
                   "configuration.md");
  const std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, print_reference()) << "run sidetone-service --print-config-reference > docs/configuration.md";
}

TEST(SettingsTest, PlainHttpIsForLoopbackAlone) {
  Settings settings;
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1"}) {
    settings.address = address;
    EXPECT_TRUE(check_settings(settings).ok()) << address;
  }
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "localhost", "example.com"}) {
    settings.address = address;
    const auto status = check_settings(settings);
    ASSERT_FALSE(status.ok()) << address;
    EXPECT_NE(status.error().text.find("certificate"), std::string::npos);
  }
  settings.certificate = "cert.pem";
  EXPECT_FALSE(check_settings(settings).ok()) << "a certificate needs its key";
  settings.key = "key.pem";
  EXPECT_TRUE(check_settings(settings).ok());
}

TEST(SettingsTest, ThePublicUrlIsAnOrigin) {
  Settings settings;
  for (const char* url : {"https://phone.example.com", "http://127.0.0.1:9000"}) {
    settings.public_url = url;
    EXPECT_TRUE(check_settings(settings).ok()) << url;
  }
  for (const char* url : {"phone.example.com", "https://phone.example.com/", "https://phone.example.com/path",
                          "wss://phone.example.com"}) {
    settings.public_url = url;
    EXPECT_FALSE(check_settings(settings).ok()) << url;
  }
}

TEST(IceServersTest, SharedSecretGivesPasswordsForALimitedTime) {
  Settings settings;
  settings.stun = {"stun:stun.example.com"};
  settings.turn = {"turn:turn.example.com"};
  settings.turn_secret = "north";
  settings.turn_valid_s = 600;
  const auto servers = ice_servers(settings, 7, 1'433'895'918 - 600);
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_FALSE(servers[0].username);
  EXPECT_EQ(servers[1].username, "1433895918:7");
  // printf '1433895918:7' | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_EQ(servers[1].credential, "/S7cxlFY9Lt98mSttaBpZXA7AQg=");
  settings.turn_secret.clear();
  settings.turn_user = "u";
  settings.turn_password = "p";
  EXPECT_EQ(ice_servers(settings, 7, 0)[1].credential, "p");
}

}  // namespace
}  // namespace sidetone::service::config
