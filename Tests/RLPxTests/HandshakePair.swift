import EthCrypto
import SansIO

@testable import RLPx

/// Two ends of one connection.
struct HandshakePair {
    let initiatorKey: PrivateKey
    let recipientKey: PrivateKey
    var initiator: Handshake
    var recipient: Handshake
    /// The initiator's first message, already taken from it.
    let auth: [UInt8]

    init(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        initiatorKey = .generate(using: &random)
        recipientKey = .generate(using: &random)
        initiator = try Handshake(
            initiatorTo: recipientKey.publicKey, identity: initiatorKey, random: random.fork())
        recipient = Handshake(recipient: recipientKey, random: random.fork())
        auth = initiator.takeOutput()
    }

    /// The result at each end.
    func complete() throws -> (initiator: Handshake.Completed, recipient: Handshake.Completed) {
        var pair = self
        guard let recipient = try pair.recipient.receive(auth[...]),
            let initiator = try pair.initiator.receive(pair.recipient.takeOutput()[...])
        else { throw RLPxError.undecryptableHandshake }
        return (initiator, recipient)
    }
}

extension Array where Element == UInt8 {
    /// These bytes with one bit changed.
    func flipping(_ bit: Int) -> [UInt8] {
        var bytes = self
        bytes[bit / 8] ^= 1 << (bit % 8)
        return bytes
    }
}
