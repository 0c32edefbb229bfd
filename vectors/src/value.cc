#include <dmls/base/hex.h>
#include <dmls/vectors/value.h>

#include <algorithm>
#include <charconv>

namespace dmls::vectors {
namespace {

// Octets beyond this many are not printed; the place where they differ is.
constexpr std::size_t kPrinted = 64;

std::string difference(BytesView expected, BytesView computed) {
  if (std::max(expected.size(), computed.size()) <= kPrinted)
    return "expected " + to_hex(expected) + ", computed " + to_hex(computed);
  const auto [e, c] = std::mismatch(expected.begin(), expected.end(), computed.begin(), computed.end());
  const auto at = static_cast<std::size_t>(e - expected.begin());
  const auto excerpt = [at](BytesView v) { return to_hex(v.subspan(at, std::min<std::size_t>(16, v.size() - at))); };
  return "expected " + std::to_string(expected.size()) + " octets, computed " + std::to_string(computed.size()) +
         "; they differ from octet " + std::to_string(at) + " on: expected " + excerpt(expected) + "..., computed " +
         excerpt(computed) + "...";
}

std::string join(const std::string& path, std::string_view field) {
  if (path.empty() || field.empty()) return path + std::string(field);
  return path + "." + std::string(field);
}

}  // namespace

Unexpected Value::fail_at(std::string_view field, std::string_view why) const {
  if (report_->reason.empty()) {
    const std::string place = join(path_, field);
    report_->reason = (place.empty() ? "" : "field " + place + ": ") + std::string(why);
  }
  return fail(errc::kFailed, "the vector does not hold");
}

Unexpected Value::skip(std::string_view why) const {
  if (report_->reason.empty()) {
    report_->skipped = true;
    report_->reason = why;
  }
  return fail(errc::kSkipped, "the vector cannot be checked by this build");
}

Result<Bytes> Value::octets() const {
  DMLS_TRY(const std::string_view digits, text());
  auto octets = from_hex(digits);
  if (!octets) return fail_here(octets.error().rule);
  return octets;
}

Result<Bytes> Value::octets(std::size_t size) const {
  DMLS_TRY(Bytes v, octets());
  if (v.size() != size)
    return fail_here("should have " + std::to_string(size) + " octets, has " + std::to_string(v.size()));
  return v;
}

Result<std::string_view> Value::text() const {
  if (!json_->is_string()) return fail_here(std::string("should be a string, is a JSON ") + json_->type_name());
  return std::string_view(json_->get_ref<const std::string&>());
}

Result<std::uint64_t> Value::number(std::uint64_t max) const {
  std::uint64_t n = 0;
  if (json_->is_number_unsigned()) {
    n = json_->get<std::uint64_t>();
  } else if (json_->is_string() && max > 0xffffffff) {
    const auto& digits = json_->get_ref<const std::string&>();
    const char* end = digits.data() + digits.size();
    const auto [stop, status] = std::from_chars(digits.data(), end, n);
    if (status != std::errc{} || stop != end) return fail_here("should be an unsigned integer");
  } else {
    return fail_here(std::string("should be an unsigned integer, is a JSON ") + json_->type_name());
  }
  if (n > max) return fail_here("should be at most " + std::to_string(max) + ", is " + std::to_string(n));
  return n;
}

Result<std::vector<Value>> Value::list_if_any() const {
  if (!json_->is_array()) return fail_here(std::string("should be a list, is a JSON ") + json_->type_name());
  std::vector<Value> entries;
  entries.reserve(json_->size());
  for (std::size_t i = 0; i < json_->size(); ++i)
    entries.push_back(Value((*json_)[i], *report_, path_ + "[" + std::to_string(i) + "]"));
  return entries;
}

Result<std::vector<Value>> Value::list() const {
  DMLS_TRY(auto entries, list_if_any());
  if (entries.empty()) return fail_here("should have entries, is empty");
  return entries;
}

Result<Value> Value::at(std::string_view field) const {
  if (!json_->is_object()) return fail_here(std::string("should be an object, is a JSON ") + json_->type_name());
  const auto member = json_->find(field);
  if (member == json_->end()) return fail_at(field, "is missing");
  return Value(*member, *report_, join(path_, field));
}

Result<Bytes> Value::octets(std::string_view field) const {
  DMLS_TRY(const Value v, at(field));
  return v.octets();
}

Result<Bytes> Value::octets(std::string_view field, std::size_t size) const {
  DMLS_TRY(const Value v, at(field));
  return v.octets(size);
}

Result<std::string_view> Value::text(std::string_view field) const {
  DMLS_TRY(const Value v, at(field));
  return v.text();
}

Result<std::vector<Value>> Value::list(std::string_view field) const {
  DMLS_TRY(const Value v, at(field));
  return v.list();
}

Result<std::vector<Value>> Value::list_if_any(std::string_view field) const {
  DMLS_TRY(const Value v, at(field));
  return v.list_if_any();
}

Result<void> Value::expect(BytesView computed) const {
  DMLS_TRY(const Bytes expected, octets());
  if (!std::ranges::equal(expected, computed)) return fail_here(difference(expected, computed));
  return {};
}

Result<void> Value::expect(std::uint64_t computed) const {
  DMLS_TRY(const std::uint64_t expected, integer<std::uint64_t>());
  if (expected != computed)
    return fail_here("expected " + std::to_string(expected) + ", computed " + std::to_string(computed));
  return {};
}

Result<void> Value::expect(std::string_view field, BytesView computed) const {
  DMLS_TRY(const Value v, at(field));
  return v.expect(computed);
}

Result<void> Value::expect(std::string_view field, std::uint64_t computed) const {
  DMLS_TRY(const Value v, at(field));
  return v.expect(computed);
}

Result<void> Value::require(bool holds, std::string_view field, std::string_view what) const {
  if (!holds) return fail_at(field, "does not hold: " + std::string(what));
  return {};
}

}  // namespace dmls::vectors
