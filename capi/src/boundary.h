#pragma once
// Where C and C++ meet: pointers and lengths, errors, handles.

#include "handles.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace dmls::capi {

constexpr dmls_error kOk = {0, nullptr};
constexpr Error kMissing = {errc::kMisuse, "dmls.h: a handle or an output that is needed is NULL"};
constexpr Error kNoOctets = {errc::kMisuse, "dmls.h: a NULL pointer with a length"};
constexpr Error kSize = {errc::kMisuse, "dmls.h: the buffer does not have the size that is asked for"};
constexpr Error kIndex = {errc::kMisuse, "dmls.h: there is nothing at this index"};
constexpr Error kEnum = {errc::kMisuse, "dmls.h: a value outside its enum"};

constexpr Error kNoLeaf = {errc::kMisuse, "dmls.h: no leaf has this index"};

inline dmls_error to_c(const Error& error) { return {static_cast<std::uint16_t>(error.code), error.rule}; }
template <class T>
dmls_error to_c(const Result<T>& result) {
  return result ? kOk : to_c(result.error());
}
// The answer of a callback.
inline Result<void> from_c(const dmls_error& error) {
  if (error.code == 0) return {};
  return fail(Errc{error.code}, error.rule != nullptr ? error.rule : "the application refused");
}

// Octets that were lent, or nothing if they cannot be.
inline bool readable(const std::uint8_t* data, std::size_t size) { return data != nullptr || size == 0; }
inline BytesView view(const std::uint8_t* data, std::size_t size) { return {data, size}; }

// Empties what a function will return, and says whether everything that it needs is there.
template <class... Out>
bool reset(Out**... out) {
  ((out != nullptr ? void(*out = nullptr) : void()), ...);
  return ((out != nullptr) && ...);
}

// A new handle, of what the result holds.
template <class Handle, class T>
dmls_error give(Handle** out, Result<T> result) {
  if (!result) return to_c(result.error());
  *out = new Handle{*std::move(result)};
  return kOk;
}
inline dmls_error give(dmls_octets** out, Bytes octets) {
  *out = new dmls_octets{std::move(octets)};
  return kOk;
}
inline dmls_octets_list list_of(std::vector<Bytes> items) {
  dmls_octets_list list;
  for (Bytes& item : items) list.items.push_back({std::move(item)});
  return list;
}
inline dmls_error give(dmls_octets_list** out, std::vector<Bytes> items) {
  *out = new dmls_octets_list(list_of(std::move(items)));
  return kOk;
}
inline dmls_error give(dmls_octets_list** out, Result<std::vector<Bytes>> items) {
  if (!items) return to_c(items.error());
  return give(out, *std::move(items));
}
inline dmls_error give(dmls_octets** out, Result<group::SentProposal> sent) {
  if (!sent) return to_c(sent.error());
  return give(out, std::move(sent->message));
}
inline dmls_error give(dmls_transitions** out, std::vector<group::Transition> items) {
  auto list = std::make_unique<dmls_transitions>();
  for (auto& item : items) list->items.emplace_back(std::move(item));
  *out = list.release();
  return kOk;
}

// Octets of a known size, into the caller's buffer.
inline group::ProposalOptions options_of(int public_message) {
  group::ProposalOptions options;
  if (public_message != 0) options.handshake = group::HandshakeFormat::public_message;
  return options;
}
inline dmls_error copy_out(BytesView octets, std::uint8_t* out, std::size_t size) {
  if (size != octets.size() || out == nullptr) return to_c(kSize);
  std::copy(octets.begin(), octets.end(), out);
  return kOk;
}

// Several strings of octets.
inline Result<std::vector<Bytes>> read_list(const std::uint8_t* const* data, const std::size_t* sizes,
                                            std::size_t count) {
  if (count != 0 && (data == nullptr || sizes == nullptr)) return fail(kNoOctets);
  std::vector<Bytes> list;
  for (std::size_t i = 0; i < count; ++i) {
    if (!readable(data[i], sizes[i])) return fail(kNoOctets);
    list.push_back(to_bytes(view(data[i], sizes[i])));
  }
  return list;
}

dmls_members members_of(const std::vector<group::Member>&);
dmls_events events_of(group::Event);
dmls_events events_of(fork::Events);
dmls_events events_of(sendgroup::Events);
dmls_octets_list welcomes_of(const std::vector<fork::Welcome>&);

}  // namespace dmls::capi

// First lines of nearly every function: handles, octets, and room for what is returned.
#define DMLS_NEED(...) \
  if (!(__VA_ARGS__)) return ::dmls::capi::to_c(::dmls::capi::kMissing)
#define DMLS_READ(data, size) \
  if (!::dmls::capi::readable(data, size)) return ::dmls::capi::to_c(::dmls::capi::kNoOctets)
#define DMLS_RETURN_IF(result) \
  if (!(result)) return ::dmls::capi::to_c((result).error())
