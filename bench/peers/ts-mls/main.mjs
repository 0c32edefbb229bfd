// The rows of ../README.md for ts-mls.

import { createInterface } from "node:readline"

import {
  acceptAll,
  createApplicationMessage,
  createCommit,
  createGroup,
  decode,
  defaultCapabilities,
  defaultCredentialTypes,
  defaultKeyPackageEqualityConfig,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  defaultProposalTypes,
  encode,
  generateKeyPackageWithKey,
  getCiphersuiteImpl,
  joinGroup,
  mlsMessageDecoder,
  mlsMessageEncoder,
  nodeTypes,
  processMessage,
  protocolVersions,
  unsafeTestingAuthenticationService,
  wireformats,
} from "ts-mls"

const [members, rounds, added] = process.argv.slice(2).map(Number)
const MESSAGE = new Uint8Array(100).fill(5)
const MESSAGES = 50
const REMOVED = 4

const cs = await getCiphersuiteImpl("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519")
const context = {
  cipherSuite: cs,
  authService: unsafeTestingAuthenticationService,
  externalPsks: {},
  clientConfig: {
    keyRetentionConfig: { retainKeysForGenerations: 1000, retainKeysForEpochs: 4, maximumForwardRatchetSteps: 1000 },
    lifetimeConfig: defaultLifetimeConfig,
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: defaultPaddingConfig,
  },
}

const times = new Map()
async function measure(row, run) {
  const begin = process.cpuUsage()
  const result = await run()
  const used = process.cpuUsage(begin)
  times.set(row, [...(times.get(row) ?? []), used.user + used.system])
  return result
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

const require = (holds, why) => {
  if (!holds) throw new Error(why)
}
const equal = (a, b) => Buffer.from(a).equals(Buffer.from(b))
const octetsOf = (message) => encode(mlsMessageEncoder, message)
const messageOf = (octets) => decode(mlsMessageDecoder, octets)

const packageOctets = (keyPackage) =>
  octetsOf({ version: protocolVersions.mls10, wireformat: wireformats.mls_key_package, keyPackage })

const newKeyPackage = async (name) =>
  generateKeyPackageWithKey({
    credential: { credentialType: defaultCredentialTypes.basic, identity: new TextEncoder().encode(name) },
    capabilities: defaultCapabilities(),
    signatureKeyPair: await cs.signature.keygen(),
    cipherSuite: cs,
    extensions: [],
  })

const commit = async (state, extraProposals = []) => {
  const made = await createCommit({ context, state, extraProposals, ratchetTreeExtension: true })
  return { newState: made.newState, octets: octetsOf(made.commit), welcome: made.welcome && octetsOf(made.welcome) }
}
const receive = (state, octets) => processMessage({ context, state, message: messageOf(octets), callback: acceptAll })

async function addEverybody(count) {
  const creator = await newKeyPackage("creator")
  const state = await createGroup({
    context,
    groupId: new TextEncoder().encode("added"),
    keyPackage: creator.publicPackage,
    privateKeyPackage: creator.privatePackage,
    extensions: [],
  })
  const packages = []
  for (let i = 1; i < count; ++i) packages.push(packageOctets((await newKeyPackage(`user-${100_000_000 + i}`)).publicPackage))
  const made = await measure("add everybody", () => {
    const add = (octets) => ({ proposalType: defaultProposalTypes.add, add: { keyPackage: messageOf(octets).keyPackage } })
    return commit(state, packages.map(add))
  })
  const leaves = made.newState.ratchetTree.filter((node) => node?.nodeType === nodeTypes.leaf)
  require(leaves.length === count, "members are missing")
  await measure("commit, fresh", () => commit(made.newState))
}

const packages = [await newKeyPackage("a"), await newKeyPackage("b")]
for (const { publicPackage } of packages) console.log(Buffer.from(packageOctets(publicPackage)).toString("hex"))
const lines = createInterface({ input: process.stdin })
const welcome = new Uint8Array(Buffer.from((await lines[Symbol.asyncIterator]().next()).value, "hex"))
lines.close()
const states = []
for (const pair of packages)
  states.push(
    await measure("join", async () =>
      joinGroup({ context, welcome: messageOf(welcome).welcome, keyPackage: pair.publicPackage, privateKeys: pair.privatePackage }),
    ),
  )
require(states[0].ratchetTree.filter((node) => node?.nodeType === nodeTypes.leaf).length === members, "members are missing")

for (let round = 0; round < rounds; ++round) {
  const from = round % 2
  const to = 1 - from
  const made = await measure("commit", () => commit(states[from]))
  states[to] = (await measure("process", () => receive(states[to], made.octets))).newState
  states[from] = made.newState
  require(equal(states[0].keySchedule.epochAuthenticator, states[1].keySchedule.epochAuthenticator), "they do not agree")
  const removal = { proposalType: defaultProposalTypes.remove, remove: { removed: REMOVED } }
  await measure("remove", () => commit(states[from], [removal]))
}
for (let i = 0; i < MESSAGES; ++i) {
  const sent = await measure("send", async () => {
    const made = await createApplicationMessage({ context, state: states[0], message: MESSAGE })
    return { newState: made.newState, octets: octetsOf(made.message) }
  })
  states[0] = sent.newState
  const read = await measure("receive", () => receive(states[1], sent.octets))
  states[1] = read.newState
  require(equal(read.message, MESSAGE), "another message")
}
if (added > 0) await addEverybody(added)
console.log(JSON.stringify({ rows: Object.fromEntries([...times].map(([row, list]) => [row, median(list)])) }))
