//! mls-rs as a peer of docs/peer.md. It applies commits of others as it reads them, so nothing of theirs is staged.

mod config;
mod observer;
mod proposals;

use std::collections::HashMap;

use config::{Client, Group, Rules};
use jsonl::{bad_request, extensions_json, hex, json, unsupported, Failure, Reply, Request, Shelf};
use mls_rs::client_builder::ClientBuilder;
use mls_rs::crypto::SignatureSecretKey;
use mls_rs::external_client::ExternalClient;
use mls_rs::group::{CommitEffect, ExportedTree, ReceivedMessage};
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::identity::SigningIdentity;
use mls_rs::mls_rs_codec::MlsEncode;
use mls_rs::psk::{ExternalPskId, PreSharedKey};
use mls_rs::storage_provider::in_memory::{InMemoryKeyPackageStorage, InMemoryPreSharedKeyStorage};
use mls_rs::{CipherSuite, CipherSuiteProvider, CryptoProvider, ExtensionList, MlsMessage};
use mls_rs_crypto_openssl::OpensslCryptoProvider;

struct Member {
    client: Client,
    signer: SignatureSecretKey,
    identity: SigningIdentity,
    psks: InMemoryPreSharedKeyStorage,
    rules: Rules,
}

struct Membership {
    group: Group,
    rules: Rules,
}

struct Peer {
    crypto: OpensslCryptoProvider,
    /// By identity: a client for another cipher suite finds the key packages of the first.
    key_packages: HashMap<Vec<u8>, InMemoryKeyPackageStorage>,
    clients: Shelf<Member>,
    groups: Shelf<Membership>,
    staged: Shelf<String>,
    observers: Shelf<observer::Observer>,
}

fn identity_of(identity: &SigningIdentity) -> String {
    identity.credential.as_basic().map(|basic| hex::encode(&basic.identifier)).unwrap_or_default()
}

fn message(request: &Request, name: &str) -> Result<MlsMessage, Failure> {
    Ok(MlsMessage::from_bytes(&request.octets(name)?)?)
}

fn messages(request: &Request, name: &str) -> Result<Vec<MlsMessage>, Failure> {
    request.octets_list(name)?.iter().map(|octets| Ok(MlsMessage::from_bytes(octets)?)).collect()
}

fn tree(request: &Request) -> Result<Option<ExportedTree<'static>>, Failure> {
    let octets = request.octets_or_none("ratchet_tree")?;
    if octets.is_empty() { Ok(None) } else { Ok(Some(ExportedTree::from_bytes(&octets)?)) }
}

fn encoded(message: &MlsMessage) -> Result<String, Failure> {
    Ok(hex::encode(message.to_bytes()?))
}

impl Peer {
    fn new_client(&mut self, request: &Request) -> Reply {
        let suite = CipherSuite::from(request.number16("suite")?);
        let provider = self.crypto.cipher_suite_provider(suite).ok_or_else(|| unsupported("cipher suite"))?;
        let (signer, public) = provider.signature_key_generate()?;
        let name = request.octets("identity")?;
        let key_packages = self.key_packages.entry(name.clone()).or_default().clone();
        let credential = BasicCredential::new(name).into_credential();
        let identity = SigningIdentity::new(credential, public);
        let psks = InMemoryPreSharedKeyStorage::default();
        let rules = Rules::default();
        let client = ClientBuilder::new()
            .key_package_repo(key_packages)
            .psk_store(psks.clone())
            .identity_provider(BasicIdentityProvider)
            .crypto_provider(self.crypto.clone())
            .mls_rules(rules.clone())
            .extension_types(request.code_points("extension_types").into_iter().map(Into::into))
            .custom_proposal_types(request.code_points("proposal_types").into_iter().map(Into::into))
            .signing_identity(identity.clone(), signer.clone(), suite)
            .build();
        let key = hex::encode(&*identity.signature_key);
        let handle = self.clients.add(Member { client, signer, identity, psks, rules });
        Ok(json!({"client": handle, "signature_key": key}))
    }

    fn member(&mut self, request: &Request) -> Result<&mut Member, Failure> {
        self.clients.at(request.text("client")?)
    }

    fn group(&mut self, request: &Request) -> Result<&mut Group, Failure> {
        Ok(&mut self.groups.at(request.text("group")?)?.group)
    }

