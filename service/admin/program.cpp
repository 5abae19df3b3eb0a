#include "service/admin/program.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "net/crypto.hpp"
#include "service/admin/data_lock.hpp"
#include "service/admin/demo_company.hpp"
#include "service/net/front.hpp"
#include "service/robots/robot_host.hpp"
#include "service/schedule/asio_scheduler.hpp"
#include "service/store/sqlite_store.hpp"

namespace sidetone::service::admin {
namespace {

constexpr Milliseconds kGoodbye{500};  // for close frames to leave

net::LogLevel level_of(const std::string& name) {
  if (name == "debug") return net::LogLevel::kDebug;
  if (name == "warning") return net::LogLevel::kWarning;
  return name == "error" ? net::LogLevel::kError : net::LogLevel::kInfo;
}

/// Argon2 takes 19 MiB for 30 ms: as a mapping of its own it goes back to the system at once. Few threads allocate, so
/// two arenas do.
void tame_malloc() {
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  mallopt(M_ARENA_MAX, 2);
}

/// Every connection is a descriptor.
void allow_descriptors(std::uint32_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, rlim_t{connections} + 64);
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// From the open store to the line that says ready, step by step on the logic thread.
class Program {
 public:
  Program(const config::Settings& settings, net::Logger& log)
      : settings_(settings), log_(log), signals_(context_, SIGINT, SIGTERM) {}

  int run() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
    auto status = begin();
    if (!status.ok()) fail(status.error());
    context_.run();
    return exit_;
  }

 private:
  Status begin() {
    std::error_code made;
    std::filesystem::create_directories(settings_.data, made);
    if (made) return Error{ErrorCode::kIo, made.message(), settings_.data};
    ::chmod(settings_.data.c_str(), 0700);  // password hashes and keys lie here
    const auto post = [this](std::function<void()> action) { boost::asio::post(context_, std::move(action)); };
    SIDETONE_TRY(lock_, DataLock::take(settings_.data));
    SIDETONE_TRY(store_, store::SqliteStore::open(path("sidetone.db"), post, log_));
    SIDETONE_TRY(auto key, robots::IdentityKey::load_or_make(path("robot-key.pem")));
    const accounts::PasswordCost cost{settings_.password_memory_kib, settings_.password_passes,
                                      settings_.password_lanes};
    passwords_ = std::make_unique<accounts::PasswordPool>(post, cost, random_, settings_.password_threads,
                                                          settings_.password_queue);
    service_ =
        std::make_unique<Service>(Ground{*store_, *passwords_, scheduler_, random_, log_}, settings_, std::move(key));
    front_ = std::make_unique<Front>(context_, settings_, *service_, log_);
    SIDETONE_CHECK(front_->listen());
    if (!settings_.demo_company) return add_robots(), Status();
    const DemoSize size{settings_.demo_people, settings_.demo_messages};
    seed_demo_company(*store_, size, cost, random_, scheduler_.clock().wall().unix_seconds,
                      [this](Result<std::size_t> added) {
                        if (!added.ok()) return fail(added.error());
                        if (*added > 0) log_.info("demo company added", {{"accounts", *added}});
                        add_robots();
                      });
    return {};
  }

  void add_robots() {
    seed_robots(*store_, then([this] { prepare_robot_host(); }));
  }
  void prepare_robot_host() {
    robots::prepare_robot_host(*store_, random_, path("robot-host.json"), front_->socket_url(),
                               then([this] { load(); }));
  }
  void load() {
    service_->load(then([this] { imitate_passwords(); }));
  }
  void imitate_passwords() {
    store_->run<std::string>([](store::Transaction& t) -> Result<std::string> { return t.commonest_password(); },
                             [this](Result<std::string> commonest) {
                               if (!commonest.ok()) return fail(commonest.error());
                               if (const auto cost = accounts::cost_of(*commonest)) passwords_->imitate(*cost);
                               ready();
                             });
  }
  void ready() {
    front_->open();
    malloc_trim(0);
    log_.info("ready", {{"address", front_->url()}, {"contacts", service_->directory().size()}});
    std::printf("ready %s\n", front_->url().c_str());
    std::fflush(stdout);
  }

  std::function<void(Status)> then(std::function<void()> next) {
    return [this, next = std::move(next)](const Status& status) {
      if (!status.ok()) return fail(status.error());
      next();
    };
  }
  void fail(const Error& error) {
    log_.error("cannot start", {{"reason", to_string(error)}});
    exit_ = 1;
    context_.stop();
  }
  void stop() {
    log_.info("stopping");
    front_->shut();
    goodbye_ = scheduler_.after(kGoodbye, [this] { context_.stop(); });
  }
  [[nodiscard]] std::string path(const char* file) const {
    return (std::filesystem::path(settings_.data) / file).string();
  }

  const config::Settings& settings_;
  net::Logger& log_;
  int exit_ = 0;
  // Destroyed in the reverse order: the service before what it stands on, the store's thread while the context can
  // still be posted to.
  boost::asio::io_context context_{1};
  DataLock lock_;
  net::SystemRandom random_;
  AsioScheduler scheduler_{context_};
  boost::asio::signal_set signals_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<accounts::PasswordPool> passwords_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Front> front_;
  Timer goodbye_;
};

}  // namespace

int run_service(const config::Settings& settings) {
  ::umask(0077);
  tame_malloc();
  allow_descriptors(settings.max_connections);
  net::Logger log(level_of(settings.log_level));
  return Program(settings, log).run();
}

}  // namespace sidetone::service::admin
