//! Proposals: by reference, by value, and from outside.

use crate::config::{Config, Group};
use jsonl::{bad_request, unsupported, Failure, Request};
use mls_rs::external_client::{builder::MlsConfig, ExternalGroup};
use mls_rs::group::proposal::CustomProposal;
use mls_rs::group::CommitBuilder;
use mls_rs::psk::ExternalPskId;
use mls_rs::{CipherSuite, Extension, ExtensionList, MlsMessage, ProtocolVersion};

pub fn extensions(request: &Request, name: &str) -> Result<ExtensionList, Failure> {
    let list = request.extensions(name)?;
    Ok(list.into_iter().map(|(number, data)| Extension::new(number.into(), data)).collect::<Vec<_>>().into())
}

fn key_package(proposal: &Request) -> Result<MlsMessage, Failure> {
    Ok(MlsMessage::from_bytes(&proposal.octets("key_package")?)?)
}

fn psk_id(proposal: &Request) -> Result<ExternalPskId, Failure> {
    Ok(ExternalPskId::new(proposal.octets("psk_id")?))
}

fn custom(proposal: &Request) -> Result<CustomProposal, Failure> {
    Ok(CustomProposal::new(proposal.number16("proposal_type")?.into(), proposal.octets("data")?))
}

const MLS10: ProtocolVersion = ProtocolVersion::MLS_10;

pub fn propose(group: &mut Group, proposal: &Request, data: Vec<u8>) -> Result<MlsMessage, Failure> {
    Ok(match proposal.text("type")? {
        "add" => group.propose_add(key_package(proposal)?, data)?,
        "update" => group.propose_update(data)?,
        "remove" => group.propose_remove(proposal.number32("leaf")?, data)?,
        "external_psk" => group.propose_external_psk(psk_id(proposal)?, data)?,
        "resumption_psk" => {
            if proposal.octets("group_id")? != group.group_id() {
                return Err(unsupported("resumption PSKs of other groups"));
            }
            group.propose_resumption_psk(proposal.number("epoch")?, data)?
        }
        "reinit" => {
            let suite = CipherSuite::from(proposal.number16("suite")?);
            let list = extensions(proposal, "extensions")?;
            group.propose_reinit(Some(proposal.octets("group_id")?), MLS10, suite, list, data)?
        }
        "group_context_extensions" => {
            group.propose_group_context_extensions(extensions(proposal, "extensions")?, data)?
        }
        "custom" => group.propose_custom(custom(proposal)?, data)?,
        other => return Err(bad_request(format!("no proposal '{other}'"))),
    })
}

pub fn by_value<'a>(
    commit: CommitBuilder<'a, Config>,
    proposal: &Request,
) -> Result<CommitBuilder<'a, Config>, Failure> {
    Ok(match proposal.text("type")? {
        "add" => commit.add_member(key_package(proposal)?)?,
        "remove" => commit.remove_member(proposal.number32("leaf")?)?,
        "external_psk" => commit.add_external_psk(psk_id(proposal)?)?,
        "resumption_psk" => commit.add_resumption_psk(proposal.number("epoch")?)?,
        "reinit" => {
            let suite = CipherSuite::from(proposal.number16("suite")?);
            let list = extensions(proposal, "extensions")?;
            commit.reinit(Some(proposal.octets("group_id")?), MLS10, suite, list)?
        }
        "group_context_extensions" => commit.set_group_context_ext(extensions(proposal, "extensions")?)?,
        "custom" => commit.custom_proposal(custom(proposal)?),
        other => return Err(bad_request(format!("no proposal '{other}' by value"))),
    })
}

pub fn propose_from_outside<C: MlsConfig>(
    group: &mut ExternalGroup<C>,
    proposal: &Request,
    data: Vec<u8>,
) -> Result<MlsMessage, Failure> {
    Ok(match proposal.text("type")? {
        "add" => group.propose_add(key_package(proposal)?, data)?,
        "remove" => group.propose_remove(proposal.number32("leaf")?, data)?,
        "external_psk" => group.propose_external_psk(psk_id(proposal)?, data)?,
        "resumption_psk" => group.propose_resumption_psk(proposal.number("epoch")?, data)?,
        "reinit" => {
            let suite = CipherSuite::from(proposal.number16("suite")?);
            let list = extensions(proposal, "extensions")?;
            group.propose_reinit(Some(proposal.octets("group_id")?), MLS10, suite, list, data)?
        }
        "group_context_extensions" => {
            group.propose_group_context_extensions(extensions(proposal, "extensions")?, data)?
        }
        "custom" => group.propose_custom(custom(proposal)?, data)?,
        other => return Err(bad_request(format!("no proposal '{other}' from outside"))),
    })
}
