//! A client with its own storage, and how its groups are configured.

use jsonl::{refused, unsupported, Failure, Request};
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, CredentialWithKey, ExtensionType, KeyPackage, MlsGroup,
    MlsGroupJoinConfig, OpenMlsCrypto, OpenMlsProvider, ProposalType, MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY,
    MIXED_PLAINTEXT_WIRE_FORMAT_POLICY,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;

pub type Provider = OpenMlsRustCrypto;
pub const PAST_EPOCHS: usize = 5;
pub const RESUMPTION_PSKS: usize = 16;

pub struct OpenMlsMember {
    pub suite: Ciphersuite,
    pub provider: Provider,
    pub signer: SignatureKeyPair,
    pub credential: CredentialWithKey,
    pub capabilities: Capabilities,
}

pub struct Membership {
    pub group: MlsGroup,
    /// The handle of the client it belongs to.
    pub client: String,
}

pub fn supported() -> Vec<u16> {
    Provider::default().crypto().supported_ciphersuites().into_iter().map(u16::from).collect()
}

pub fn join_config(public: bool) -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(if public {
            MIXED_PLAINTEXT_WIRE_FORMAT_POLICY
        } else {
            MIXED_CIPHERTEXT_WIRE_FORMAT_POLICY
        })
        .max_past_epochs(PAST_EPOCHS)
        .number_of_resumption_psks(RESUMPTION_PSKS)
        .build()
}

/// Lets the next handshake message be public or private.
pub fn configure(group: &mut MlsGroup, member: &OpenMlsMember, request: &Request) -> Result<(), Failure> {
    let public = request.second_of("handshake", "private", "public")?;
    Ok(group.set_configuration(member.provider.storage(), &join_config(public))?)
}

impl OpenMlsMember {
    pub fn new(request: &Request) -> Result<Self, Failure> {
        let suite = Ciphersuite::try_from(request.number16("suite")?).map_err(|_| unsupported("cipher suite"))?;
        let provider = Provider::default();
        let signer = SignatureKeyPair::new(suite.signature_algorithm()).map_err(|why| refused(format!("{why:?}")))?;
        let credential = CredentialWithKey {
            credential: BasicCredential::new(request.octets("identity")?).into(),
            signature_key: signer.public().into(),
        };
        let capabilities = Capabilities::builder()
            .ciphersuites(provider.crypto().supported_ciphersuites())
            .extensions(request.code_points("extension_types").into_iter().map(ExtensionType::from).collect())
            .proposals(request.code_points("proposal_types").into_iter().map(ProposalType::from).collect())
            .build();
        Ok(Self { suite, provider, signer, credential, capabilities })
    }

    pub fn key_package(&self) -> Result<KeyPackage, Failure> {
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(self.capabilities.clone())
            .build(self.suite, &self.provider, &self.signer, self.credential.clone())?;
        Ok(bundle.into_key_package())
    }
}
