#include <dmls/vectors/family.h>

namespace dmls::vectors {

const Family* find_family(std::string_view name) {
  for (const Family& family : families())
    if (family.name == name) return &family;
  return nullptr;
}

const Family* family_of_stem(std::string_view stem) {
  const Family* longest = nullptr;
  for (const Family& family : families()) {
    const bool whole = stem == family.name;
    const bool prefix =
        stem.size() > family.name.size() && stem.starts_with(family.name) && stem[family.name.size()] == '-';
    if ((whole || prefix) && (longest == nullptr || family.name.size() > longest->name.size())) longest = &family;
  }
  return longest;
}

Outcome verify_case(const Family& family, const Json& vector) {
  Report report;
  const auto verified = family.verify(Value(vector, report));
  if (verified) return {Status::passed, ""};
  if (report.reason.empty()) report.reason = verified.error().rule;
  return {report.skipped ? Status::skipped : Status::failed, report.reason};
}

}  // namespace dmls::vectors
