// Proposals and extensions, between the JSON of docs/peer.md and the objects of ts-mls.

import { decode, defaultProposalTypes, protocolVersions, pskTypes, resumptionPSKUsages } from "ts-mls"

import { badRequest, hex, octets, unsupported } from "./jsonl.mjs"
import { decodeWhole, encodeExtension, groupContextExtensionDecoder } from "./internals.mjs"

export const keyPackageOf = (digits) => {
  const message = decodeWhole(octets(digits))
  if (message.keyPackage === undefined) throw badRequest("not a key package")
  return message.keyPackage
}

export const extensionsOf = (list = []) =>
  list.map(({ type, data }) => {
    const content = octets(data)
    const length = content.length < 64 ? [content.length] : [0x40 | (content.length >> 8), content.length & 255]
    const extension = decode(groupContextExtensionDecoder, new Uint8Array([type >> 8, type & 255, ...length, ...content]))
    if (extension === undefined) throw badRequest(`extension ${type} is malformed`)
    return extension
  })

// [{type, data}] as it stands on the wire.
export const plainExtensions = (extensions) =>
  extensions.map((extension) => {
    const wire = encodeExtension(extension)
    const long = wire[2] >> 6
    return { type: (wire[0] << 8) | wire[1], data: hex(wire.slice(3 + (long === 0 ? 0 : long === 1 ? 1 : 3))) }
  })

const psk = (cs, info) => ({
  proposalType: defaultProposalTypes.psk,
  psk: { preSharedKeyId: { ...info, pskNonce: cs.rng.randomBytes(cs.kdf.size) } },
})

export const proposalOf = (cs, proposal) => {
  switch (proposal.type) {
    case "add":
      return { proposalType: defaultProposalTypes.add, add: { keyPackage: keyPackageOf(proposal.key_package) } }
    case "remove":
      return { proposalType: defaultProposalTypes.remove, remove: { removed: proposal.leaf } }
    case "external_psk":
      return psk(cs, { psktype: pskTypes.external, pskId: octets(proposal.psk_id) })
    case "resumption_psk":
      return psk(cs, {
        psktype: pskTypes.resumption,
        usage: resumptionPSKUsages.application,
        pskGroupId: octets(proposal.group_id),
        pskEpoch: BigInt(proposal.epoch),
      })
    case "reinit":
      return {
        proposalType: defaultProposalTypes.reinit,
        reinit: {
          groupId: octets(proposal.group_id),
          version: protocolVersions.mls10,
          cipherSuite: proposal.suite,
          extensions: extensionsOf(proposal.extensions),
        },
      }
    case "group_context_extensions":
      return {
        proposalType: defaultProposalTypes.group_context_extensions,
        groupContextExtensions: { extensions: extensionsOf(proposal.extensions) },
      }
    case "custom":
      return { proposalType: proposal.proposal_type, proposalData: octets(proposal.data) }
    case "update":
      throw unsupported("the package offers no way to propose an update")
    default:
      throw badRequest(`no proposal '${proposal.type}'`)
  }
}