    fn joined(&mut self, group: Group, rules: Rules) -> String {
        self.groups.add(Membership { group, rules })
    }

    fn create(&mut self, request: &Request) -> Reply {
        let extensions = proposals::extensions(request, "extensions")?;
        let member = self.member(request)?;
        let group =
            member.client.create_group_with_id(request.octets("group_id")?, extensions, ExtensionList::new(), None)?;
        let rules = member.rules.clone();
        Ok(json!({"group": self.joined(group, rules)}))
    }

    fn join(&mut self, request: &Request) -> Reply {
        let member = self.member(request)?;
        let (group, _) = member.client.join_group(tree(request)?, &message(request, "welcome")?, None)?;
        let rules = member.rules.clone();
        Ok(json!({"group": self.joined(group, rules)}))
    }

    fn external_join(&mut self, request: &Request) -> Reply {
        let member = self.member(request)?;
        let mut builder = member.client.external_commit_builder()?;
        builder = builder.with_authenticated_data(request.octets_or_none("authenticated_data")?);
        if let Some(tree) = tree(request)? {
            builder = builder.with_tree_data(tree);
        }
        if request.has("replaces") {
            builder = builder.with_removal(request.number32("replaces")?);
        }
        for id in request.octets_list("psk_ids")? {
            builder = builder.with_external_psk(ExternalPskId::new(id));
        }
        let (group, commit) = builder.build(message(request, "group_info")?)?;
        let rules = member.rules.clone();
        Ok(json!({"commit": encoded(&commit)?, "group": self.joined(group, rules)}))
    }

    fn external_sender(&mut self, request: &Request) -> Reply {
        let sender = self.member(request)?.identity.mls_encode_to_vec()?;
        Ok(json!({"external_sender": hex::encode(sender)}))
    }

    fn external_propose(&mut self, request: &Request) -> Reply {
        let crypto = self.crypto.clone();
        let member = self.member(request)?;
        let outsider = ExternalClient::builder()
            .crypto_provider(crypto)
            .identity_provider(BasicIdentityProvider)
            .signer(member.signer.clone(), member.identity.clone())
            .build();
        let mut group = outsider.observe_group(message(request, "group_info")?, tree(request)?, None)?;
        let data = request.octets_or_none("authenticated_data")?;
        let proposal = proposals::propose_from_outside(&mut group, &Request(&request.0["proposal"]), data)?;
        Ok(json!({"message": encoded(&proposal)?}))
    }

    fn propose_join(&mut self, request: &Request) -> Reply {
        let info = message(request, "group_info")?;
        let none = ExtensionList::new;
        let client = &self.member(request)?.client;
        let proposal = client.external_add_proposal(&info, tree(request)?, Vec::new(), none(), none(), None)?;
        Ok(json!({"message": encoded(&proposal)?}))
    }

    fn describe(&mut self, request: &Request) -> Reply {
        let group = self.group(request)?;
        let members: Vec<_> = group
            .roster()
            .members_iter()
            .map(|member| {
                json!({"leaf": member.index, "identity": identity_of(&member.signing_identity),
                       "signature_key": hex::encode(&*member.signing_identity.signature_key)})
            })
            .collect();
        let extensions = group.context().extensions.iter();
        Ok(json!({
            "group_id": hex::encode(group.group_id()),
            "epoch": group.current_epoch(),
            "epoch_authenticator": hex::encode(group.epoch_authenticator()?.as_bytes()),
            "leaf": group.current_member_index(),
            "members": members,
            "extensions": extensions_json(extensions.map(|e| (e.extension_type.raw_value(), e.extension_data.clone()))),
        }))
    }

    fn export(&mut self, request: &Request) -> Reply {
        let length = request.number32("length")? as usize;
        let context = request.octets_or_none("context")?;
        let secret = self.group(request)?.export_secret(request.text("label")?.as_bytes(), &context, length)?;
        Ok(json!({"secret": hex::encode(secret.as_bytes())}))
    }

    fn group_info(&mut self, request: &Request) -> Reply {
        let aside = request.second_of("tree", "inside", "aside")?;
        let group = self.group(request)?;
        let info = if request.flag("external_pub", true) {
            group.group_info_message_allowing_ext_commit(!aside)?
        } else {
            group.group_info_message(!aside)?
        };
        Ok(json!({"group_info": encoded(&info)?}))
    }

