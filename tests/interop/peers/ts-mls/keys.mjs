// ts-mls generates ECDSA public keys as compressed points; RFC 9420 §5.1.1 wants them uncompressed, and strict receivers
// refuse the others.

import { p256, p384, p521 } from "@noble/curves/nist.js"

const curves = { 2: p256, 5: p521, 7: p384 }

export const uncompressed = (suite, { signKey, publicKey }) => {
  const curve = curves[suite]
  return { signKey, publicKey: curve === undefined ? publicKey : curve.Point.fromBytes(publicKey).toBytes(false) }
}
