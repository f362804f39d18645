import EthCrypto
import Primitives
import RLP

/// The first message of the base protocol, each way (rlpx.md of the devp2p specification, "Hello (0x00)").
struct Hello {
    /// The version of the base protocol that this node speaks: with snappy (EIP-706).
    static let currentVersion: UInt64 = 5

    /// The first version with snappy. A peer that says less gets and sends payloads as they are.
    static let snappyVersion: UInt64 = 5

    /// The largest payload, in bytes (go-ethereum).
    static let maxBytes = 2048

    /// The longest client id sent, in bytes, so that no setting makes Hello too large.
    private static let maxClientIDBytes = 256

    let version: UInt64
    let clientID: String
    let capabilities: [CapabilityName]
    let listenPort: UInt64
    /// The sender's key as it stands there: of any length.
    private let nodeKey: [UInt8]

    init(_ local: LocalHello, publicKey: PublicKey) {
        version = Self.currentVersion
        clientID = local.clientID
        capabilities = local.capabilities.map(\.name).sorted()
        listenPort = UInt64(local.listenPort)
        nodeKey = publicKey.bytes
    }

    /// The sender's key; nil unless it is 64 bytes and not all zero.
    var publicKey: PublicKey? {
        guard let key = PublicKey(nodeKey), !key.isZero else { return nil }
        return key
    }
}

extension Hello: RLPEncodable, RLPDecodable {
    func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(version)
            list.write(Array(clientID.utf8.prefix(Self.maxClientIDBytes)))
            list.list { names in for name in capabilities { name.encode(to: &names) } }
            list.write(listenPort)
            list.write(nodeKey)
        }
    }

    /// Elements after the key are ignored, and so is the version (EIP-8).
    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        version = try list.read()
        clientID = String(printing: try list.readBytes())
        // Its number needs no limit: all of Hello has one.
        capabilities = try list.readList(of: CapabilityName.self)
        listenPort = try list.read()
        nodeKey = Array(try list.readBytes())
    }
}

extension String {
    /// Text from a peer, for logs and pages: what isn't UTF-8, and control characters, become U+FFFD.
    fileprivate init(printing bytes: ArraySlice<UInt8>) {
        self.init()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
        }
    }
}
