#include <dmls/treekem/grease.h>

#include <algorithm>

namespace dmls::treekem {
namespace {

constexpr std::size_t kValues = 15;

// The n-th GREASE value, n < 15.
constexpr std::uint16_t grease_value(std::size_t n) { return static_cast<std::uint16_t>(0x0a0a + 0x1010 * n); }
static_assert(is_grease(grease_value(0)) && grease_value(kValues - 1) == 0xeaea && !is_grease(0xfafa));

// A random place in a list, given one random octet.
template <class T>
auto place(std::vector<T>& list, std::uint8_t octet) {
  return list.begin() + static_cast<std::ptrdiff_t>(octet % (list.size() + 1));
}

// Puts `value` at a random place, unless it is listed already.
template <class T>
void insert(std::vector<T>& list, T value, std::uint8_t octet) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.insert(place(list, octet), value);
}

}  // namespace

Result<Capabilities> with_grease(const Capabilities& own, Random& random) {
  Capabilities sent = own;
  DMLS_TRY(const Bytes dice, random.bytes(8));
  const auto value = [&dice](std::size_t i) { return grease_value(dice[i] % kValues); };
  insert(sent.cipher_suites, static_cast<crypto::CipherSuiteId>(value(0)), dice[4]);
  insert(sent.extensions, static_cast<ExtensionType>(value(1)), dice[5]);
  insert(sent.proposals, static_cast<ProposalType>(value(2)), dice[6]);
  insert(sent.credentials, static_cast<CredentialType>(value(3)), dice[7]);
  return sent;
}

Result<ExtensionList> with_grease(const ExtensionList& list, Capabilities* capabilities, Random& random) {
  ExtensionList sent = list;
  DMLS_TRY(const Bytes dice, random.bytes(4));
  // A type that the list does not have yet (RFC 9420 §13.4); a list with all fifteen stays as it is.
  for (std::size_t i = 0; i < kValues; ++i) {
    const auto type = static_cast<ExtensionType>(grease_value((dice[0] + i) % kValues));
    if (find_extension(sent, type) != nullptr) continue;
    DMLS_TRY(Bytes data, random.bytes(dice[1] % 16));
    sent.insert(place(sent, dice[2]), Extension{type, std::move(data)});
    if (capabilities != nullptr) insert(capabilities->extensions, type, dice[3]);
    break;
  }
  return sent;
}

}  // namespace dmls::treekem
