#include "callbacks.h"

namespace dmls::capi {
namespace {

// What both policies share: how participants are told apart.
template <class Base>
class Named : public Base {
 public:
  explicit Named(dmls_client_ids ids) : ids_(ids) {}
  [[nodiscard]] Bytes client_id(const treekem::CredentialView& credential, BytesView signature_key) const override {
    return to_bytes(ids_ == DMLS_CLIENT_BY_CREDENTIAL ? credential.body : signature_key);
  }

 private:
  dmls_client_ids ids_;
};

class CallbackPolicy final : public Named<group::Policy> {
 public:
  CallbackPolicy(std::shared_ptr<const Table<dmls_policy>> table, dmls_client_ids ids)
      : Named(ids), table_(std::move(table)) {}

  Result<void> validate(const treekem::CredentialView& credential, BytesView key) const override {
    const dmls_policy& t = **table_;
    return from_c(t.validate(t.context, credential.encoded.data(), credential.encoded.size(), key.data(), key.size()));
  }
  Result<void> valid_successor(const treekem::CredentialView& before,
                               const treekem::CredentialView& after) const override {
    const dmls_policy& t = **table_;
    if (t.valid_successor != nullptr)
      return from_c(t.valid_successor(t.context, before.encoded.data(), before.encoded.size(), after.encoded.data(),
                                      after.encoded.size()));
    if (before == after) return {};
    return fail(group::errc::kRefusedByPolicy, "a member may not change its credential");
  }
  Result<void> accept(const group::PublicEpoch& before, const group::Changes& changes) const override {
    const dmls_policy& t = **table_;
    const dmls_public_epoch epoch(before);
    dmls_changes lent(changes);
    lent.before = &epoch;
    return from_c(t.accept(t.context, &lent));
  }

 private:
  std::shared_ptr<const Table<dmls_policy>> table_;
};

class Permissive final : public Named<group::Policy> {
 public:
  using Named::Named;
  Result<void> validate(const treekem::CredentialView&, BytesView) const override { return {}; }
  Result<void> valid_successor(const treekem::CredentialView&, const treekem::CredentialView&) const override {
    return {};
  }
  Result<void> accept(const group::PublicEpoch&, const group::Changes&) const override { return {}; }
  [[nodiscard]] treekem::LifetimePolicy lifetimes(std::uint64_t) const override { return {}; }
};

}  // namespace

std::function<std::shared_ptr<const group::Policy>(dmls_client_ids)> make_policy(const dmls_policy& table) {
  return [shared = std::make_shared<const Table<dmls_policy>>(table)](dmls_client_ids ids) {
    return std::make_shared<const CallbackPolicy>(shared, ids);
  };
}

std::function<std::shared_ptr<const group::Policy>(dmls_client_ids)> make_permissive_policy() {
  return [](dmls_client_ids ids) { return std::make_shared<const Permissive>(ids); };
}

}  // namespace dmls::capi
