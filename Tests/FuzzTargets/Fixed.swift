import EthCrypto
import Primitives
import SansIO

/// Keys, addresses and moments that all targets share. Seeds depend on them.
enum Fixed {
    static let now = Instant(unixSeconds: 1_760_000_000)

    static let nodeKey = key(0)
    /// Keys that a hostile peer has.
    static let peerKeys = (1...8).map { key($0) }

    static func key(_ number: Int) -> PrivateKey {
        var random = NodeRandom(seed: UInt64(number), stream: 77)
        return .generate(using: &random)
    }

    /// One host each: of a local network, of the world in IPv4 and IPv6, and two on one machine.
    static let endpoints: [Endpoint] = [
        IPAddress.v4(0x0a00_0002), .v4(0x0808_0808), .v4(0x0808_0809), .v4(0x5db8_d822),
        .v6(0x2606_2800_0220_0001, 0x248),
        .v4(0x0a00_0003), .v4(0x0808_0808), .loopback,
    ].enumerated().map { Endpoint(ip: $1, port: UInt16(30_303 + $0)) }
}
