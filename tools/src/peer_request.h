#pragma once
// The arguments of one request to `dmls peer`.

#include <dmls/base/bytes.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmls::tools {

// What is thrown for a request that is not well-formed; it becomes the reply.
struct BadRequest {
  std::string what;
};
// What is thrown for what this program cannot do.
struct NotSupported {
  std::string what;
};

// Request reads a JSON object. Octets are written in hexadecimal. All of it throws BadRequest.
class Request {
 public:
  explicit Request(const nlohmann::json& object);

  // Refuses every argument that is not one of `names`; "id" and "op" are always allowed.
  void allow_only(const std::vector<std::string>& names) const;
  [[nodiscard]] bool has(std::string_view name) const;

  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const;
  [[nodiscard]] Bytes octets(std::string_view name) const;
  [[nodiscard]] Bytes octets_or_none(std::string_view name) const;
  [[nodiscard]] std::vector<Bytes> octets_list(std::string_view name) const;  // absent: none
  [[nodiscard]] std::uint64_t number(std::string_view name) const;
  [[nodiscard]] std::uint32_t number32(std::string_view name) const;
  [[nodiscard]] std::uint16_t number16(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> optional_number(std::string_view name) const;
  [[nodiscard]] std::vector<std::uint16_t> code_points(std::string_view name) const;  // absent: none
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
  // The index of the word in `choices`; without the argument, 0.
  [[nodiscard]] std::size_t choice(std::string_view name, const std::vector<std::string_view>& choices) const;
  [[nodiscard]] Request object(std::string_view name) const;
  [[nodiscard]] std::vector<Request> objects(std::string_view name) const;  // absent: none

 private:
  [[nodiscard]] const nlohmann::json& at(std::string_view name) const;
  [[nodiscard]] std::uint64_t bounded(std::string_view name, std::uint64_t limit) const;
  const nlohmann::json* object_;
};

}  // namespace dmls::tools
