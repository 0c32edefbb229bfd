// The outer part of docs/peer.md: lines, arguments, and failures.

import { createInterface } from "node:readline"

export class Failure extends Error {
  constructor(kind, rule) {
    super(rule)
    this.kind = kind
  }
}
export const badRequest = (rule) => new Failure("bad_request", rule)
export const unsupported = (rule) => new Failure("unsupported", rule)

export const hex = (octets) => Buffer.from(octets).toString("hex")
export const octets = (digits) => {
  if (typeof digits !== "string" || !/^([0-9a-f]{2})*$/i.test(digits)) throw badRequest("octets are missing or not hexadecimal")
  return new Uint8Array(Buffer.from(digits, "hex"))
}
export const octetsOrNone = (digits) => (digits === undefined ? new Uint8Array() : octets(digits))

// Whether the word is the second of two; without it, the first is meant.
export const secondOf = (word, first, second) => {
  if (word !== undefined && word !== first && word !== second) throw badRequest(`'${word}' is neither ${first} nor ${second}`)
  return word === second
}

// Things under handles: a letter and a number.
export class Shelf {
  constructor(prefix) {
    this.prefix = prefix
    this.last = 0
    this.things = new Map()
  }
  add(thing) {
    const handle = `${this.prefix}${++this.last}`
    this.things.set(handle, thing)
    return handle
  }
  at(handle) {
    if (!this.things.has(handle)) throw badRequest(`there is no '${handle}'`)
    return this.things.get(handle)
  }
  take(handle) {
    const thing = this.at(handle)
    this.things.delete(handle)
    return thing
  }
  forget(handle) {
    return this.things.delete(handle)
  }
}

// Answers requests, one after another, until there are no more.
export async function serve(program, suites, operations) {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply
    let id
    try {
      const request = JSON.parse(line)
      id = request.id
      if (request.op === "hello") reply = { protocol: "dmls-peer", version: 1, program, suites, operations: Object.keys(operations) }
      else if (Object.hasOwn(operations, request.op)) reply = await operations[request.op](request)
      else throw unsupported(`no operation '${request.op}'`)
      reply = { ...reply, ok: true }
    } catch (why) {
      reply = { ok: false, error: { kind: why.kind ?? "refused", rule: `${why.name}: ${why.message}` } }
    }
    if (id !== undefined) reply.id = id
    process.stdout.write(JSON.stringify(reply) + "\n")
  }
}
