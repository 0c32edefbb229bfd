//! Somebody who follows public handshakes from outside.

use jsonl::{bad_request, hex, json, Failure, Reply};
use mls_rs::external_client::builder::{
    ExternalBaseConfig, IntoConfigOutput, WithCryptoProvider, WithIdentityProvider,
};
use mls_rs::external_client::{ExternalClient, ExternalGroup, ExternalReceivedMessage};
use mls_rs::group::ExportedTree;
use mls_rs::identity::basic::BasicIdentityProvider;
use mls_rs::MlsMessage;
use mls_rs_crypto_openssl::OpensslCryptoProvider;

type Config = IntoConfigOutput<
    WithIdentityProvider<BasicIdentityProvider, WithCryptoProvider<OpensslCryptoProvider, ExternalBaseConfig>>,
>;

pub struct Observer(ExternalGroup<Config>);

impl Observer {
    pub fn new(info: MlsMessage, tree: Option<ExportedTree<'static>>) -> Result<Self, Failure> {
        let client = ExternalClient::builder()
            .crypto_provider(OpensslCryptoProvider::new())
            .identity_provider(BasicIdentityProvider)
            .build();
        Ok(Self(client.observe_group(info, tree, None)?))
    }

    pub fn process(&mut self, message: MlsMessage) -> Reply {
        Ok(match self.0.process_incoming_message(message)? {
            ExternalReceivedMessage::Commit(_) => json!({"event": "commit", "merged": true}),
            ExternalReceivedMessage::Proposal(_) => json!({"event": "proposal"}),
            ExternalReceivedMessage::Ciphertext(_) => json!({"event": "encrypted"}),
            _ => return Err(bad_request("not a message to a group")),
        })
    }

    pub fn state(&self) -> Reply {
        Ok(json!({"epoch": self.0.group_context().epoch(), "ratchet_tree": hex::encode(self.0.export_tree()?)}))
    }
}
