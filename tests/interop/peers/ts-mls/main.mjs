// ts-mls as a peer of docs/peer.md. It applies commits of others as it reads them, so nothing of theirs is staged.

import {
  acceptAll,
  bytesToBase64,
  ciphersuites,
  clientStateDecoder,
  clientStateEncoder,
  createApplicationMessage,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  createProposal,
  branchGroup,
  decode,
  defaultCapabilities,
  defaultCredentialTypes,
  defaultLifetimeConfig,
  defaultKeyPackageEqualityConfig,
  defaultPaddingConfig,
  encode,
  generateKeyPackageWithKey,
  getCiphersuiteImpl,
  joinGroup,
  joinGroupExternal,
  joinGroupFromBranch,
  joinGroupFromReinit,
  makeKeyPackageRef,
  mlsExporter,
  nodeTypes,
  processMessage,
  proposeAddExternal,
  proposeExternal,
  protocolVersions,
  reinitCreateNewGroup,
  unsafeTestingAuthenticationService,
  wireformats,
} from "ts-mls"

import { decodeWhole, encodeMessage, externalSenderEncoder, ratchetTreeDecoder, ratchetTreeEncoder } from "./internals.mjs"
import { uncompressed } from "./keys.mjs"
import { badRequest, hex, octets, octetsOrNone, secondOf, serve, Shelf, unsupported } from "./jsonl.mjs"
import { extensionsOf, keyPackageOf, plainExtensions, proposalOf } from "./proposals.mjs"

const clients = new Shelf("c")
const groups = new Shelf("g")
const staged = new Shelf("s")

const names = new Map(Object.entries(ciphersuites).map(([name, id]) => [id, name]))
const clientConfig = {
  keyRetentionConfig: { retainKeysForGenerations: 1000, retainKeysForEpochs: 16, maximumForwardRatchetSteps: 1000 },
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
}

const contextOf = (client) => ({
  cipherSuite: client.cs,
  authService: unsafeTestingAuthenticationService,
  externalPsks: client.psks,
  clientConfig,
})

const newKeyPackage = (client) =>
  generateKeyPackageWithKey({
    credential: client.credential,
    capabilities: client.capabilities,
    signatureKeyPair: client.keys,
    cipherSuite: client.cs,
    extensions: client.grease ? undefined : [], // its GREASE extensions are not among its capabilities
  })

const enter = (client, state) => groups.add({ client, state })
const treeOf = (digits) => (digits === undefined ? undefined : decode(ratchetTreeDecoder, octets(digits)))
const groupInfoOf = (digits) => {
  const message = decodeWhole(octets(digits))
  if (message.groupInfo === undefined) throw badRequest("not a GroupInfo")
  return message.groupInfo
}

// What founding a group from another one gives: ts-mls never puts the tree into such a Welcome.
const founded = (client, { welcome, newState }) => ({
  welcome: hex(encodeMessage(welcome)),
  ratchet_tree: hex(encode(ratchetTreeEncoder, newState.ratchetTree)),
  group: enter(client, newState),
})

// The key package of this client that a Welcome names.
async function addressed(client, welcome) {
  for (const pair of client.keyPackages) {
    const ref = hex(await makeKeyPackageRef(pair.publicPackage, client.cs.hash))
    if (welcome.secrets.some((secrets) => hex(secrets.newMember) === ref)) return pair
  }
  throw badRequest("the Welcome names none of the key packages")
}

async function welcomed(request) {
  const client = clients.at(request.client)
  const { welcome } = decodeWhole(octets(request.welcome))
  if (welcome === undefined) throw badRequest("not a Welcome")
  const pair = await addressed(client, welcome)
  return { client, welcome, keyPackage: pair.publicPackage, privatePackage: pair.privatePackage, ratchetTree: treeOf(request.ratchet_tree) }
}

const leafJson = (leaf, index) => ({
  leaf: index,
  identity: hex(leaf.credential.identity ?? new Uint8Array()),
  signature_key: hex(leaf.signaturePublicKey),
})

