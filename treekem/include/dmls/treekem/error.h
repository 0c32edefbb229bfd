#pragma once
// What this layer fails with. A signature that does not verify is crypto::errc::kBadSignature, with the rule that names
// what was signed.

#include <dmls/base/error.h>

namespace dmls::treekem::errc {

// ---- leaves and key packages ---------------------------------------------------------------------------------------

inline constexpr Errc kInvalidExtension{0x0300};   // a type twice in one list, or a known extension that is malformed
inline constexpr Errc kInvalidCredential{0x0301};  // a credential that cannot be right, or that its validator refused
inline constexpr Errc kUnsupportedCapability{0x0302};  // something in use that a member does not list as supported
inline constexpr Errc kLifetime{0x0303};               // not yet or no longer valid, or valid for too long
inline constexpr Errc kInvalidLeaf{0x0304};        // a leaf of the wrong source, or that keeps the key it must replace
inline constexpr Errc kInvalidKeyPackage{0x0305};  // wrong version or suite, or one key in two roles

// ---- trees and paths -----------------------------------------------------------------------------------------------

inline constexpr Errc kDuplicateKey{0x0320};  // an encryption or signature key that is in the tree already
inline constexpr Errc kInvalidTree{0x0321};   // the shape or the content of a ratchet tree breaks a rule
inline constexpr Errc kParentHash{0x0322};    // a parent hash chain does not hold
inline constexpr Errc kBadPath{0x0323};       // an UpdatePath does not fit the tree, or its secrets do not fit it
inline constexpr Errc kTreeFull{0x0324};      // more leaves than a tree can have
inline constexpr Errc kNoSuchLeaf{0x0325};    // a leaf index that is out of range or blank

}  // namespace dmls::treekem::errc
