//! The rows of ../README.md for mls-rs with its OpenSSL provider.

use mls_rs::client_builder::MlsConfig;
use mls_rs::group::ReceivedMessage;
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::identity::SigningIdentity;
use mls_rs::mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions};
use mls_rs::{CipherSuite, CipherSuiteProvider, Client, CryptoProvider, ExtensionList, Group, MlsMessage};
use mls_rs_crypto_openssl::OpensslCryptoProvider;
use rows::{Rows, CALLS, MESSAGE, MESSAGES, REMOVED, SIGNED};

const SUITE: CipherSuite = CipherSuite::CURVE25519_AES128;

fn client(name: &str) -> Client<impl MlsConfig> {
    let crypto = OpensslCryptoProvider::default();
    let (signer, public) = crypto.cipher_suite_provider(SUITE).unwrap().signature_key_generate().unwrap();
    let credential = BasicCredential::new(name.as_bytes().to_vec()).into_credential();
    let rules = DefaultMlsRules::new()
        .with_commit_options(CommitOptions::new().with_path_required(true).with_ratchet_tree_extension(true))
        .with_encryption_options(EncryptionOptions::new(true, Default::default()));
    Client::builder()
        .identity_provider(BasicIdentityProvider)
        .crypto_provider(crypto)
        .mls_rules(rules)
        .signing_identity(SigningIdentity::new(credential, public), signer, SUITE)
        .build()
}

fn key_package(client: &Client<impl MlsConfig>) -> MlsMessage {
    client.generate_key_package_message(Default::default(), Default::default(), None).unwrap()
}

fn commit(group: &mut Group<impl MlsConfig>, removed: Option<u32>) -> Vec<u8> {
    let mut builder = group.commit_builder();
    if let Some(leaf) = removed {
        builder = builder.remove_member(leaf).unwrap();
    }
    builder.build().unwrap().commit_message().to_bytes().unwrap()
}

fn process(group: &mut Group<impl MlsConfig>, message: &[u8]) -> Option<Vec<u8>> {
    match group.process_incoming_message(MlsMessage::from_bytes(message).unwrap()).unwrap() {
        ReceivedMessage::ApplicationMessage(message) => Some(message.data().to_vec()),
        ReceivedMessage::Commit(_) => None,
        _ => panic!("neither a commit nor an application message"),
    }
}

fn add_everybody(rows: &mut Rows, members: usize) {
    let mut group =
        client("creator").create_group(ExtensionList::default(), ExtensionList::default(), None).unwrap();
    let packages: Vec<Vec<u8>> = (1..members)
        .map(|i| key_package(&client(&format!("user-{}", 100_000_000 + i))).to_bytes().unwrap())
        .collect();
    rows.measure("add everybody", || {
        let mut builder = group.commit_builder();
        for package in &packages {
            builder = builder.add_member(MlsMessage::from_bytes(package).unwrap()).unwrap();
        }
        let made = builder.build().unwrap();
        (made.commit_message().to_bytes().unwrap(), made.welcome_messages()[0].to_bytes().unwrap())
    });
    group.apply_pending_commit().unwrap();
    assert_eq!(group.roster().members_iter().count(), members);
    rows.measure("commit, fresh", || commit(&mut group, None));
}

fn primitives(rows: &mut Rows) {
    let crypto = OpensslCryptoProvider::default().cipher_suite_provider(SUITE).unwrap();
    let (private, public) = crypto.signature_key_generate().unwrap();
    for _ in 0..CALLS {
        let signature = rows.primitive("sign", || crypto.sign(&private, &SIGNED).unwrap());
        rows.primitive("verify", || crypto.verify(&public, &signature, &SIGNED).unwrap());
        let (_, key) = rows.primitive("derive", || crypto.kem_derive(&[3; 32]).unwrap());
        rows.primitive("seal", || crypto.hpke_seal(&key, b"", None, &[5; 32]).unwrap());
    }
}

fn main() {
    let arguments = rows::arguments();
    let mut rows = Rows::default();
    let clients = [client("a"), client("b")];
    let welcome = rows::invited([0, 1].map(|i| key_package(&clients[i]).to_bytes().unwrap()));
    let mut groups = [0, 1].map(|i| {
        rows.measure("join", || {
            clients[i].join_group(None, &MlsMessage::from_bytes(&welcome).unwrap(), None).unwrap().0
        })
    });
    assert_eq!(groups[0].roster().members_iter().count(), arguments.members);

    for round in 0..arguments.rounds {
        let (from, to) = (round % 2, 1 - round % 2);
        let made = rows.measure("commit", || commit(&mut groups[from], None));
        rows.measure("process", || process(&mut groups[to], &made));
        groups[from].apply_pending_commit().unwrap();
        let [a, b] = [0, 1].map(|i| groups[i].epoch_authenticator().unwrap());
        assert_eq!(a.as_bytes(), b.as_bytes());
        rows.measure("remove", || commit(&mut groups[from], Some(REMOVED)));
        groups[from].clear_pending_commit();
    }
    for _ in 0..MESSAGES {
        let message = rows.measure("send", || {
            groups[0].encrypt_application_message(&MESSAGE, Vec::new()).unwrap().to_bytes().unwrap()
        });
        let read = rows.measure("receive", || process(&mut groups[1], &message));
        assert_eq!(read.as_deref(), Some(&MESSAGE[..]));
    }
    if arguments.added > 0 {
        add_everybody(&mut rows, arguments.added);
    }
    primitives(&mut rows);
    rows.print();
}