const operations = {
  async client({ suite, identity, extension_types = [], proposal_types = [], grease }) {
    if (!names.has(suite)) throw unsupported(`cipher suite ${suite}`)
    const cs = await getCiphersuiteImpl(names.get(suite))
    const capabilities = defaultCapabilities()
    capabilities.extensions = [...capabilities.extensions, ...extension_types]
    capabilities.proposals = [...capabilities.proposals, ...proposal_types]
    const credential = { credentialType: defaultCredentialTypes.basic, identity: octets(identity) }
    const keys = uncompressed(suite, await cs.signature.keygen())
    const client = { cs, credential, capabilities, keys, grease, psks: {}, keyPackages: [] }
    return { client: clients.add(client), signature_key: hex(keys.publicKey) }
  },

  async key_package({ client: handle }) {
    const client = clients.at(handle)
    const pair = await newKeyPackage(client)
    client.keyPackages.push(pair)
    const message = { version: protocolVersions.mls10, wireformat: wireformats.mls_key_package, keyPackage: pair.publicPackage }
    return { key_package: hex(encodeMessage(message)) }
  },

  async psk({ client, psk_id, psk }) {
    clients.at(client).psks[bytesToBase64(octets(psk_id))] = octets(psk)
    return {}
  },

  async create({ client: handle, group_id, extensions }) {
    const client = clients.at(handle)
    const pair = await newKeyPackage(client)
    const state = await createGroup({
      context: contextOf(client),
      groupId: octets(group_id),
      keyPackage: pair.publicPackage,
      privateKeyPackage: pair.privatePackage,
      extensions: extensionsOf(extensions),
    })
    return { group: enter(client, state) }
  },

  async join(request) {
    const { client, welcome, keyPackage, privatePackage, ratchetTree } = await welcomed(request)
    const state = await joinGroup({ context: contextOf(client), welcome, keyPackage, privateKeys: privatePackage, ratchetTree })
    return { group: enter(client, state) }
  },

  // ts-mls finds the old leaf of a resync by itself.
  async external_join({ client: handle, group_info, ratchet_tree, replaces, psk_ids = [], authenticated_data }) {
    if (psk_ids.length > 0) throw unsupported("external commits with pre-shared keys")
    const client = clients.at(handle)
    const pair = await newKeyPackage(client)
    const { publicMessage, newState } = await joinGroupExternal({
      context: contextOf(client),
      groupInfo: groupInfoOf(group_info),
      keyPackage: pair.publicPackage,
      privateKeys: pair.privatePackage,
      resync: replaces !== undefined,
      tree: treeOf(ratchet_tree),
      authenticatedData: octetsOrNone(authenticated_data),
    })
    const message = { version: protocolVersions.mls10, wireformat: wireformats.mls_public_message, publicMessage }
    return { commit: hex(encodeMessage(message)), group: enter(client, newState) }
  },

  async external_sender({ client }) {
    const { credential, keys } = clients.at(client)
    return { external_sender: hex(encode(externalSenderEncoder, { signaturePublicKey: keys.publicKey, credential })) }
  },

  async external_propose({ client, group_info, proposal, authenticated_data }) {
    const { cs, keys } = clients.at(client)
    const info = groupInfoOf(group_info)
    const message = await proposeExternal(info, proposalOf(cs, proposal), keys.publicKey, keys.signKey, cs, octetsOrNone(authenticated_data))
    return { message: hex(encodeMessage(message)) }
  },

  async propose_join({ client: handle, group_info }) {
    const client = clients.at(handle)
    const pair = await newKeyPackage(client)
    client.keyPackages.push(pair)
    const message = await proposeAddExternal(groupInfoOf(group_info), pair.publicPackage, pair.privatePackage, client.cs)
    return { message: hex(encodeMessage(message)) }
  },

  async state({ group }) {
    const { state } = groups.at(group)
    const leaves = state.ratchetTree.flatMap((node, index) => (node?.nodeType === nodeTypes.leaf ? [leafJson(node.leaf, index / 2)] : []))
    return {
      group_id: hex(state.groupContext.groupId),
      epoch: Number(state.groupContext.epoch),
      epoch_authenticator: hex(state.keySchedule.epochAuthenticator),
      leaf: state.privatePath.leafIndex,
      members: leaves,
      extensions: plainExtensions(state.groupContext.extensions),
    }
  },

  async export({ group, label, context, length }) {
    const { client, state } = groups.at(group)
    const secret = await mlsExporter(state.keySchedule.exporterSecret, label, octetsOrNone(context), length, client.cs)
    return { secret: hex(secret) }
  },

  async group_info({ group, tree, external_pub = true }) {
    if (!external_pub) throw unsupported("a GroupInfo without external_pub")
    const { client, state } = groups.at(group)
    const make = secondOf(tree, "inside", "aside") ? createGroupInfoWithExternalPub : createGroupInfoWithExternalPubAndRatchetTree
    const groupInfo = await make(state, [], client.cs)
    return { group_info: hex(encodeMessage({ version: protocolVersions.mls10, wireformat: wireformats.mls_group_info, groupInfo })) }
  },

  async ratchet_tree({ group }) {
    return { ratchet_tree: hex(encode(ratchetTreeEncoder, groups.at(group).state.ratchetTree)) }
  },

  async send({ group, data, authenticated_data }) {
    const membership = groups.at(group)
    const { newState, message } = await createApplicationMessage({
      context: contextOf(membership.client),
      state: membership.state,
      message: octets(data),
      authenticatedData: octetsOrNone(authenticated_data),
    })
    membership.state = newState
    return { message: hex(encodeMessage(message)) }
  },

  async propose({ group, proposal, handshake }) {
    const membership = groups.at(group)
    const { newState, message } = await createProposal({
      context: contextOf(membership.client),
      state: membership.state,
      wireAsPublicMessage: secondOf(handshake, "private", "public"),
      proposal: proposalOf(membership.client.cs, proposal),
    })
    membership.state = newState
    return { message: hex(encodeMessage(message)) }
  },

  async commit({ group, proposals = [], pending = true, identity, path, tree, handshake, authenticated_data }) {
    if (identity !== undefined) throw unsupported("another identity for the committer")
    if (!pending) throw unsupported("a commit takes up all proposals of its epoch")
    const membership = groups.at(group)
    secondOf(path, "always", "when_required") // it has a path if, and only if, ts-mls finds one necessary
    const { newState, commit, welcome } = await createCommit({
      context: contextOf(membership.client),
      state: membership.state,
      wireAsPublicMessage: secondOf(handshake, "private", "public"),
      extraProposals: proposals.map((proposal) => proposalOf(membership.client.cs, proposal)),
      ratchetTreeExtension: !secondOf(tree, "inside", "aside"),
      authenticatedData: octetsOrNone(authenticated_data),
    })
    return {
      commit: hex(encodeMessage(commit)),
      welcome: welcome && hex(encodeMessage(welcome)),
      staged: staged.add({ membership, newState }),
    }
  },

  async merge({ staged: handle }) {
    const { membership, newState } = staged.take(handle)
    if (newState.groupContext.epoch !== membership.state.groupContext.epoch + 1n) throw new Error("the group has moved on")
    membership.state = newState
    return { epoch: Number(newState.groupContext.epoch) }
  },

  async drop({ staged: handle }) {
    staged.take(handle)
    return {}
  },

  async process({ group, message: digits }) {
    const membership = groups.at(group)
    const message = decodeWhole(octets(digits))
    if (message.publicMessage === undefined && message.privateMessage === undefined) throw badRequest("not a message to a group")
    let seen
    const callback = (incoming) => {
      seen = incoming.kind
      return acceptAll(incoming)
    }
    const result = await processMessage({ context: contextOf(membership.client), state: membership.state, message, callback })
    membership.state = result.newState
    if (result.kind === "applicationMessage")
      return { event: "application", data: hex(result.message), authenticated_data: hex(result.aad) }
    if (seen === "proposal") return { event: "proposal" }
    if (result.newState.groupActiveState.kind === "removedFromGroup") return { event: "removed" }
    return { event: "commit", merged: true }
  },

  async reinit_create({ group, client: handle, key_packages }) {
    const { state } = groups.at(group)
    const client = clients.at(handle)
    const { reinit } = state.groupActiveState
    if (reinit === undefined) throw badRequest("the group was not re-initialised")
    const pair = await newKeyPackage(client)
    const made = await reinitCreateNewGroup({
      context: contextOf(client),
      state,
      keyPackage: pair.publicPackage,
      privateKeyPackage: pair.privatePackage,
      memberKeyPackages: key_packages.map(keyPackageOf),
      groupId: reinit.groupId,
      cipherSuite: names.get(reinit.cipherSuite),
      extensions: reinit.extensions,
    })
    return founded(client, made)
  },

  async reinit_join(request) {
    const { client, welcome, keyPackage, privatePackage, ratchetTree } = await welcomed(request)
    const suspendedState = groups.at(request.group).state
    const state = await joinGroupFromReinit({ context: contextOf(client), suspendedState, welcome, keyPackage, privateKeyPackage: privatePackage, ratchetTree })
    return { group: enter(client, state) }
  },

  async branch_create({ group, group_id, key_packages }) {
    const { client, state } = groups.at(group)
    const pair = await newKeyPackage(client)
    const made = await branchGroup({
      context: contextOf(client),
      state,
      keyPackage: pair.publicPackage,
      privateKeyPackage: pair.privatePackage,
      memberKeyPackages: key_packages.map(keyPackageOf),
      newGroupId: octets(group_id),
    })
    return founded(client, made)
  },

  async branch_join(request) {
    const { client, welcome, keyPackage, privatePackage, ratchetTree } = await welcomed(request)
    const oldState = groups.at(request.group).state
    const state = await joinGroupFromBranch({ context: contextOf(client), oldState, welcome, keyPackage, privateKeyPackage: privatePackage, ratchetTree })
    return { group: enter(client, state) }
  },

  async reload({ group }) {
    const { client, state } = groups.at(group)
    return { group: enter(client, decode(clientStateDecoder, encode(clientStateEncoder, state))) }
  },

  async forget({ handle }) {
    if (!clients.forget(handle) && !groups.forget(handle) && !staged.forget(handle)) throw badRequest(`there is no '${handle}'`)
    return {}
  },
}

const suites = [1, 2, 3, 4, 5, 6, 7].filter((suite) => names.has(suite))
await serve("ts-mls 2.0.0-rc.10", suites, operations)
