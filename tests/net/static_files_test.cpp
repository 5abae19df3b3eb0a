#include "net/static_files.hpp"

#include <fstream>

#include "tests/net/net_fixture.hpp"

namespace sidetone::net::test {
namespace {

class StaticFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder.path() / "www/sub");
    std::filesystem::create_directories(folder.path() / "www-other");
    write("secret", "no");
    write("www-other/secret", "no");
    write("www/index.html", "<p>");
    write("www/.hidden", "no");
    write("www/sub/app-1a2b3c4d.js", "code");
    write("www/sub/app-1a2b3c4d.js.br", "brotli");
    write("www/sub/app-1a2b3c4d.js.gz", "gzip");
    write("www/long-name.js", "x");
    std::filesystem::create_symlink(folder.path() / "secret", folder.path() / "www/link");
    auto opened = StaticFiles::open({.root = folder.path() / "www"});
    ASSERT_TRUE(opened);
    files.emplace(std::move(opened).value());
  }
  void write(const std::string& name, const std::string& content) { std::ofstream(folder.path() / name) << content; }
  HttpResponse get(const std::string& target, const std::string& encodings = "", const std::string& etag = "") {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.accept_encoding = encodings;
    request.if_none_match = etag;
    return files->serve(request);
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }

  TemporaryFolder folder;
  std::optional<StaticFiles> files;
};

TEST_F(StaticFilesTest, ServesTheIndexWithSecurityHeaders) {
  const auto response = get("/?x=1");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(*response.body, "<p>");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
  const auto policy = header(response, "Content-Security-Policy");
  for (const std::string rule : {"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"})
    EXPECT_NE(policy.find(rule), std::string::npos) << rule;
  EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos);
  EXPECT_NE(header(response, "Permissions-Policy").find("microphone=(self)"), std::string::npos);
  EXPECT_EQ(header(response, "Cross-Origin-Opener-Policy"), "same-origin");
}

TEST_F(StaticFilesTest, CachesByContentHash) {
  EXPECT_EQ(header(get("/sub/app-1a2b3c4d.js"), "Content-Security-Policy"), "");
  const auto first = get("/index.html");
  const auto same = get("/index.html", "", header(first, "ETag"));
  EXPECT_EQ(same.status, 304u);
  EXPECT_EQ(same.body, nullptr);
  write("www/index.html", "<p>changed");
  const auto changed = get("/index.html", "", header(first, "ETag"));
  EXPECT_EQ(changed.status, 200u);
  EXPECT_EQ(*changed.body, "<p>changed");
  EXPECT_NE(header(get("/sub/app-1a2b3c4d.js"), "Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(header(get("/long-name.js"), "Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, SendsPackedFilesToWhoTakesThem) {
  const std::string file = "/sub/app-1a2b3c4d.js";
  EXPECT_EQ(*get(file).body, "code");
  EXPECT_EQ(*get(file, "gzip, deflate, br").body, "brotli");
  const auto gzip = get(file, "gzip;q=0.5, br;q=0");
  EXPECT_EQ(*gzip.body, "gzip");
  EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(gzip.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(*get(file, "zstd").body, "code");
  EXPECT_NE(header(gzip, "ETag"), header(get(file), "ETag"));
}

TEST_F(StaticFilesTest, NothingOutsideTheFolder) {
  for (const std::string target : {"/../secret",
                                   "/..%2fsecret",
                                   "/%2e%2e/secret",
                                   "/sub/../../secret",
                                   "/sub/..%2f..%2fsecret",
                                   "/..\\secret",
                                   "/%5c..%5csecret",
                                   "//etc/passwd",
                                   "/link",
                                   "/.hidden",
                                   "/sub/.%2e/index.html",
                                   "/index.html%00.js",
                                   "/index.html%0",
                                   "/../www-other/secret",
                                   "/sub",
                                   "/sub/",
                                   "secret",
                                   "",
                                   "*",
                                   "http://h/index.html",
                                   "/%2fetc/passwd",
                                   "/index.html/"})
    EXPECT_EQ(get(target).status, 404u) << target;
}

TEST_F(StaticFilesTest, OnlyGetAndHead) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/";
  const auto response = files->serve(request);
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
}

TEST_F(StaticFilesTest, MissingFolderIsNamed) {
  const auto none = StaticFiles::open({.root = folder.path() / "none"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().where, (folder.path() / "none").string());
}

}  // namespace
}  // namespace sidetone::net::test
