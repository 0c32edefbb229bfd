#include "peer_request.h"

#include <dmls/base/hex.h>

#include <algorithm>
#include <limits>

namespace dmls::tools {
namespace {

using nlohmann::json;

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

Bytes octets_of(std::string_view name, const json& value) {
  const auto* digits = value.get_ptr<const std::string*>();
  if (digits != nullptr) {
    if (auto octets = from_hex(*digits)) return *std::move(octets);
  }
  throw BadRequest{in_quotes(name) + " is not octets in hexadecimal"};
}

}  // namespace

Request::Request(const json& object) : object_(&object) {
  if (!object.is_object()) throw BadRequest{"not a JSON object"};
}

void Request::allow_only(const std::vector<std::string>& names) const {
  for (const auto& argument : object_->items()) {
    const std::string& name = argument.key();
    if (name == "id" || name == "op") continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) throw BadRequest{"no argument " + in_quotes(name)};
  }
}

bool Request::has(std::string_view name) const {
  const auto found = object_->find(name);
  return found != object_->end() && !found->is_null();
}

const json& Request::at(std::string_view name) const {
  if (!has(name)) throw BadRequest{in_quotes(name) + " is missing"};
  return *object_->find(name);
}

std::string Request::text(std::string_view name) const {
  const auto* text = at(name).get_ptr<const std::string*>();
  if (text == nullptr) throw BadRequest{in_quotes(name) + " is not a string"};
  return *text;
}

std::string Request::text(std::string_view name, std::string_view otherwise) const {
  return has(name) ? text(name) : std::string(otherwise);
}

Bytes Request::octets(std::string_view name) const { return octets_of(name, at(name)); }

Bytes Request::octets_or_none(std::string_view name) const { return has(name) ? octets(name) : Bytes{}; }

std::vector<Bytes> Request::octets_list(std::string_view name) const {
  std::vector<Bytes> list;
  if (!has(name)) return list;
  if (!at(name).is_array()) throw BadRequest{in_quotes(name) + " is not an array"};
  for (const json& entry : at(name)) list.push_back(octets_of(name, entry));
  return list;
}

std::uint64_t Request::bounded(std::string_view name, std::uint64_t limit) const {
  const json& value = at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > limit)
    throw BadRequest{in_quotes(name) + " is not a number from 0 to " + std::to_string(limit)};
  return value.get<std::uint64_t>();
}

std::uint64_t Request::number(std::string_view name) const {
  return bounded(name, std::numeric_limits<std::uint64_t>::max());
}

std::uint32_t Request::number32(std::string_view name) const {
  return static_cast<std::uint32_t>(bounded(name, std::numeric_limits<std::uint32_t>::max()));
}

std::uint16_t Request::number16(std::string_view name) const {
  return static_cast<std::uint16_t>(bounded(name, std::numeric_limits<std::uint16_t>::max()));
}

std::optional<std::uint64_t> Request::optional_number(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  return number(name);
}

std::vector<std::uint16_t> Request::code_points(std::string_view name) const {
  std::vector<std::uint16_t> list;
  if (!has(name)) return list;
  if (!at(name).is_array()) throw BadRequest{in_quotes(name) + " is not an array"};
  for (const json& entry : at(name)) {
    if (!entry.is_number_unsigned() || entry.get<std::uint64_t>() > std::numeric_limits<std::uint16_t>::max())
      throw BadRequest{in_quotes(name) + " holds something else than code points"};
    list.push_back(entry.get<std::uint16_t>());
  }
  return list;
}

bool Request::flag(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  if (!at(name).is_boolean()) throw BadRequest{in_quotes(name) + " is not true or false"};
  return at(name).get<bool>();
}

std::size_t Request::choice(std::string_view name, const std::vector<std::string_view>& choices) const {
  if (!has(name)) return 0;
  const std::string word = text(name);
  const auto found = std::find(choices.begin(), choices.end(), word);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  std::string all;
  for (const std::string_view choice : choices) all.append(all.empty() ? "" : ", ").append(choice);
  throw BadRequest{in_quotes(name) + " is none of: " + all};
}

Request Request::object(std::string_view name) const { return Request(at(name)); }

std::vector<Request> Request::objects(std::string_view name) const {
  std::vector<Request> list;
  if (!has(name)) return list;
  if (!at(name).is_array()) throw BadRequest{in_quotes(name) + " is not an array"};
  for (const json& entry : at(name)) list.emplace_back(entry);
  return list;
}

}  // namespace dmls::tools
