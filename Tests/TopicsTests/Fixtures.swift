import DevP2P
import EthCrypto
import Primitives
import SansIO

extension Instant {
    static let start = Instant(unixSeconds: 1_700_000_000)
}

/// Peer number `n`, which this node has dialed.
func makePeer(_ number: UInt64) -> Peer {
    var random = NodeRandom(seed: number, stream: 55)
    let key = PrivateKey.generate(using: &random).publicKey
    return Peer(
        connection: ConnectionID(rawValue: number), id: key.nodeID, publicKey: key, isInbound: false,
        clientID: "test", endpoint: Endpoint(ip: .loopback, port: UInt16(number)))
}
