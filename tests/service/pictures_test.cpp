#include "tests/service/support/pictures.hpp"

#include "service/directory/jpeg.hpp"
#include "tests/service/support/rig.hpp"

/// Pictures: checked before they are stored, named in the directory, heard of by everybody, kept once.
namespace sidetone::service::testing {
namespace {

using namespace protocol;
constexpr int kEdge = limits::kPictureEdge;

std::optional<std::string> named(Rig& rig, const std::string& login) {
  return rig.service->directory().find(rig.user(login))->picture;
}

/// The JPEG of a name; empty: none.
std::string found(Rig& rig, const std::string& name) {
  std::string out;
  rig.service->pictures().find(name, [&](Result<std::shared_ptr<const std::string>> jpeg) {
    if (jpeg.ok())
      out = **jpeg;
    else
      EXPECT_EQ(jpeg.error().code, ErrorCode::kNotFound);
  });
  rig.settle();
  return out;
}

TEST(PicturesTest, EverybodyHearsOfANewPictureAndOfItsEnd) {
  Rig rig;
  auto& alice = rig["alice"];
  auto& bob = rig["bob"];
  const auto jpeg = jpeg_of(kEdge, kEdge, "sky");
  alice.ask_for<Ok>(PictureSet{base64url_of(jpeg)});
  auto events = bob.events<protocol::Directory>();
  ASSERT_EQ(events.size(), 1u);
  ASSERT_EQ(events[0].contacts.size(), 1u);
  EXPECT_EQ(events[0].contacts[0].user, alice.user());
  const auto name = events[0].contacts[0].picture;
  ASSERT_TRUE(name);
  EXPECT_EQ(name->size(), limits::kPictureNameBytes);
  EXPECT_EQ(found(rig, *name), jpeg);

  alice.ask_for<Ok>(PictureSet{base64url_of(jpeg)});
  EXPECT_TRUE(bob.events<protocol::Directory>().empty()) << "nothing has changed";

  alice.ask_for<Ok>(PictureSet{});
  events = bob.events<protocol::Directory>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].contacts[0].picture, std::nullopt);
  EXPECT_EQ(found(rig, *name), "");
}

TEST(PicturesTest, TheSamePictureIsKeptOnceAsLongAsSomebodyHasIt) {
  Rig rig;
  const auto jpeg = jpeg_of(kEdge, kEdge, "sky");
  rig["alice"].ask_for<Ok>(PictureSet{base64url_of(jpeg)});
  rig["bob"].ask_for<Ok>(PictureSet{base64url_of(jpeg)});
  const auto name = named(rig, "alice").value();
  EXPECT_EQ(named(rig, "bob"), name);
  rig["alice"].ask_for<Ok>(PictureSet{base64url_of(jpeg_of(kEdge, kEdge, "sea"))});
  EXPECT_NE(named(rig, "alice"), name);
  EXPECT_EQ(found(rig, name), jpeg) << "Bob has it";
  rig.service->directory().remove(rig.user("bob"), [](Status status) { EXPECT_TRUE(status.ok()); });
  rig.settle();
  EXPECT_EQ(found(rig, name), "");
}

TEST(PicturesTest, AreThereAfterTheServiceWasKilled) {
  Rig rig({}, true);
  const auto jpeg = jpeg_of(kEdge, kEdge, std::string("\0\1\xFE null bytes too", 18));
  rig["alice"].ask_for<Ok>(PictureSet{base64url_of(jpeg)});
  const auto name = named(rig, "alice").value();
  rig.kill_and_restart();
  EXPECT_EQ(named(rig, "alice"), name);
  EXPECT_EQ(found(rig, name), jpeg);
}

TEST(PicturesTest, WhatIsNoSuchPictureIsRefusedAndChangesNothing) {
  Rig rig;
  auto& alice = rig["alice"];
  const auto refused = [&](const std::string& bytes) {
    rig.advance(Seconds{20});  // the rate
    return alice.ask_for_error(PictureSet{base64url_of(bytes)});
  };
  EXPECT_EQ(refused("\x89PNG\r\n\x1A\n"), "unsupported");
  EXPECT_EQ(refused("<svg xmlns='http://www.w3.org/2000/svg'/>"), "unsupported");
  EXPECT_EQ(refused(jpeg_of(kEdge + 1, kEdge)), "out_of_range");
  EXPECT_EQ(refused(jpeg_of(65'535, 65'535)), "out_of_range");
  EXPECT_EQ(refused(jpeg_of(kEdge, kEdge).substr(0, 30)), "truncated");
  const auto frame = jpeg_of(kEdge, kEdge);
  EXPECT_EQ(refused(jpeg_of(kEdge, kEdge, std::string(limits::kPictureBytes - frame.size(), 'x'))), "");
  EXPECT_EQ(alice.ask_for_error(PictureSet{"not base64url!"}), "malformed");
  alice.ask_for<Ok>(PictureSet{});
  // A byte more does not fit its field.
  EXPECT_EQ(refused(jpeg_of(kEdge, kEdge, std::string(limits::kPictureBytes - frame.size() + 1, 'x'))), "too_large");
  EXPECT_EQ(named(rig, "alice"), std::nullopt);
  EXPECT_EQ(found(rig, "no-such-name"), "");
}

TEST(JpegTest, ItsSizeIsReadWithoutDecodingIt) {
  const auto parse = [](std::string_view text) {
    return directory::parse_jpeg({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(parse(jpeg_of(640, 480)).value(), (directory::JpegSize{640, 480}));
  auto progressive = jpeg_of(640, 480);
  progressive[progressive.find('\xC0')] = '\xC2';
  EXPECT_TRUE(parse(progressive).ok());
  for (const char frame : {'\xC3', '\xC5', '\xC9', '\xCF'}) {
    auto other = jpeg_of(640, 480);
    other[other.find('\xC0')] = frame;
    EXPECT_EQ(parse(other).error().code, ErrorCode::kUnsupported) << "lossless, hierarchical, arithmetic";
  }
  auto twelve_bits = jpeg_of(640, 480);
  twelve_bits[twelve_bits.find('\xC0') + 3] = 12;
  EXPECT_EQ(parse(twelve_bits).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse(jpeg_of(0, 480)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse(std::string("\xFF\xD8\xFF\xDA\0\2\xFF\xD9", 8)).error().code, ErrorCode::kMalformed)
      << "a scan without a frame";
  EXPECT_EQ(parse(std::string("\xFF\xD8\xFF\xE0\0\1\xFF\xD9", 8)).error().code, ErrorCode::kMalformed);
  const auto whole = jpeg_of(640, 480);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse(whole.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace sidetone::service::testing
