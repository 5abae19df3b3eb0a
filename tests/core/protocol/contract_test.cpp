#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <set>

#include "core/base/utf8.hpp"
#include "core/protocol/codec.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/registry.hpp"
#include "tests/core/protocol/described.hpp"

// What holds for every message and every record of the registry, shown by walking their own descriptions.
namespace sidetone::protocol {
namespace {

using boost::json::object;
using described::FieldShape;
using described::Kind;
using described::RecordShape;

/// The smallest record with one field replaced.
object with(const RecordShape& record, const FieldShape& field, boost::json::value value) {
  object out = record.smallest;
  out[field.key] = std::move(value);
  return out;
}

/// The same where the field is a list: the value is its only item.
object with_one(const RecordShape& record, const FieldShape& field, boost::json::value value) {
  if (field.list) return with(record, field, boost::json::array({std::move(value)}));
  return with(record, field, std::move(value));
}

void expect_accepted(const RecordShape& record, const object& json) {
  const auto status = record.decode(json);
  EXPECT_TRUE(status.ok()) << record.name << ": " << to_string(status.error());
}

void expect_error(const RecordShape& record, const FieldShape& field, const object& json, ErrorCode code) {
  const auto status = record.decode(json);
  ASSERT_FALSE(status.ok()) << record.name << ' ' << field.key << ": " << boost::json::serialize(json).substr(0, 200);
  EXPECT_EQ(status.error().code, code) << record.name << ": " << to_string(status.error());
  EXPECT_EQ(status.error().where, field.key) << record.name << ": " << to_string(status.error());
}

template <class Check>
void for_each_field(const Check& check) {
  for (const auto& record : described::all_records())
    for (const auto& field : record.fields) check(record, field);
}

template <class Check>
void for_each_field_of(Kind kind, const Check& check) {
  for_each_field([&](const RecordShape& record, const FieldShape& field) {
    if (field.kind == kind) check(record, field);
  });
}

void expect_round_trips(samples::Size size, std::uint64_t first_seed, std::uint64_t last_seed) {
  for (const auto& message : described::all_messages())
    for (auto seed = first_seed; seed <= last_seed; ++seed)
      EXPECT_EQ(message.round_trip(size, seed), "") << message.list << ' ' << message.type << ", seed " << seed;
}

TEST(EveryMessage, ComesBackWithTheSmallestValues) { expect_round_trips(samples::Size::kMinimum, 1, 2); }
TEST(EveryMessage, ComesBackWithTheLargestValues) { expect_round_trips(samples::Size::kMaximum, 1, 2); }
TEST(EveryMessage, ComesBackWithAnyValues) { expect_round_trips(samples::Size::kRandom, 1, 20); }

TEST(Registry, NoTwoMessagesOfAListShareAType) {
  std::set<std::string> seen;
  for (const auto& message : described::all_messages())
    EXPECT_TRUE(seen.insert(message.list + ' ' + message.type).second) << message.type;
  EXPECT_GT(seen.size(), 100u);
}

TEST(Registry, NoTwoFieldsOfARecordShareAKey) {
  for (const auto& record : described::all_records()) {
    std::set<std::string> seen;
    for (const auto& field : record.fields) {
      EXPECT_TRUE(seen.insert(field.key).second) << record.name << ' ' << field.key;
      EXPECT_LE(field.bounds.min, field.bounds.max) << record.name << ' ' << field.key;
    }
  }
}

TEST(EveryRecord, NamesTheRequiredFieldThatIsMissing) {
  for_each_field([](const RecordShape& record, const FieldShape& field) {
    object json = record.smallest;
    json.erase(field.key);
    if (field.may_be_absent)
      expect_accepted(record, json);
    else
      expect_error(record, field, json, ErrorCode::kMalformed);
  });
}

TEST(EveryRecord, NamesTheFieldOfAWrongType) {
  for_each_field([](const RecordShape& record, const FieldShape& field) {
    const auto refuse = [&](const boost::json::value& value) {
      expect_error(record, field, with(record, field, value), ErrorCode::kMalformed);
      if (field.list) expect_error(record, field, with_one(record, field, value), ErrorCode::kMalformed);
    };
    refuse(nullptr);
    if (field.kind != Kind::kText && field.kind != Kind::kChoice) refuse("1");
    if (field.kind != Kind::kNumber && field.kind != Kind::kReal) refuse(1);
    if (field.kind != Kind::kFlag) refuse(true);
    if (field.kind != Kind::kRecord) refuse(object{});
    expect_error(record, field, with(record, field, field.list ? boost::json::value(object{}) : boost::json::array{}),
                 ErrorCode::kMalformed);
  });
}

TEST(EveryRecord, HoldsStringsToTheirLimits) {
  for_each_field_of(Kind::kText, [](const RecordShape& record, const FieldShape& field) {
    const auto of_length = [&](std::int64_t bytes) {
      return with_one(record, field, boost::json::string(static_cast<std::size_t>(bytes), 'x'));
    };
    expect_accepted(record, of_length(field.bounds.max));
    expect_error(record, field, of_length(field.bounds.max + 1), ErrorCode::kTooLarge);
    expect_accepted(record, of_length(field.bounds.min));
    if (field.bounds.min > 0) expect_error(record, field, of_length(field.bounds.min - 1), ErrorCode::kOutOfRange);
  });
}

TEST(EveryRecord, HoldsNumbersToTheirLimits) {
  for_each_field_of(Kind::kNumber, [](const RecordShape& record, const FieldShape& field) {
    const auto number = [&](auto value) { return with_one(record, field, value); };
    const auto [min, max] = field.bounds;
    expect_accepted(record, number(max));
    expect_accepted(record, number(static_cast<double>(max)));
    expect_accepted(record, number(min));
    // Past 2^53 − 1 it is not a whole number that every reader holds.
    const auto beyond = max == limits::kMaxInteger ? ErrorCode::kMalformed : ErrorCode::kOutOfRange;
    expect_error(record, field, number(max + 1), beyond);
    expect_error(record, field, number(min - 1), ErrorCode::kOutOfRange);
    expect_error(record, field, number(static_cast<double>(min) + 0.5), ErrorCode::kMalformed);
    expect_error(record, field, number(UINT64_MAX), ErrorCode::kMalformed);
    expect_error(record, field, number(INT64_MIN), ErrorCode::kMalformed);
  });
}

TEST(EveryRecord, HoldsListsToTheirLimits) {
  for_each_field([](const RecordShape& record, const FieldShape& field) {
    if (!field.list) return;
    const auto of_items = [&](std::size_t count) {
      return with(record, field, boost::json::array(count, field.smallest));
    };
    expect_accepted(record, of_items(field.items));
    expect_error(record, field, of_items(field.items + 1), ErrorCode::kTooLarge);
  });
}

TEST(EveryRecord, RefusesAChoiceThatItDoesNotKnow) {
  for_each_field_of(Kind::kChoice, [](const RecordShape& record, const FieldShape& field) {
    for (const auto& choice : field.choices)
      expect_accepted(record, with_one(record, field, boost::json::string(choice)));
    expect_error(record, field, with_one(record, field, "no such choice"), ErrorCode::kOutOfRange);
    expect_error(record, field, with_one(record, field, ""), ErrorCode::kOutOfRange);
  });
}

/// As an answer goes out; its reader must accept it.
void expect_readable(const Error& error) {
  Failure answer;
  answer.code = std::string(error_code_name(error.code));
  answer.text = error.text;
  answer.where = error.where;
  const auto text = encode(answer);
  EXPECT_TRUE(detail::parse_object(text, limits::kFrameBytes).ok()) << text;
}

TEST(EveryError, IsValidUtf8WhereverItIsCut) {
  for (const std::string_view character : {"x", "\u00fc", "\u20ac", "\U0001f600"}) {
    for (std::size_t lead = 0; lead < 4; ++lead) {
      std::string text(lead, 'x');
      while (text.size() < 100) text += character;
      for (const auto size : {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{64}}) {
        const auto cut = utf8_prefix(text, size);
        EXPECT_LE(cut.size(), size);
        EXPECT_GT(cut.size() + character.size(), size) << "no more is cut than must be";
      }
      const auto decoded = decode<ClientToService>("{\"t\":\"" + text + "\",\"r\":7}");
      ASSERT_TRUE(std::holds_alternative<FrameError>(decoded));
      expect_readable(std::get<FrameError>(decoded).error);
      for_each_field_of(Kind::kChoice, [&](const RecordShape& record, const FieldShape& field) {
        const auto status = record.decode(with_one(record, field, boost::json::string(text)));
        ASSERT_FALSE(status.ok());
        expect_readable(status.error());
      });
    }
  }
}

TEST(EveryRecord, IgnoresKeysThatItDoesNotKnow) {
  for (const auto& record : described::all_records()) {
    object json = record.smallest;
    json["a key of a later version"] = boost::json::array({1, object{}});
    const auto result = record.through(json);
    ASSERT_TRUE(result.ok()) << record.name << ": " << to_string(result.error());
    EXPECT_EQ(*result, record.smallest) << record.name;
  }
}

}  // namespace
}  // namespace sidetone::protocol
