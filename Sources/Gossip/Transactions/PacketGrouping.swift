import DevP2P
import Primitives

/// Packets of hashes for several peers, so that what is equal is encoded and compressed once.
struct PacketGrouping {
    private(set) var groups: [(hashes: [Hash32], receivers: [Peer])] = []
    private var indices: [[Hash32]: Int] = [:]

    mutating func add(_ hashes: [Hash32], to peer: Peer) {
        guard !hashes.isEmpty else { return }
        if let index = indices[hashes] {
            groups[index].receivers.append(peer)
        } else {
            indices[hashes] = groups.count
            groups.append((hashes, [peer]))
        }
    }
}
