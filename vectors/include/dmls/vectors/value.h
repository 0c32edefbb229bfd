#pragma once
// One JSON value of a vector file, and where it stands in it.
//
// Every accessor is strict: a field that is missing, of another type, out of range or of the wrong size fails the
// vector, and so does an empty list where the format needs entries. What failed is remembered, with its place, in the
// Report of the case; the Error that travels up through DMLS_TRY only stops the verifier.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dmls::vectors {

using Json = nlohmann::json;

namespace errc {
inline constexpr Errc kFailed{0xff00};   // the case does not hold; the Report says where and why
inline constexpr Errc kSkipped{0xff01};  // the case cannot be checked by this build; the Report says why
}  // namespace errc

// Report is what a verifier found out about one case: the first failure, or why it was skipped.
struct Report {
  bool skipped = false;
  std::string reason;
};

// Value is a JSON value inside a case. It borrows the JSON and the report.
class Value {
 public:
  // A case as a whole.
  Value(const Json& json, Report& report) : json_(&json), report_(&report) {}

  [[nodiscard]] const Json& json() const { return *json_; }
  // Where it stands, e.g. "epochs[2].joiner_secret"; empty for the case itself.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_null() const { return json_->is_null(); }

  // ---- This value, as ...
  // hexadecimal octets (of exactly `size` octets)
  Result<Bytes> octets() const;
  Result<Bytes> octets(std::size_t size) const;
  // a string, as it is
  Result<std::string_view> text() const;
  // an unsigned integer: a JSON number or, for 64 bits, also a string of decimal digits
  template <std::unsigned_integral T>
  Result<T> integer() const {
    DMLS_TRY(const std::uint64_t n, number(std::numeric_limits<T>::max()));
    return static_cast<T>(n);
  }
  // a list with at least one entry, or one that may be empty
  Result<std::vector<Value>> list() const;
  Result<std::vector<Value>> list_if_any() const;

  // ---- The same for a member of this object.
  Result<Value> at(std::string_view field) const;
  [[nodiscard]] bool has(std::string_view field) const { return json_->is_object() && json_->contains(field); }
  Result<Bytes> octets(std::string_view field) const;
  Result<Bytes> octets(std::string_view field, std::size_t size) const;
  Result<std::string_view> text(std::string_view field) const;
  template <std::unsigned_integral T>
  Result<T> integer(std::string_view field) const {
    DMLS_TRY(const Value v, at(field));
    return v.integer<T>();
  }
  Result<std::vector<Value>> list(std::string_view field) const;
  Result<std::vector<Value>> list_if_any(std::string_view field) const;
  // The member `cipher_suite`. An unregistered one fails the case, one that this build lacks skips it.
  Result<crypto::CipherSuite> suite(std::string_view field = "cipher_suite") const;

  // ---- What was computed, against what the vector says. "epochs[0].joiner_secret: expected ..., computed ..."
  Result<void> expect(BytesView computed) const;
  Result<void> expect(std::uint64_t computed) const;
  Result<void> expect(std::string_view field, BytesView computed) const;
  Result<void> expect(std::string_view field, const SecretBytes& computed) const {
    return expect(field, computed.expose());
  }
  template <class Role>
  Result<void> expect(std::string_view field, const Secret<Role>& computed) const {
    return expect(field, computed.expose());
  }
  Result<void> expect(std::string_view field, std::uint64_t computed) const;

  // A condition that is no comparison of a field: `what` says what should have held, e.g. "the input is punctured".
  Result<void> require(bool holds, std::string_view field, std::string_view what) const;
  // Passes `result` on; an error is reported as the fault of `field`.
  template <class T>
  Result<T> in(std::string_view field, Result<T> result) const {
    if (!result) return fail_at(field, result.error().rule);
    return result;
  }
  // This value, or its member `field`, is wrong for the reason given.
  [[nodiscard]] Unexpected fail_at(std::string_view field, std::string_view why) const;
  [[nodiscard]] Unexpected fail_here(std::string_view why) const { return fail_at("", why); }
  // The case as a whole cannot be checked here.
  [[nodiscard]] Unexpected skip(std::string_view why) const;

 private:
  Value(const Json& json, Report& report, std::string path) : json_(&json), report_(&report), path_(std::move(path)) {}
  Result<std::uint64_t> number(std::uint64_t max) const;

  const Json* json_;
  Report* report_;
  std::string path_;
};

}  // namespace dmls::vectors
