//! The rows of ../README.md for OpenMLS.

use openmls::prelude::tls_codec::Deserialize;
use openmls::prelude::{
    BasicCredential, Ciphersuite, CredentialWithKey, GroupId, KeyPackage, LeafNodeIndex, MlsGroup, MlsGroupJoinConfig,
    MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider, ProcessedMessageContent, ProtocolVersion, StagedWelcome,
    Welcome, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use rows::{Rows, CALLS, MESSAGE, MESSAGES, REMOVED, SIGNED};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;

struct Client {
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
}

impl Client {
    fn new(name: &str) -> Self {
        let signer = SignatureKeyPair::new(SUITE.signature_algorithm()).unwrap();
        let credential = CredentialWithKey {
            credential: BasicCredential::new(name.as_bytes().to_vec()).into(),
            signature_key: signer.public().into(),
        };
        Self { provider: OpenMlsRustCrypto::default(), signer, credential }
    }

    fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .build(SUITE, &self.provider, &self.signer, self.credential.clone())
            .unwrap()
            .into_key_package()
    }

    fn join(&self, welcome: &[u8]) -> MlsGroup {
        let config = MlsGroupJoinConfig::builder().wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY).build();
        StagedWelcome::new_from_welcome(&self.provider, &config, parse_welcome(welcome), None)
            .unwrap()
            .into_group(&self.provider)
            .unwrap()
    }

    fn commit(&self, group: &mut MlsGroup, removed: Option<u32>) -> Vec<u8> {
        let mut builder = group.commit_builder().force_self_update(true);
        if let Some(leaf) = removed {
            builder = builder.propose_removals([LeafNodeIndex::new(leaf)]);
        }
        let bundle = builder
            .load_psks(self.provider.storage())
            .unwrap()
            .build(self.provider.rand(), self.provider.crypto(), &self.signer, |_| true)
            .unwrap()
            .stage_commit(&self.provider)
            .unwrap();
        bundle.commit().to_bytes().unwrap()
    }

    fn process(&self, group: &mut MlsGroup, message: &[u8]) -> Option<Vec<u8>> {
        let message = MlsMessageIn::tls_deserialize_exact(message).unwrap().try_into_protocol_message().unwrap();
        match group.process_message(&self.provider, message).unwrap().into_content() {
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                group.merge_staged_commit(&self.provider, *commit).unwrap();
                None
            }
            ProcessedMessageContent::ApplicationMessage(message) => Some(message.into_bytes()),
            _ => panic!("neither a commit nor an application message"),
        }
    }
}

fn parse_welcome(octets: &[u8]) -> Welcome {
    match MlsMessageIn::tls_deserialize_exact(octets).unwrap().extract() {
        MlsMessageBodyIn::Welcome(welcome) => welcome,
        _ => panic!("no Welcome"),
    }
}

fn validated(client: &Client, octets: &[u8]) -> KeyPackage {
    match MlsMessageIn::tls_deserialize_exact(octets).unwrap().extract() {
        MlsMessageBodyIn::KeyPackage(package) => {
            package.validate(client.provider.crypto(), ProtocolVersion::Mls10).unwrap()
        }
        _ => panic!("no key package"),
    }
}

fn add_everybody(rows: &mut Rows, members: usize) {
    let creator = Client::new("creator");
    let mut group = MlsGroup::builder()
        .with_group_id(GroupId::from_slice(b"added"))
        .ciphersuite(SUITE)
        .with_wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .build(&creator.provider, &creator.signer, creator.credential.clone())
        .unwrap();
    let encoded: Vec<Vec<u8>> = (1..members)
        .map(|i| MlsMessageOut::from(Client::new(&format!("user-{}", 100_000_000 + i)).key_package()))
        .map(|message| message.to_bytes().unwrap())
        .collect();
    rows.measure("add everybody", || {
        let packages: Vec<KeyPackage> = encoded.iter().map(|octets| validated(&creator, octets)).collect();
        let (commit, welcome, _) = group.add_members(&creator.provider, &creator.signer, &packages).unwrap();
        (commit.to_bytes().unwrap(), welcome.to_bytes().unwrap())
    });
    group.merge_pending_commit(&creator.provider).unwrap();
    assert_eq!(group.members().count(), members);
    rows.measure("commit, fresh", || creator.commit(&mut group, None));
}

fn primitives(rows: &mut Rows) {
    let provider = OpenMlsRustCrypto::default();
    let (crypto, scheme) = (provider.crypto(), SUITE.signature_algorithm());
    let (private, public) = crypto.signature_key_gen(scheme).unwrap();
    for _ in 0..CALLS {
        let signature = rows.primitive("sign", || crypto.sign(scheme, &SIGNED, &private).unwrap());
        rows.primitive("verify", || crypto.verify_signature(scheme, &SIGNED, &public, &signature).unwrap());
        let pair = rows.primitive("derive", || crypto.derive_hpke_keypair(SUITE.hpke_config(), &[3; 32]).unwrap());
        rows.primitive("seal", || crypto.hpke_seal(SUITE.hpke_config(), &pair.public, b"", b"", &[5; 32]).unwrap());
    }
}

fn main() {
    let arguments = rows::arguments();
    let mut rows = Rows::default();
    let clients = [Client::new("a"), Client::new("b")];
    let packages = [0, 1].map(|i| MlsMessageOut::from(clients[i].key_package()).to_bytes().unwrap());
    let welcome = rows::invited(packages);
    let mut groups = [0, 1].map(|i| rows.measure("join", || clients[i].join(&welcome)));
    assert_eq!(groups[0].members().count(), arguments.members);

    for round in 0..arguments.rounds {
        let (from, to) = (round % 2, 1 - round % 2);
        let commit = rows.measure("commit", || clients[from].commit(&mut groups[from], None));
        rows.measure("process", || clients[to].process(&mut groups[to], &commit));
        groups[from].merge_pending_commit(&clients[from].provider).unwrap();
        assert_eq!(groups[0].epoch_authenticator().as_slice(), groups[1].epoch_authenticator().as_slice());
        rows.measure("remove", || clients[from].commit(&mut groups[from], Some(REMOVED)));
        groups[from].clear_pending_commit(clients[from].provider.storage()).unwrap();
    }
    for _ in 0..MESSAGES {
        let message = rows.measure("send", || {
            groups[0].create_message(&clients[0].provider, &clients[0].signer, &MESSAGE).unwrap().to_bytes().unwrap()
        });
        let read = rows.measure("receive", || clients[1].process(&mut groups[1], &message));
        assert_eq!(read.as_deref(), Some(&MESSAGE[..]));
    }
    if arguments.added > 0 {
        add_everybody(&mut rows, arguments.added);
    }
    primitives(&mut rows);
    rows.print();
}