    fn send(&mut self, request: &Request) -> Reply {
        let (data, aad) = (request.octets("data")?, request.octets_or_none("authenticated_data")?);
        let message = self.group(request)?.encrypt_application_message(&data, aad)?;
        Ok(json!({"message": encoded(&message)?}))
    }

    fn propose(&mut self, request: &Request) -> Reply {
        let membership = self.groups.at(request.text("group")?)?;
        membership.rules.set(request)?;
        let data = request.octets_or_none("authenticated_data")?;
        let message = proposals::propose(&mut membership.group, &Request(&request.0["proposal"]), data)?;
        Ok(json!({"message": encoded(&message)?}))
    }

    fn commit(&mut self, request: &Request) -> Reply {
        if !request.flag("pending", true) {
            return Err(unsupported("a commit takes up all proposals of its epoch"));
        }
        let handle = request.text("group")?;
        let identity = match request.has("identity") {
            true => Some(self.clients.at(request.text("identity")?)?),
            false => None,
        };
        let membership = self.groups.at(handle)?;
        membership.rules.set(request)?;
        let mut builder = membership.group.commit_builder();
        if let Some(other) = identity {
            builder = builder.set_new_signing_identity(other.signer.clone(), other.identity.clone());
        }
        builder = builder.authenticated_data(request.octets_or_none("authenticated_data")?);
        for proposal in request.objects("proposals") {
            builder = proposals::by_value(builder, &proposal)?;
        }
        let output = builder.build()?;
        let welcome = match output.welcome_messages().first() {
            Some(welcome) => json!(encoded(welcome)?),
            None => json!(null),
        };
        let commit = encoded(output.commit_message())?;
        Ok(json!({"commit": commit, "welcome": welcome, "staged": self.staged.add(handle.to_owned())}))
    }

    fn merge(&mut self, request: &Request) -> Reply {
        let handle = self.staged.take(request.text("staged")?)?;
        let group = &mut self.groups.at(&handle)?.group;
        group.apply_pending_commit()?;
        Ok(json!({"epoch": group.current_epoch()}))
    }

    fn drop(&mut self, request: &Request) -> Reply {
        let handle = self.staged.take(request.text("staged")?)?;
        self.groups.at(&handle)?.group.clear_pending_commit();
        Ok(json!({}))
    }

    fn process(&mut self, request: &Request) -> Reply {
        let incoming = message(request, "message")?;
        Ok(match self.group(request)?.process_incoming_message(incoming)? {
            ReceivedMessage::ApplicationMessage(message) => json!({
                "event": "application", "sender": message.sender_index, "data": hex::encode(message.data()),
                "authenticated_data": hex::encode(&message.authenticated_data)}),
            ReceivedMessage::Proposal(_) => json!({"event": "proposal"}),
            ReceivedMessage::Commit(commit) => match commit.effect {
                CommitEffect::Removed { .. } => json!({"event": "removed"}),
                _ => json!({"event": "commit", "merged": true}),
            },
            _ => return Err(bad_request("not a message to a group")),
        })
    }

    /// Signer and identity for the group that follows, if it has another cipher suite.
    fn successor(&mut self, request: &Request) -> Result<(SignatureSecretKey, SigningIdentity, Rules), Failure> {
        let member = self.member(request)?;
        Ok((member.signer.clone(), member.identity.clone(), member.rules.clone()))
    }

    fn reinit_create(&mut self, request: &Request) -> Reply {
        let (signer, identity, rules) = self.successor(request)?;
        self.groups.at(request.text("group")?)?.rules.set(request)?;
        let old = self.groups.take(request.text("group")?)?.group;
        let client = old.get_reinit_client(Some(signer), Some(identity))?;
        let (group, welcomes) = client.commit(messages(request, "key_packages")?, ExtensionList::new(), None)?;
        let welcome = encoded(welcomes.first().ok_or_else(|| bad_request("nobody else joins"))?)?;
        Ok(json!({"welcome": welcome, "group": self.joined(group, rules)}))
    }

