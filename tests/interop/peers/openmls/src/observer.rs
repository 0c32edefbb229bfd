//! Somebody who follows public handshakes from outside.

use crate::because;
use crate::member::Provider;
use jsonl::{bad_request, hex, json, Failure, Reply};
use openmls::group::{ProposalStore, PublicGroup};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::Serialize;
use openmls::prelude::{OpenMlsProvider, ProcessedMessageContent, ProtocolMessage, RatchetTreeIn};

pub struct Observer {
    group: PublicGroup,
    provider: Provider,
}

impl Observer {
    pub fn new(info: VerifiableGroupInfo, tree: Option<RatchetTreeIn>) -> Result<Self, Failure> {
        let inside = || info.extensions().ratchet_tree().map(|tree| tree.ratchet_tree().clone());
        let tree = tree.or_else(inside).ok_or_else(|| bad_request("no tree"))?;
        let provider = Provider::default();
        let (group, _) =
            PublicGroup::from_external(provider.crypto(), provider.storage(), tree, info, ProposalStore::new())
                .map_err(|why| because(&why))?;
        Ok(Self { group, provider })
    }

    pub fn process(&mut self, message: ProtocolMessage) -> Reply {
        let processed =
            self.group.process_message(self.provider.crypto(), message).map_err(|why| because(&why))?;
        Ok(match processed.into_content() {
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                self.group.merge_commit(self.provider.storage(), *commit)?;
                json!({"event": "commit", "merged": true})
            }
            ProcessedMessageContent::ProposalMessage(proposal)
            | ProcessedMessageContent::ExternalJoinProposalMessage(proposal) => {
                self.group.add_proposal(self.provider.storage(), *proposal)?;
                json!({"event": "proposal"})
            }
            _ => return Err(bad_request("not a public handshake")),
        })
    }

    pub fn state(&self) -> Reply {
        let tree = self.group.export_ratchet_tree().tls_serialize_detached()?;
        Ok(json!({"epoch": self.group.group_context().epoch().as_u64(), "ratchet_tree": hex::encode(tree)}))
    }
}
