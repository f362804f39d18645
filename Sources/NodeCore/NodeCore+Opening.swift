import Discovery
public import NodeRecord
import PeerBook
import Primitives
import SansIO

extension NodeCore {
    static func makeDiscovery(
        _ configuration: NodeConfiguration, seal: any PacketSealV4, random: NodeRandom, now: Instant
    ) throws(NodeError) -> DiscoveryV4 {
        do throws(NodeRecordError) {
            var discovery = try DiscoveryV4(
                key: configuration.key, ip: configuration.advertisedIP, udpPort: configuration.udpPort,
                tcpPort: configuration.tcpPort, bootnodes: configuration.bootnodes, random: random, now: now)
            discovery.seal = seal
            return discovery
        } catch {
            throw .record("the node's record can't be made: \(error)")
        }
    }

    /// A node to begin searching with, whose address was found only now.
    public mutating func addBootnode(_ contact: NodeContact) { discovery.seed([contact]) }

    mutating func datagram(_ bytes: [UInt8], from: Endpoint) {
        guard configuration.discoveryEnabled else { return }
        discovery.receive(bytes[...], from: from, now: now)
    }

    /// Carries out what discovery wants.
    ///
    /// - Returns: whether there was anything.
    mutating func carryOutDiscovery() -> Bool {
        guard configuration.discoveryEnabled else { return false }
        noteExpirations()
        let effects = discovery.takeEffects()
        for effect in effects {
            switch effect {
            case .send(let bytes, let to):
                upload.note(control: bytes.count, now: now)
                append(.sendDatagram(bytes, to: to))
            case .found(let contact):
                // Without the node's own word for it the TCP port is what somebody has said.
                let source: ContactSource = contact.record == nil ? .hearsay(by: contact.id) : .discovery
                peers.addCandidate(contact, from: source, now: now)
            }
        }
        return !effects.isEmpty
    }
}
