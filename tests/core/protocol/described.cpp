#include "tests/core/protocol/described.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "tests/core/protocol/samples.hpp"

namespace sidetone::protocol::described {
namespace {

using samples::Size;

constexpr std::size_t kNoLimit = std::size_t{1} << 30;

boost::json::object parse(const std::string& text) { return boost::json::parse(text).as_object(); }

template <class T>
RecordShape shape();

template <class T>
Result<boost::json::object> through(const boost::json::object& json) {
  SIDETONE_TRY(const auto record, decode_record<T>(boost::json::serialize(json), kNoLimit));
  return parse(encode_record(record));
}

template <class Element>
Kind kind_of() {
  if constexpr (std::is_same_v<Element, std::string>) return Kind::kText;
  if constexpr (std::is_same_v<Element, bool>) return Kind::kFlag;
  if constexpr (std::is_enum_v<Element>) return Kind::kChoice;
  if constexpr (std::is_floating_point_v<Element>) return Kind::kReal;
  return std::is_arithmetic_v<Element> ? Kind::kNumber : Kind::kRecord;
}

boost::json::value smallest(const FieldShape& field) {
  switch (field.kind) {
    case Kind::kText:
      return boost::json::string(static_cast<std::size_t>(field.bounds.min), 'x');
    case Kind::kNumber:
      return field.bounds.min;
    case Kind::kReal:
      return 0.0;
    case Kind::kFlag:
      return false;
    case Kind::kChoice:
      return boost::json::string(field.choices.front());
    case Kind::kRecord:
      break;
  }
  return nullptr;
}

template <class Owner, class T>
FieldShape describe(const Field<Owner, T>& one) {
  using Element = typename ElementOf<T>::Type;
  FieldShape out;
  out.key = one.key;
  out.kind = kind_of<Element>();
  out.list = IsVector<T>::value;
  out.may_be_absent = IsOptional<T>::value || IsVector<T>::value || std::is_same_v<T, bool>;
  out.bounds = one.bounds;
  out.items = one.items;
  if constexpr (std::is_enum_v<Element>)
    out.choices.assign(EnumNames<Element>::kNames.begin(), EnumNames<Element>::kNames.end());
  if constexpr (Record<Element>)
    out.smallest = shape<Element>().smallest;
  else
    out.smallest = smallest(out);
  return out;
}

template <class T>
RecordShape shape() {
  RecordShape out;
  T::fields().apply([&](const auto&... fields) { (out.fields.push_back(describe(fields)), ...); });
  if constexpr (Message<T>) {
    out.name = T::kType;
  } else {
    out.name = "record of";
    for (const auto& one : out.fields) out.name += ' ' + one.key;
  }
  for (const auto& one : out.fields)
    if (!one.may_be_absent) out.smallest[one.key] = one.smallest;
  out.decode = [](const boost::json::object& json) -> Status {
    SIDETONE_CHECK(through<T>(json));
    return {};
  };
  out.through = through<T>;
  return out;
}

class Collector {
 public:
  template <class T>
  void add() {
    if (!seen_.insert(&through<T>).second) return;
    records.push_back(shape<T>());
    T::fields().apply([&](const auto&... fields) { (add_part(fields), ...); });
  }

  std::vector<RecordShape> records;

 private:
  template <class Owner, class T>
  void add_part(const Field<Owner, T>&) {
    if constexpr (Record<typename ElementOf<T>::Type>) add<typename ElementOf<T>::Type>();
  }

  std::set<Result<boost::json::object> (*)(const boost::json::object&)> seen_;
};

template <class List, class M>
std::string round_trip(int size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto message = samples::record<M>(static_cast<Size>(size), random);
  Envelope envelope;
  if (seed % 2 == 1) envelope = {static_cast<std::uint32_t>(random()), random() % limits::kMaxInteger};
  const auto text = encode(message, envelope);
  const auto result = decode<List>(text, kNoLimit);
  if (const auto* refused = std::get_if<FrameError>(&result)) return to_string(refused->error);
  const auto& frame = std::get<Frame<List>>(result);
  const auto* same = std::get_if<M>(&frame.message);
  if (same == nullptr) return "decoded as another message";
  if (!(*same == message)) return "differs: " + text.substr(0, 300);
  return frame.envelope == envelope ? "" : "the envelope differs";
}

}  // namespace

const std::vector<RecordShape>& all_records() {
  static const auto records = [] {
    Collector collector;
    samples::for_each_list([&]<class List>(std::string_view) {
      samples::for_each_message(List{}, [&]<class M>() { collector.template add<M>(); });
    });
    return std::move(collector.records);
  }();
  return records;
}

const std::vector<MessageShape>& all_messages() {
  static const auto messages = [] {
    std::vector<MessageShape> out;
    samples::for_each_list([&]<class List>(std::string_view name) {
      samples::for_each_message(List{}, [&]<class M>() {
        out.push_back({std::string(name), std::string(M::kType), round_trip<List, M>});
      });
    });
    return out;
  }();
  return messages;
}

}  // namespace sidetone::protocol::described
