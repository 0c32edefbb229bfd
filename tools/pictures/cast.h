#pragma once
// Who acts in the pictures. Everything that is drawn at random follows from a name, so that every run is the same run.

#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/group/changes.h>
#include <dmls/group/client_config.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace dmls::pictures {

// Ends the program with what went wrong.
[[noreturn]] void give_up(const char* why);

// The value of what cannot fail here.
template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().rule);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The suite of all pictures: MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519.
crypto::CipherSuite suite();

// A client of that name: random octets that follow from it, a clock that stands still, no policy to speak of.
group::ClientConfig person(std::string_view name);

// The content of a basic credential.
std::string name_of(BytesView client_id);
std::string name_of(const group::Member&);

// The first two octets, as they name things in the pictures.
std::string short_name(BytesView octets);

}  // namespace dmls::pictures
