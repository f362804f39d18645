import EthCrypto
import Primitives
import RLPx
import SansIO

/// ECIES: bytes to decrypt, and bytes that are encrypted, damaged and decrypted.
public func fuzzECIES(_ bytes: [UInt8]) throws(BrokenProperty) {
    let key = Fixed.nodeKey
    // Nobody can have encrypted it: whoever gets a plaintext out of these bytes has broken ECIES.
    let opened = try? ECIES.decrypt(bytes[...], with: key, authenticating: [])
    try require(opened == nil || KnownECIES.isKnown(bytes), "bytes that nobody encrypted are decrypted")

    var input = FuzzInput(bytes)
    let flip = Int(input.uint16())
    let prefix = input.bytes(input.choice(4))
    let plaintext = Array(input.rest)
    var random = NodeRandom(seed: 5)
    guard
        let message = try? ECIES.encrypt(plaintext, to: key.publicKey, authenticating: prefix, random: &random)
    else { throw BrokenProperty("a valid key is refused") }
    try require(message.count == plaintext.count + ECIES.overhead, "the overhead is not what it says")
    let back = try? ECIES.decrypt(message[...], with: key, authenticating: prefix)
    try require(back == plaintext, "decrypted, the message differs")
    var damaged = message
    damaged[flip % damaged.count] ^= UInt8(1 << (flip % 8))
    try require(
        (try? ECIES.decrypt(damaged[...], with: key, authenticating: prefix)) == nil, "a damaged message is decrypted")
    try require(
        (try? ECIES.decrypt(message[...], with: key, authenticating: prefix + [0])) == nil, "another prefix is accepted"
    )
    try fuzzECIESPoint(input)
}

/// A message whose ephemeral key is any 64 bytes: mostly no point of the curve.
private func fuzzECIESPoint(_ input: FuzzInput) throws(BrokenProperty) {
    var input = input
    let point = input.bytes(64)
    let message = [0x04] + point + [UInt8](repeating: 0, count: 64 - point.count + 48)
    try require(
        (try? ECIES.decrypt(message[...], with: Fixed.nodeKey, authenticating: [])) == nil,
        "a forged message is decrypted")
}

/// The messages that were really encrypted to the key, without a prefix: those of the seeds.
enum KnownECIES {
    static let message: [UInt8] = {
        var random = NodeRandom(seed: 6)
        return
            (try? ECIES.encrypt(
                Array("starling".utf8), to: Fixed.nodeKey.publicKey, authenticating: [], random: &random)) ?? []
    }()

    static func isKnown(_ bytes: [UInt8]) -> Bool { bytes == message }
}

/// The key exchange, at both ends: any bytes, and any plaintext in a well-made envelope.
///
/// The first byte says in pieces of which size the bytes come.
public func fuzzHandshake(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let piece = 1 + Int(input.byte()) * 8
    let raw = Array(input.rest)
    for isInitiator in [false, true] {
        try exchange(raw, piece: piece, isInitiator: isInitiator)
        for plaintext in RLPMender.variants(raw) {
            try exchange(envelope(plaintext) + [1, 2, 3], piece: piece, isInitiator: isInitiator)
        }
    }
}

/// The plaintext as a peer would send it.
private func envelope(_ plaintext: [UInt8]) -> [UInt8] {
    let size = plaintext.count + ECIES.overhead
    let prefix = [UInt8(size >> 8 & 0xff), UInt8(size & 0xff)]
    var random = NodeRandom(seed: 7)
    let message = try? ECIES.encrypt(
        plaintext, to: Fixed.nodeKey.publicKey, authenticating: prefix, random: &random)
    return prefix + (message ?? [])
}

private func exchange(
    _ bytes: [UInt8], piece: Int, isInitiator: Bool
) throws(BrokenProperty) {
    guard var handshake = newHandshake(isInitiator: isInitiator) else { throw BrokenProperty("a key is refused") }
    try require(handshake.takeOutput().isEmpty != isInitiator, "only the initiator speaks first")
    var place = 0
    while place < bytes.count {
        let part = bytes[place..<min(place + piece, bytes.count)]
        place = part.endIndex
        let outcome = Result { () throws(RLPxError) in try handshake.receive(part) }
        switch outcome {
        case .failure:
            return try require(handshake.takeOutput().isEmpty, "something is said after an error")
        case .success(nil):
            try require(handshake.takeOutput().isEmpty, "an unfinished exchange is answered")
            try require(place < Handshake.maxMessageBytes + 2 + piece, "an endless message is kept")
        case .success(let completed?):
            try require(handshake.takeOutput().isEmpty == isInitiator, "only the recipient answers")
            // What has come of the peer's first frame by then, and nothing else.
            let message = 2 + Int(bytes[0]) << 8 + Int(bytes[1])
            try require(completed.rest[...] == bytes[message..<place], "bytes behind the handshake are lost")
            return
        }
    }
}

private func newHandshake(isInitiator: Bool) -> Handshake? {
    guard isInitiator else { return Handshake(recipient: Fixed.nodeKey, random: NodeRandom(seed: 8)) }
    return try? Handshake(
        initiatorTo: Fixed.peerKeys[0].publicKey, identity: Fixed.nodeKey, random: NodeRandom(seed: 9))
}
