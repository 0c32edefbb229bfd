// Codecs that the package has and does not export from its root.

import { decode, encode, mlsMessageDecoder, mlsMessageEncoder } from "ts-mls"

import { badRequest } from "./jsonl.mjs"

const inside = (name) => import(new URL(name, import.meta.resolve("ts-mls")))

export const { ratchetTreeDecoder, ratchetTreeEncoder } = await inside("./ratchetTree.js")
export const { groupContextExtensionDecoder, extensionEncoder } = await inside("./extension.js")
export const { externalSenderEncoder } = await inside("./externalSender.js")

export const encodeExtension = (extension) => encode(extensionEncoder, extension)
export const encodeMessage = (message) => encode(mlsMessageEncoder, message)
export const decodeWhole = (octets) => {
  const message = decode(mlsMessageDecoder, octets)
  if (message === undefined) throw badRequest("not an MLSMessage that ts-mls can read")
  return message
}
