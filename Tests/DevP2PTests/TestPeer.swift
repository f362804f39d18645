import EthCrypto
import Primitives

@testable import DevP2P

enum TestPeer {
    static func make(_ number: UInt64) -> Peer {
        let key = Fixture.key(number).publicKey
        return Peer(
            connection: ConnectionID(rawValue: number), id: key.nodeID, publicKey: key, isInbound: false,
            clientID: "Test/\(number)", endpoint: Endpoint(ip: .loopback, port: UInt16(30000 + number)))
    }
}
