//! OpenMLS as a peer of docs/peer.md.

mod member;
mod observer;
mod proposals;

use std::error::Error;

use jsonl::{bad_request, extensions_json, hex, json, refused, unsupported, Failure, Reply, Request, Shelf, Value};
use member::{join_config, supported, Membership, OpenMlsMember};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::{Deserialize, Serialize};
use openmls::prelude::{
    BasicCredential, CreateMessageError, ExternalSender, Extensions, GroupContext, GroupId, JoinProposal,
    LeafNodeParameters, MlsGroup, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider,
    ProcessedMessageContent, RatchetTreeIn, Sender, StagedCommit, StagedWelcome,
};

/// A commit that was created or received: its group, and for a received one what it does.
struct Staged {
    group: String,
    received: Option<Box<StagedCommit>>,
}

struct Peer {
    clients: Shelf<OpenMlsMember>,
    groups: Shelf<Membership>,
    staged: Shelf<Staged>,
    observers: Shelf<observer::Observer>,
}

fn message(request: &Request, name: &str) -> Result<MlsMessageBodyIn, Failure> {
    Ok(MlsMessageIn::tls_deserialize_exact(request.octets(name)?)?.extract())
}

fn group_info(request: &Request) -> Result<VerifiableGroupInfo, Failure> {
    match message(request, "group_info")? {
        MlsMessageBodyIn::GroupInfo(info) => Ok(info),
        _ => Err(bad_request("'group_info' is none")),
    }
}

fn tree(request: &Request) -> Result<Option<RatchetTreeIn>, Failure> {
    let octets = request.octets_or_none("ratchet_tree")?;
    if octets.is_empty() { Ok(None) } else { Ok(Some(RatchetTreeIn::tls_deserialize_exact(octets)?)) }
}

fn encoded(message: &MlsMessageOut) -> Result<String, Failure> {
    Ok(hex::encode(message.to_bytes()?))
}

