import Discovery
import EthCrypto
import NodeRecord
import Primitives
import RLP
import SansIO

/// Peers that speak discv4 with a node: well, badly, and in each other's name.
struct HostilePeers {
    /// What the node last asked of each peer, by the hash to answer with.
    private var pings = [Hash32](repeating: Hash32(), count: Fixed.peerKeys.count)
    private var recordRequests = [Hash32](repeating: Hash32(), count: Fixed.peerKeys.count)
    /// Whom the node has a pong of.
    private(set) var proved: Set<Int> = []

    private static let records: [NodeRecord?] = Fixed.peerKeys.indices.map { peer in
        var draft = NodeRecordDraft()
        draft.setAddress(Fixed.endpoints[peer].ip)
        draft.set(NodeRecord.Key.udp, integer: UInt64(Fixed.endpoints[peer].port))
        draft.set(NodeRecord.Key.tcp, integer: UInt64(Fixed.endpoints[peer].port))
        return try? draft.signed(seq: 7, by: Fixed.peerKeys[peer])
    }

    static func contact(_ peer: Int) -> NodeContact {
        let endpoint = Fixed.endpoints[peer]
        return NodeContact(
            publicKey: Fixed.peerKeys[peer].publicKey, ip: endpoint.ip, udpPort: endpoint.port, tcpPort: endpoint.port)
    }

    /// Notes what the node has sent.
    mutating func observe(_ datagram: [UInt8], to endpoint: Endpoint) {
        guard let peer = Fixed.endpoints.firstIndex(of: endpoint),
            let envelope = try? EnvelopeV4(datagram: datagram[...])
        else { return }
        switch envelope.packet {
        case .ping: pings[peer] = envelope.hash
        case .enrRequest: recordRequests[peer] = envelope.hash
        case .pong, .findNode, .neighbors, .enrResponse: break
        }
    }

    /// The next datagram, by the input's choice, and which peer sends it.
    mutating func datagram(_ input: inout FuzzInput, now: Instant) -> (bytes: [UInt8], peer: Int) {
        let peer = input.choice(Fixed.peerKeys.count)
        switch input.choice(12) {
        case 0: return (input.block(), peer)
        case 1: return (HostileDatagram.signed(UInt8(input.choice(8)), input.block(), by: peer), peer)
        case 2: return (HostileDatagram.signed(UInt8(input.choice(8)), RLPMender.mend(input.block()), by: peer), peer)
        default: return (EnvelopeV4.seal(packet(&input, by: peer, now: now), by: Fixed.peerKeys[peer]).datagram, peer)
        }
    }

    private mutating func packet(_ input: inout FuzzInput, by peer: Int, now: Instant) -> PacketV4 {
        let choice = input.choice(10)
        let expiration = choice == 0 ? input.uint64() : now.unixSeconds &+ 20
        switch input.choice(7) {
        case 0:
            return .ping(
                PacketV4.Ping(
                    from: endpoint(&input), to: endpoint(&input), expiration: expiration,
                    enrSeq: input.bool() ? 7 : nil))
        case 1, 2:
            if choice > 0 { proved.insert(peer) }
            return .pong(
                PacketV4.Pong(
                    to: endpoint(&input), pingHash: pings[peer], expiration: expiration,
                    enrSeq: input.bool() ? 7 : nil))
        case 3:
            let target = Fixed.peerKeys[input.choice(Fixed.peerKeys.count)].publicKey
            return .findNode(PacketV4.FindNode(target: target, expiration: expiration))
        case 4:
            let nodes = (0..<input.choice(15)).map { _ in
                PacketV4.Node(
                    endpoint: endpoint(&input),
                    publicKey: Fixed.peerKeys[input.choice(Fixed.peerKeys.count)].publicKey)
            }
            return .neighbors(PacketV4.Neighbors(nodes: nodes, expiration: expiration))
        case 5: return .enrRequest(PacketV4.ENRRequest(expiration: expiration))
        default:
            let named = input.bool() ? peer : input.choice(Fixed.peerKeys.count)
            guard let record = Self.records[named] else { return .enrRequest(PacketV4.ENRRequest(expiration: 0)) }
            return .enrResponse(PacketV4.ENRResponse(requestHash: recordRequests[peer], record: record))
        }
    }

    /// Mostly that of a peer, sometimes any.
    private func endpoint(_ input: inout FuzzInput) -> EndpointV4 {
        let choice = input.choice(12)
        guard choice < Fixed.endpoints.count else {
            return EndpointV4(ip: IPAddress(bytes: input.bytes(4)), udpPort: input.uint16(), tcpPort: input.uint16())
        }
        let endpoint = Fixed.endpoints[choice]
        return EndpointV4(ip: endpoint.ip, udpPort: endpoint.port, tcpPort: endpoint.port)
    }
}
