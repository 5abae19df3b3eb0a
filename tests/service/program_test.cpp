#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <thread>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "net/websocket.hpp"
#include "service/admin/program.hpp"
#include "service/store/sqlite_database.hpp"
#include "tests/service/support/pictures.hpp"

/// The program itself in a process of its own, over real sockets, and killed.
namespace sidetone::service {
namespace {

using namespace protocol;

constexpr const char* kDataVariable = "SIDETONE_TEST_SERVICE_DATA";

/// This test program, started again with the variable set, is the service.
[[maybe_unused]] const bool kIsTheService = [] {
  const char* data = std::getenv(kDataVariable);
  if (data == nullptr) return false;
  config::Settings settings;
  settings.data = data;
  settings.port = 0;
  settings.demo_company = true;
  settings.password_memory_kib = 8 * 1024;
  settings.log_level = "error";
  std::_Exit(admin::run_service(settings));
}();

struct Spawned {
  pid_t pid = 0;
  int output = -1;  ///< to read from; to be closed
};

/// Start a service on a folder. @param faults  what it says on standard error is in the output, too.
Spawned spawn(const std::filesystem::path& data, bool faults = false) {
  int out[2];
  EXPECT_EQ(::pipe(out), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    if (faults) ::dup2(out[1], STDERR_FILENO);
    ::close(out[0]);
    ::close(out[1]);
    ::setenv(kDataVariable, data.c_str(), 1);
    ::execl("/proc/self/exe", "sidetone-service", nullptr);
    std::_Exit(127);
  }
  ::close(out[1]);
  return {pid, out[0]};
}

class Program {
 public:
  explicit Program(const std::filesystem::path& data) {
    const auto spawned = spawn(data);
    pid_ = spawned.pid;
    output_ = spawned.output;
    std::string line;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line += c;
    EXPECT_EQ(line.rfind("ready http://127.0.0.1:", 0), 0u) << line;
    port_ = line.substr(line.rfind(':') + 1);
  }
  ~Program() {
    if (pid_ > 0) kill(SIGKILL);
    ::close(output_);
  }
  /// @return the exit status.
  int kill(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] const std::string& port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  int output_ = -1;
  std::string port_;
};

/// One signed-in client that sends and counts.
class Talker {
 public:
  explicit Talker(const std::string& port) {
    net::WebSocketAddress address;
    address.url = "ws://127.0.0.1:" + port + "/client";
    net::connect_websocket(context_.get_executor(), address, {},
                           [this](Result<std::shared_ptr<net::WebSocket>> opened) {
                             if (!opened.ok()) throw std::runtime_error(to_string(opened.error()));
                             socket_ = *opened;
                             socket_->set_handlers({[this](std::string_view text) { received(text); },
                                                    [this](std::uint16_t code, std::string_view) { closed = code; }});
                           });
    until([this] { return socket_ != nullptr; });
  }

  void until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("nothing happens");
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds{100});
    }
  }
  template <class M>
  std::uint32_t send(const M& message) {
    socket_->send(encode(message, {++request_, std::nullopt}));
    return request_;
  }
  template <class A, class M>
  A ask(const M& message) {
    const auto request = send(message);
    until([&] { return answers_.count(request) != 0; });
    const auto* answer = std::get_if<A>(&answers_[request]);
    EXPECT_NE(answer, nullptr);
    return answer ? *answer : A{};
  }
  std::map<std::uint32_t, AnyMessage<ServiceToClient>>& answers() { return answers_; }
  std::uint16_t closed = 0;

 private:
  void received(std::string_view text) {
    auto decoded = decode<ServiceToClient>(text);
    if (auto* frame = std::get_if<Frame<ServiceToClient>>(&decoded); frame && frame->envelope.request)
      answers_[*frame->envelope.request] = frame->message;
  }
  boost::asio::io_context context_;
  std::shared_ptr<net::WebSocket> socket_;
  std::uint32_t request_ = 0;
  std::map<std::uint32_t, AnyMessage<ServiceToClient>> answers_;
};