/// All that is known about an error whose cause matters.
fn because(error: &dyn Error) -> Failure {
    let mut text = format!("{error:?}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    refused(text)
}

impl Peer {
    fn member(&mut self, request: &Request) -> Result<&mut OpenMlsMember, Failure> {
        self.clients.at(request.text("client")?)
    }

    /// A group, and the client that it belongs to.
    fn group(&mut self, request: &Request) -> Result<(&mut MlsGroup, &OpenMlsMember), Failure> {
        let membership = self.groups.at(request.text("group")?)?;
        let member = self.clients.at(&membership.client)?;
        Ok((&mut membership.group, member))
    }

    fn entered(&mut self, group: MlsGroup, request: &Request) -> Reply {
        let client = request.text("client")?.to_owned();
        Ok(json!({"group": self.groups.add(Membership { group, client })}))
    }

    fn create(&mut self, request: &Request) -> Reply {
        let extensions: Extensions<GroupContext> = proposals::extensions(request, "extensions")?;
        let id = GroupId::from_slice(&request.octets("group_id")?);
        let member = self.member(request)?;
        let group = MlsGroup::builder()
            .with_group_id(id)
            .ciphersuite(member.suite)
            .with_capabilities(member.capabilities.clone())
            .with_wire_format_policy(join_config(false).wire_format_policy())
            .max_past_epochs(member::PAST_EPOCHS)
            .number_of_resumption_psks(member::RESUMPTION_PSKS)
            .with_group_context_extensions(extensions)
            .replace_old_group()
            .build(&member.provider, &member.signer, member.credential.clone())
            .map_err(|why| because(&why))?;
        self.entered(group, request)
    }

    fn join(&mut self, request: &Request) -> Reply {
        let MlsMessageBodyIn::Welcome(welcome) = message(request, "welcome")? else {
            return Err(bad_request("'welcome' is none"));
        };
        let member = self.member(request)?;
        let mut builder = StagedWelcome::build_from_welcome(&member.provider, &join_config(false), welcome)
            .map_err(|why| because(&why))?
            .replace_old_group();
        if let Some(tree) = tree(request)? {
            builder = builder.with_ratchet_tree(tree);
        }
        let group = builder.build().and_then(|staged| staged.into_group(&member.provider)).map_err(|why| because(&why))?;
        self.entered(group, request)
    }

    /// OpenMLS replaces the leaf with the same signature key by itself.
    fn external_join(&mut self, request: &Request) -> Reply {
        let member = self.member(request)?;
        let mut builder = MlsGroup::external_commit_builder()
            .with_config(join_config(false))
            .with_aad(request.octets_or_none("authenticated_data")?);
        if let Some(tree) = tree(request)? {
            builder = builder.with_ratchet_tree(tree);
        }
        let psks = request.octets_list("psk_ids")?;
        let psks: Result<Vec<_>, _> = psks.into_iter().map(|id| proposals::external_psk(member, id)).collect();
        let parameters = LeafNodeParameters::builder().with_capabilities(member.capabilities.clone()).build();
        let (group, bundle) = builder
            .build_group(&member.provider, group_info(request)?, member.credential.clone())
            .map_err(|why| because(&why))?
            .add_psk_proposals(psks?)
            .leaf_node_parameters(parameters)
            .load_psks(member.provider.storage())?
            .build(member.provider.rand(), member.provider.crypto(), &member.signer, |_| true)?
            .finalize(&member.provider)
            .map_err(|why| because(&why))?;
        let commit = encoded(bundle.commit())?;
        let mut reply = self.entered(group, request)?;
        reply["commit"] = json!(commit);
        Ok(reply)
    }

    fn external_sender(&mut self, request: &Request) -> Reply {
        let credential = &self.member(request)?.credential;
        let sender = ExternalSender::new(credential.signature_key.clone(), credential.credential.clone());
        Ok(json!({"external_sender": hex::encode(sender.tls_serialize_detached()?)}))
    }

    fn external_propose(&mut self, request: &Request) -> Reply {
        let info = group_info(request)?;
        let index = request.number32("sender_index")?;
        let member = self.member(request)?;
        let proposal = Request(&request.0["proposal"]);
        let message = proposals::propose_from_outside(member, &info, &proposal, index)?;
        Ok(json!({"message": encoded(&message)?}))
    }

    fn propose_join(&mut self, request: &Request) -> Reply {
        let info = group_info(request)?;
        let member = self.member(request)?;
        let package = member.key_package()?;
        let message = JoinProposal::new::<<member::Provider as OpenMlsProvider>::StorageProvider>(
            package,
            info.group_id().clone(),
            info.epoch(),
            &member.signer,
        )
        .map_err(|why| because(&why))?;
        Ok(json!({"message": encoded(&message)?}))
    }

    fn describe(&mut self, request: &Request) -> Reply {
        let (group, _) = self.group(request)?;
        let members: Vec<Value> = group
            .members()
            .map(|member| {
                let identity = BasicCredential::try_from(member.credential)
                    .map(|basic| hex::encode(basic.identity()))
                    .unwrap_or_default();
                json!({"leaf": member.index.u32(), "identity": identity,
                       "signature_key": hex::encode(member.signature_key)})
            })
            .collect();
        Ok(json!({
            "group_id": hex::encode(group.group_id().as_slice()),
            "epoch": group.epoch().as_u64(),
            "epoch_authenticator": hex::encode(group.epoch_authenticator().as_slice()),
            "leaf": group.own_leaf_index().u32(),
            "members": members,
            "extensions": extensions_json(proposals::plain(group.extensions())?.into_iter()),
        }))
    }

    fn export(&mut self, request: &Request) -> Reply {
        let (group, member) = self.group(request)?;
        let context = request.octets_or_none("context")?;
        let length = request.number32("length")? as usize;
        let secret = group.export_secret(member.provider.crypto(), request.text("label")?, &context, length)?;
        Ok(json!({"secret": hex::encode(secret)}))
    }

    fn export_group_info(&mut self, request: &Request) -> Reply {
        if !request.flag("external_pub", true) {
            return Err(unsupported("a GroupInfo without external_pub"));
        }
        let aside = request.second_of("tree", "inside", "aside")?;
        let (group, member) = self.group(request)?;
        let info = group.export_group_info(member.provider.crypto(), &member.signer, !aside)?;
        Ok(json!({"group_info": encoded(&info)?}))
    }

    fn send(&mut self, request: &Request) -> Reply {
        let (group, member) = self.group(request)?;
        group.set_aad(request.octets_or_none("authenticated_data")?);
        let sent: Result<_, CreateMessageError> =
            group.create_message(&member.provider, &member.signer, &request.octets("data")?);
        Ok(json!({"message": encoded(&sent?)?}))
    }

    fn propose(&mut self, request: &Request) -> Reply {
        let (group, member) = self.group(request)?;
        member::configure(group, member, request)?;
        let message = proposals::propose(group, member, &Request(&request.0["proposal"]))?;
        Ok(json!({"message": encoded(&message)?}))
    }

    fn commit(&mut self, request: &Request) -> Reply {
        if request.has("identity") {
            return Err(unsupported("another identity for the committer (OpenMLS could; this program does not)"));
        }
        let (group, member) = self.group(request)?;
        let handle = request.text("group")?.to_owned();
        member::configure(group, member, request)?;
        group.set_aad(request.octets_or_none("authenticated_data")?);
        let mut builder = group
            .commit_builder()
            .consume_proposal_store(request.flag("pending", true))
            .force_self_update(!request.second_of("path", "always", "when_required")?);
        for proposal in request.objects("proposals") {
            builder = proposals::by_value(builder, member, &proposal)?;
        }
        let bundle = builder
            .load_psks(member.provider.storage())?
            .create_group_info(true)
            .use_ratchet_tree_extension(!request.second_of("tree", "inside", "aside")?)
            .build(member.provider.rand(), member.provider.crypto(), &member.signer, |_| true)?
            .stage_commit(&member.provider)
            .map_err(|why| because(&why))?;
        let welcome = bundle.to_welcome_msg().map(|welcome| encoded(&welcome)).transpose()?;
        let commit = encoded(bundle.commit())?;
        let staged = self.staged.add(Staged { group: handle, received: None });
        Ok(json!({"commit": commit, "welcome": welcome, "staged": staged}))
    }

    fn merge(&mut self, request: &Request) -> Reply {
        let staged = self.staged.take(request.text("staged")?)?;
        let membership = self.groups.at(&staged.group)?;
        let provider = &self.clients.at(&membership.client)?.provider;
        match staged.received {
            Some(commit) => membership.group.merge_staged_commit(provider, *commit)?,
            None => membership.group.merge_pending_commit(provider)?,
        }
        Ok(json!({"epoch": membership.group.epoch().as_u64()}))
    }

    fn drop(&mut self, request: &Request) -> Reply {
        let staged = self.staged.take(request.text("staged")?)?;
        let membership = self.groups.at(&staged.group)?;
        if staged.received.is_none() {
            membership.group.clear_pending_commit(self.clients.at(&membership.client)?.provider.storage())?;
        }
        Ok(json!({}))
    }

    fn process(&mut self, request: &Request) -> Reply {
        let handle = request.text("group")?.to_owned();
        let (group, member) = self.group(request)?;
        let message = MlsMessageIn::tls_deserialize_exact(request.octets("message")?)?.try_into_protocol_message()?;
        let processed = group.process_message(&member.provider, message).map_err(|why| because(&why))?;
        let sender = match processed.sender() {
            Sender::Member(leaf) => json!(leaf.u32()),
            _ => json!(null),
        };
        let data = hex::encode(processed.aad());
        Ok(match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => json!({
                "event": "application", "sender": sender, "data": hex::encode(message.into_bytes()),
                "authenticated_data": data}),
            ProcessedMessageContent::ProposalMessage(proposal)
            | ProcessedMessageContent::ExternalJoinProposalMessage(proposal) => {
                group.store_pending_proposal(member.provider.storage(), *proposal)?;
                json!({"event": "proposal"})
            }
            ProcessedMessageContent::StagedCommitMessage(commit) if commit.self_removed() => {
                group.merge_staged_commit(&member.provider, *commit)?;
                json!({"event": "removed"})
            }
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                json!({"event": "commit",
                       "staged": self.staged.add(Staged { group: handle, received: Some(commit) })})
            }
            ProcessedMessageContent::OwnPendingCommit | ProcessedMessageContent::OwnPrivateMessage => {
                json!({"event": "skipped", "reason": "own_message"})
            }
        })
    }

    fn reload(&mut self, request: &Request) -> Reply {
        let (group, member) = self.group(request)?;
        let id = group.group_id().clone();
        let loaded = MlsGroup::load(member.provider.storage(), &id)?.ok_or_else(|| refused("not stored"))?;
        self.entered(loaded, request)
    }

    fn perform(&mut self, op: &str, request: &Request) -> Reply {
        match op {
            "client" => {
                let member = OpenMlsMember::new(request)?;
                let key = hex::encode(member.credential.signature_key.as_slice());
                Ok(json!({"client": self.clients.add(member), "signature_key": key}))
            }
            "key_package" => {
                let package = MlsMessageOut::from(self.member(request)?.key_package()?);
                Ok(json!({"key_package": encoded(&package)?}))
            }
            "psk" => {
                let (id, value) = (request.octets("psk_id")?, request.octets("psk")?);
                proposals::store_psk(self.member(request)?, id, &value)?;
                Ok(json!({}))
            }
            "create" => self.create(request),
            "join" => self.join(request),
            "external_join" => self.external_join(request),
            "external_sender" => self.external_sender(request),
            "external_propose" => self.external_propose(request),
            "propose_join" => self.propose_join(request),
            "state" => self.describe(request),
            "export" => self.export(request),
            "group_info" => self.export_group_info(request),
            "ratchet_tree" => {
                let tree = self.group(request)?.0.export_ratchet_tree();
                Ok(json!({"ratchet_tree": hex::encode(tree.tls_serialize_detached()?)}))
            }
            "send" => self.send(request),
            "propose" => self.propose(request),
            "commit" => self.commit(request),
            "merge" => self.merge(request),
            "drop" => self.drop(request),
            "process" => self.process(request),
            "reload" => self.reload(request),
            "observe" => {
                let observer = observer::Observer::new(group_info(request)?, tree(request)?)?;
                Ok(json!({"observer": self.observers.add(observer)}))
            }
            "observer_process" => {
                let message = MlsMessageIn::tls_deserialize_exact(request.octets("message")?)?;
                self.observers.at(request.text("observer")?)?.process(message.try_into_protocol_message()?)
            }
            "observer_state" => self.observers.at(request.text("observer")?)?.state(),
            "forget" => {
                let handle = request.text("handle")?;
                let (groups, observers) = (self.groups.forget(handle), self.observers.forget(handle));
                match groups || observers || self.staged.forget(handle) || self.clients.forget(handle) {
                    true => Ok(json!({})),
                    false => Err(bad_request(format!("there is no '{handle}'"))),
                }
            }
            _ => Err(unsupported(format!("no operation '{op}'"))),
        }
    }
}

fn main() {
    let mut peer = Peer { clients: Shelf::new('c'), groups: Shelf::new('g'), staged: Shelf::new('s'), observers: Shelf::new('o') };
    jsonl::serve("OpenMLS 0.9.2", &supported(), |op, request| peer.perform(op, request));
}
