//! Proposals: by reference, by value, and from outside. OpenMLS has no re-initialisation.

use crate::member::{OpenMlsMember, Provider};
use jsonl::{bad_request, refused, unsupported, Failure, Request};
use openmls::prelude::tls_codec::{Deserialize, Serialize, VLBytes};
use openmls::prelude::{
    CommitBuilder, CustomProposal, ExtensionType, Extensions, ExternalProposal, GroupContext, GroupEpoch, GroupId,
    Initial, KeyPackage, LeafNodeIndex, LeafNodeParameters, MlsGroup, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider, PreSharedKeyProposal, Proposal, ProtocolVersion, SenderExtensionIndex,
};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::schedule::psk::{ResumptionPsk, ResumptionPskUsage};
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};

/// The list as it stands on the wire, read by OpenMLS.
pub fn extensions(request: &Request, name: &str) -> Result<Extensions<GroupContext>, Failure> {
    let mut list = Vec::new();
    for (number, data) in request.extensions(name)? {
        list.extend(number.to_be_bytes());
        list.extend(VLBytes::new(data).tls_serialize_detached()?);
    }
    Ok(Extensions::tls_deserialize_exact(VLBytes::new(list).tls_serialize_detached()?)?)
}

/// The list as it stands on the wire, taken apart.
pub fn plain(extensions: &Extensions<GroupContext>) -> Result<Vec<(u16, Vec<u8>)>, Failure> {
    let list = VLBytes::tls_deserialize_exact(extensions.tls_serialize_detached()?)?;
    let mut rest = list.as_slice();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let number = ExtensionType::tls_deserialize(&mut rest)?;
        out.push((number.into(), VLBytes::tls_deserialize(&mut rest)?.as_slice().to_vec()));
    }
    Ok(out)
}

pub fn key_package(member: &OpenMlsMember, proposal: &Request) -> Result<KeyPackage, Failure> {
    let message = MlsMessageIn::tls_deserialize_exact(proposal.octets("key_package")?)?;
    match message.extract() {
        MlsMessageBodyIn::KeyPackage(package) => {
            Ok(package.validate(member.provider.crypto(), ProtocolVersion::Mls10)?)
        }
        _ => Err(bad_request("'key_package' is none")),
    }
}

fn psk_id(member: &OpenMlsMember, psk: Psk) -> Result<PreSharedKeyId, Failure> {
    PreSharedKeyId::new(member.suite, member.provider.rand(), psk).map_err(|why| refused(format!("{why:?}")))
}

pub fn store_psk(member: &OpenMlsMember, id: Vec<u8>, value: &[u8]) -> Result<(), Failure> {
    Ok(psk_id(member, Psk::External(ExternalPsk::new(id)))?.store(&member.provider, value)?)
}

pub fn external_psk(member: &OpenMlsMember, id: Vec<u8>) -> Result<PreSharedKeyProposal, Failure> {
    Ok(PreSharedKeyProposal::new(psk_id(member, Psk::External(ExternalPsk::new(id)))?))
}

fn psk(member: &OpenMlsMember, proposal: &Request) -> Result<PreSharedKeyId, Failure> {
    if proposal.has("psk_id") {
        return psk_id(member, Psk::External(ExternalPsk::new(proposal.octets("psk_id")?)));
    }
    let group = GroupId::from_slice(&proposal.octets("group_id")?);
    let epoch = GroupEpoch::from(proposal.number("epoch")?);
    psk_id(member, Psk::Resumption(ResumptionPsk::new(ResumptionPskUsage::Application, group, epoch)))
}

fn custom(proposal: &Request) -> Result<CustomProposal, Failure> {
    Ok(CustomProposal::new(proposal.number16("proposal_type")?, proposal.octets("data")?))
}

pub fn propose(group: &mut MlsGroup, member: &OpenMlsMember, proposal: &Request) -> Result<MlsMessageOut, Failure> {
    let (provider, signer) = (&member.provider, &member.signer);
    Ok(match proposal.text("type")? {
        "add" => group.propose_add_member(provider, signer, &key_package(member, proposal)?)?.0,
        "update" => group.propose_self_update(provider, signer, LeafNodeParameters::default())?.0,
        "remove" => group.propose_remove_member(provider, signer, LeafNodeIndex::new(proposal.number32("leaf")?))?.0,
        "external_psk" | "resumption_psk" => {
            group.propose_pre_shared_key(provider, signer, psk(member, proposal)?)?.0
        }
        "group_context_extensions" => {
            group.propose_group_context_extensions(provider, extensions(proposal, "extensions")?, signer)?.0
        }
        "custom" => group.propose_custom_proposal_by_reference(provider, signer, custom(proposal)?)?.0,
        other => return Err(unsupported(format!("proposal '{other}'"))),
    })
}

pub fn by_value<'a>(
    commit: CommitBuilder<'a, Initial>,
    member: &OpenMlsMember,
    proposal: &Request,
) -> Result<CommitBuilder<'a, Initial>, Failure> {
    Ok(match proposal.text("type")? {
        "add" => commit.propose_adds([key_package(member, proposal)?]),
        "remove" => commit.propose_removals([LeafNodeIndex::new(proposal.number32("leaf")?)]),
        "external_psk" | "resumption_psk" => {
            commit.add_proposal(Proposal::PreSharedKey(Box::new(PreSharedKeyProposal::new(psk(member, proposal)?))))
        }
        "group_context_extensions" => {
            commit.propose_group_context_extensions(extensions(proposal, "extensions")?)?
        }
        "custom" => commit.add_proposal(Proposal::Custom(Box::new(custom(proposal)?))),
        other => return Err(unsupported(format!("proposal '{other}'"))),
    })
}

pub fn propose_from_outside(
    member: &OpenMlsMember,
    info: &VerifiableGroupInfo,
    proposal: &Request,
    index: u32,
) -> Result<MlsMessageOut, Failure> {
    let (group, epoch) = (info.group_id().clone(), info.epoch());
    let (signer, index) = (&member.signer, SenderExtensionIndex::new(index));
    Ok(match proposal.text("type")? {
        "add" => {
            ExternalProposal::new_add::<Provider>(key_package(member, proposal)?, group, epoch, signer, index)?
        }
        "remove" => {
            let leaf = LeafNodeIndex::new(proposal.number32("leaf")?);
            ExternalProposal::new_remove::<Provider>(leaf, group, epoch, signer, index)?
        }
        "group_context_extensions" => {
            let list = extensions(proposal, "extensions")?;
            ExternalProposal::new_group_context_extensions::<Provider>(list, group, epoch, signer, index)?
        }
        other => return Err(unsupported(format!("proposal '{other}' from outside"))),
    })
}