std::string http_get(const std::string& port, const std::string& target, const std::string& headers = "",
                     const std::string& connection = "close") {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(std::stoi(port))});
  boost::asio::write(socket, boost::asio::buffer("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                                                 "\r\nConnection: " + connection + "\r\n" + headers + "\r\n"));
  std::string out;
  boost::system::error_code ended;
  boost::asio::read(socket, boost::asio::dynamic_buffer(out), ended);
  return out;
}

/// Start another one on the same folder and wait for its end. @return its exit status and what it said.
std::pair<int, std::string> start_in_vain(const std::filesystem::path& data) {
  const auto [pid, output] = spawn(data, true);
  std::string said;
  for (char c = 0; ::read(output, &c, 1) == 1;) {
    said += c;
    if (c == '\n' && said.rfind("ready ", 0) == 0) ::kill(pid, SIGKILL);  // it was not in vain
  }
  ::close(output);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() : data_(std::filesystem::temp_directory_path() / ("sidetone-program-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(data_);
  }
  ~ProgramTest() override { std::filesystem::remove_all(data_); }
  std::filesystem::path data_;
};

TEST_F(ProgramTest, NothingAcknowledgedIsLostOrDoubledByKill9InTheMiddleOfSends) {
  constexpr std::size_t kEnough = 150;
  std::set<std::string> acknowledged;
  ConversationId conversation = 0;
  UserId bob = 0;
  {
    Program program(data_);
    Talker other(program.port());
    bob = other.ask<SignedIn>(SignIn{"bob", "sidetone", "test", ""}).user;
    Talker alice(program.port());
    alice.ask<SignedIn>(SignIn{"alice", "sidetone", "test", ""});
    conversation = alice.ask<Conversation>(ConversationOpen{bob}).info.conversation;
    std::map<std::uint32_t, std::string> sent;
    for (int i = 0; i < 200; ++i) {
      const auto id = "first-" + std::to_string(i);
      sent[alice.send(ChatSend{conversation, id, "text of " + id})] = id;
    }
    const auto count = [&] {
      for (const auto& [request, id] : sent)
        if (alice.answers().count(request) != 0 && std::holds_alternative<ChatSent>(alice.answers()[request]))
          acknowledged.insert(id);
      return acknowledged.size();
    };
    alice.until([&] { return count() >= kEnough; });
    program.kill(SIGKILL);
    count();
  }
  Program program(data_);
  Talker alice(program.port());
  alice.ask<SignedIn>(SignIn{"alice", "sidetone", "test", ""});
  // The client cannot know which of the others were stored, and sends them all again.
  for (int i = 0; i < 200; ++i) {
    const auto id = "first-" + std::to_string(i);
    alice.ask<ChatSent>(ChatSend{conversation, id, "text of " + id});
  }
  std::set<std::string> stored;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = alice.ask<ChatPage>(ChatHistory{conversation, std::nullopt, after, 100});
    for (const auto& message : page.messages) {
      EXPECT_EQ(message.number, ++after) << "numbers have no gaps";
      EXPECT_TRUE(stored.insert(message.client_message_id.value_or("")).second) << "doubled: " << message.text;
    }
    more = page.more;
  }
  EXPECT_EQ(stored.size(), 200u);
  for (const auto& id : acknowledged) EXPECT_EQ(stored.count(id), 1u) << id;
}

TEST_F(ProgramTest, TwoDoNotWorkOnOneFolder) {
  {
    Program program(data_);
    const auto [status, said] = start_in_vain(data_);
    EXPECT_EQ(status, 1);
    EXPECT_NE(said.find("another sidetone-service works on this data folder, process " + std::to_string(program.pid())),
              std::string::npos)
        << said;
    EXPECT_NE(said.find(data_.string()), std::string::npos) << said;
    EXPECT_NE(http_get(program.port(), "/health").find("200 OK"), std::string::npos)
        << "the first one is not disturbed";
  }
  Program again(data_);  // a lock does not outlive whoever is killed
}

TEST_F(ProgramTest, HealthSaysWhenTheStoreFails) {
  Program program(data_);
  Talker alice(program.port());
  alice.ask<SignedIn>(SignIn{"alice", "sidetone", "test", ""});
  const StatusSet status{Availability::kAway, std::nullopt, std::nullopt};
  alice.ask<Ok>(status);
  EXPECT_NE(http_get(program.port(), "/health").find(" 200 "), std::string::npos);
  auto saboteur = store::SqliteDatabase::open((data_ / "sidetone.db").string()).value();
  ASSERT_TRUE(saboteur->execute("ALTER TABLE statuses RENAME TO gone").ok());
  EXPECT_EQ(alice.ask<Failure>(status).code, "io");
  const auto health = http_get(program.port(), "/health");
  EXPECT_NE(health.find(" 503 "), std::string::npos) << health;
  EXPECT_NE(health.find("\"status\":\"the store fails\""), std::string::npos) << health;
  ASSERT_TRUE(saboteur->execute("ALTER TABLE gone RENAME TO statuses").ok());
  alice.ask<Ok>(status);
  EXPECT_NE(http_get(program.port(), "/health").find(" 200 "), std::string::npos);
}

TEST_F(ProgramTest, AnswersHttpAndKeepsItsSecrets) {
  Program program(data_);
  const auto health = http_get(program.port(), "/health");
  EXPECT_NE(health.find("200 OK"), std::string::npos);
  EXPECT_NE(health.find("\"status\":\"ok\""), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/").find("npm run call -- --from alice --to bob"), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/no-such-page").find(" 404 "), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/../../etc/passwd").find(" 404 "), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/directory/1").find(" 401 "), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/directory/1", "Authorization: Bearer made-up\r\n").find(" 401 "),
            std::string::npos);
  Talker alice(program.port());
  const auto signed_in = alice.ask<SignedIn>(SignIn{"alice", "sidetone", "test", ""});
  const auto snapshot = alice.ask<DirectorySnapshot>(DirectorySync{0});
  const auto bearer = "Authorization: Bearer " + signed_in.token + "\r\n";
  const auto directory = http_get(program.port(), snapshot.path, bearer);
  EXPECT_NE(directory.find("\"t\":\"directory\""), std::string::npos);
  const auto tag = directory.find("ETag: ");
  ASSERT_NE(tag, std::string::npos);
  const auto etag = directory.substr(tag + 6, directory.find("\r\n", tag) - tag - 6);
  EXPECT_NE(http_get(program.port(), snapshot.path, bearer + "If-None-Match: " + etag + "\r\n").find(" 304 "),
            std::string::npos);
  EXPECT_NE(
      http_get(program.port(), snapshot.path, bearer + "Accept-Encoding: gzip\r\n").find("Content-Encoding: gzip"),
      std::string::npos);
  const auto jpeg = testing::jpeg_of(limits::kPictureEdge, limits::kPictureEdge);
  alice.ask<Ok>(PictureSet{testing::base64url_of(jpeg)});
  const auto changed = alice.ask<protocol::Directory>(DirectorySync{snapshot.version});
  ASSERT_EQ(changed.contacts.size(), 1u);
  const auto path = "/pictures/" + changed.contacts[0].picture.value_or("");
  const auto picture = http_get(program.port(), path, bearer);
  EXPECT_EQ(picture.substr(picture.find("\r\n\r\n") + 4), jpeg);
  for (const char* header : {"Content-Type: image/jpeg", "X-Content-Type-Options: nosniff", "immutable", "sandbox"})
    EXPECT_NE(picture.find(header), std::string::npos) << header;
  EXPECT_NE(http_get(program.port(), path).find(" 401 "), std::string::npos);
  EXPECT_NE(http_get(program.port(), "/pictures/no-such-picture", bearer).find(" 404 "), std::string::npos);
  for (const char* file : {"robot-host.json", "robot-key.pem"}) {
    struct stat status {};
    ASSERT_EQ(::stat((data_ / file).c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(ProgramTest, PagesOfOtherOriginsMayNotConnect) {
  Program program(data_);
  const auto upgrade = [&](const std::string& path, const std::string& origin) {
    return http_get(program.port(), path,
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                    "dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: " +
                        origin + "\r\n",
                    "Upgrade")
        .substr(9, 3);
  };
  EXPECT_EQ(upgrade("/client", "http://evil.example"), "403");
  EXPECT_EQ(upgrade("/client", "null"), "403");
  EXPECT_EQ(upgrade("/client", "http://127.0.0.1"), "403") << "another port is another origin";
  EXPECT_EQ(upgrade("/host", "http://127.0.0.1:" + program.port()), "403") << "no page is a host";
}

TEST_F(ProgramTest, StopsCleanlyAndAsksClientsToComeBack) {
  Program program(data_);
  Talker alice(program.port());
  alice.ask<SignedIn>(SignIn{"alice", "sidetone", "test", ""});
  std::thread stopper([&] { EXPECT_EQ(program.kill(SIGTERM), 0); });
  alice.until([&] { return alice.closed != 0; });
  stopper.join();
  EXPECT_EQ(alice.closed, net::kCloseRestart);
}

}  // namespace
}  // namespace sidetone::service