    fn reinit_join(&mut self, request: &Request) -> Reply {
        let (signer, identity, rules) = self.successor(request)?;
        let old = self.groups.take(request.text("group")?)?.group;
        let client = old.get_reinit_client(Some(signer), Some(identity))?;
        let (group, _) = client.join(&message(request, "welcome")?, tree(request)?, None)?;
        Ok(json!({"group": self.joined(group, rules)}))
    }

    fn branch_create(&mut self, request: &Request) -> Reply {
        let membership = self.groups.at(request.text("group")?)?;
        membership.rules.set(request)?;
        let rules = membership.rules.clone();
        let (group, welcomes) =
            membership.group.branch(request.octets("group_id")?, messages(request, "key_packages")?, None)?;
        let welcome = encoded(welcomes.first().ok_or_else(|| bad_request("nobody else joins"))?)?;
        Ok(json!({"welcome": welcome, "group": self.joined(group, rules)}))
    }

    fn branch_join(&mut self, request: &Request) -> Reply {
        let membership = self.groups.at(request.text("group")?)?;
        let rules = membership.rules.clone();
        let (group, _) = membership.group.join_subgroup(&message(request, "welcome")?, tree(request)?, None)?;
        Ok(json!({"group": self.joined(group, rules)}))
    }

    fn reload(&mut self, request: &Request) -> Reply {
        let membership = self.groups.at(request.text("group")?)?;
        membership.group.write_to_storage()?;
        let (id, rules) = (membership.group.group_id().to_vec(), membership.rules.clone());
        let group = self.member(request)?.client.load_group(&id)?;
        Ok(json!({"group": self.joined(group, rules)}))
    }

    fn forget(&mut self, request: &Request) -> Reply {
        let handle = request.text("handle")?;
        let (groups, staged) = (self.groups.forget(handle), self.staged.forget(handle));
        if self.clients.forget(handle) || groups || staged || self.observers.forget(handle) {
            Ok(json!({}))
        } else {
            Err(bad_request(format!("there is no '{handle}'")))
        }
    }

    fn perform(&mut self, op: &str, request: &Request) -> Reply {
        match op {
            "client" => self.new_client(request),
            "key_package" => {
                let none = ExtensionList::new;
                let package = self.member(request)?.client.generate_key_package_message(none(), none(), None)?;
                Ok(json!({"key_package": encoded(&package)?}))
            }
            "psk" => {
                let (id, value) = (request.octets("psk_id")?, request.octets("psk")?);
                self.member(request)?.psks.insert(ExternalPskId::new(id), PreSharedKey::new(value));
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
            "group_info" => self.group_info(request),
            "ratchet_tree" => {
                Ok(json!({"ratchet_tree": hex::encode(self.group(request)?.export_tree().to_bytes()?)}))
            }
            "send" => self.send(request),
            "propose" => self.propose(request),
            "commit" => self.commit(request),
            "merge" => self.merge(request),
            "drop" => self.drop(request),
            "process" => self.process(request),
            "reinit_create" => self.reinit_create(request),
            "reinit_join" => self.reinit_join(request),
            "branch_create" => self.branch_create(request),
            "branch_join" => self.branch_join(request),
            "reload" => self.reload(request),
            "observe" => {
                let observer = observer::Observer::new(message(request, "group_info")?, tree(request)?)?;
                Ok(json!({"observer": self.observers.add(observer)}))
            }
            "observer_process" => {
                self.observers.at(request.text("observer")?)?.process(message(request, "message")?)
            }
            "observer_state" => self.observers.at(request.text("observer")?)?.state(),
            "forget" => self.forget(request),
            _ => Err(unsupported(format!("no operation '{op}'"))),
        }
    }
}

fn main() {
    let crypto = OpensslCryptoProvider::new();
    let suites: Vec<u16> =
        OpensslCryptoProvider::all_supported_cipher_suites().into_iter().map(|suite| suite.raw_value()).collect();
    let mut peer = Peer {
        crypto,
        key_packages: HashMap::new(),
        clients: Shelf::new('c'),
        groups: Shelf::new('g'),
        staged: Shelf::new('s'),
        observers: Shelf::new('o'),
    };
    jsonl::serve("mls-rs 0.57.0", &suites, |op, request| peer.perform(op, request));
}
