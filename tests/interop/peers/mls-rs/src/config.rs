//! The types of clients and groups spelled out, and rules that a request can change.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use jsonl::{Failure, Request};
use mls_rs::client_builder::{
    BaseConfig, WithCryptoProvider, WithIdentityProvider, WithKeyPackageRepo, WithMlsRules, WithPskStore,
};
use mls_rs::group::{GroupContext, Roster};
use mls_rs::identity::basic::BasicIdentityProvider;
use mls_rs::mls_rules::{CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle};
use mls_rs::storage_provider::in_memory::{InMemoryKeyPackageStorage, InMemoryPreSharedKeyStorage};
use mls_rs::MlsRules;
use mls_rs_crypto_openssl::OpensslCryptoProvider;

pub type Config = WithMlsRules<
    Rules,
    WithCryptoProvider<
        OpensslCryptoProvider,
        WithIdentityProvider<
            BasicIdentityProvider,
            WithPskStore<InMemoryPreSharedKeyStorage, WithKeyPackageRepo<InMemoryKeyPackageStorage, BaseConfig>>,
        >,
    >,
>;
pub type Client = mls_rs::Client<Config>;
pub type Group = mls_rs::Group<Config>;

#[derive(Clone, Copy)]
struct Choices {
    commit: CommitOptions,
    encryption: EncryptionOptions,
}

/// How the next commit or proposal is made; shared by a client and all its groups.
#[derive(Clone)]
pub struct Rules(Arc<Mutex<Choices>>);

impl Default for Rules {
    fn default() -> Self {
        let encryption = EncryptionOptions::new(true, Default::default());
        Self(Arc::new(Mutex::new(Choices { commit: CommitOptions::new().with_path_required(true), encryption })))
    }
}

impl Rules {
    pub fn set(&self, request: &Request) -> Result<(), Failure> {
        let commit = CommitOptions::new()
            .with_path_required(!request.second_of("path", "always", "when_required")?)
            .with_ratchet_tree_extension(!request.second_of("tree", "inside", "aside")?);
        let private = !request.second_of("handshake", "private", "public")?;
        let encryption = EncryptionOptions::new(private, Default::default());
        *self.0.lock().unwrap() = Choices { commit, encryption };
        Ok(())
    }
}

impl MlsRules for Rules {
    type Error = Infallible;

    fn filter_proposals(
        &self,
        _: CommitDirection,
        _: CommitSource,
        _: &Roster,
        _: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Infallible> {
        Ok(proposals)
    }

    fn commit_options(&self, _: &Roster, _: &GroupContext, _: &ProposalBundle) -> Result<CommitOptions, Infallible> {
        Ok(self.0.lock().unwrap().commit)
    }

    fn encryption_options(&self, _: &Roster, _: &GroupContext) -> Result<EncryptionOptions, Infallible> {
        Ok(self.0.lock().unwrap().encryption)
    }
}
