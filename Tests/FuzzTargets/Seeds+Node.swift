/// Programs of `fuzzNode`: each begins with a byte about the node.
extension Seeds {
    // A peer comes, with eth/69, topics/1 and blocks/1, and says its Status; another one comes with eth/68.
    private static let joins: [UInt8] = [1, 0, 2, 0, 1, 2, 0, 3, 4, 0, 0, 0, 5, 0, 0, 0, 1, 1]
    private static let other: [UInt8] = [1, 2, 2, 1, 1, 2, 1, 0, 4, 1, 0, 0, 5, 0, 0, 0, 1, 1]
    /// Jobs end, in their order.
    private static let work: [UInt8] = [11, 0, 11, 0, 11, 0, 11, 0]
    /// 2^64 - 1 as `FuzzInput.uint64` has it, and 2^63 - 1.
    private static let edges: [UInt8] = [9, 13]

    /// The peer says something of its own by eth/69, of a kind of `HostileEthPeer.honest`; then jobs end.
    private static func eth(_ kind: UInt8, _ choices: UInt8...) -> [UInt8] {
        [4, 0, 0, 0, 5, 1, 2, kind] + choices + work
    }

    /// The same by blocks/1, of a kind of `HostileEthPeer.aboutBlocks`.
    private static func blocks(_ kind: UInt8, _ choices: UInt8...) -> [UInt8] {
        [4, 0, 0, 2, 5, 0, kind] + choices + work
    }

    /// The same by topics/1, of a kind of `HostileEthPeer.aboutTopics`.
    private static func topics(_ kind: UInt8, _ choices: UInt8...) -> [UInt8] {
        [4, 0, 0, 1, 5, 0, 0, kind] + choices + work
    }

    /// The peer grafts in the mesh of blocks, and prunes it with a contact.
    private static let mesh = blocks(5, 0, 0) + blocks(5, 0, 1, 1, 60)

    /// The peer has the node's topic, grafts, publishes what is right, late, wrong and nothing, prunes and leaves.
    private static let notes =
        topics(0, 1) + topics(1) + topics(6, 0, 2, 1, 7) + topics(6, 0, 2, 2, 7) + topics(6, 0, 2, 3, 7)
        + topics(6, 0, 0) + topics(2, 1, 60) + topics(7)

    @Sendable static func node() -> [[UInt8]] { stories() + hostileNumbers() + hostileBlocks() }

    private static func stories() -> [[UInt8]] {
        let answer: [UInt8] = [4, 0, 0, 0, 3, 1, 1]
        let sync = joined((0..<6).map { _ in answer + work + [13] })
        let ordered = joined((0..<8).map { blocks(1, $0, 1, 0, 1, 0) })
        let disordered = joined([0, 6, 7, 5, 3, 4].map { blocks(1, $0, 1, 0, 0, 0, 0) + mesh })
        let requests = joined((2...9).map { eth($0, 1, 1) + [4, 1, 0, 2] + work })
        return [
            joined([[0], joins, ordered]),
            joined([[1], joins, disordered, [13, 13], work]),
            joined([[7], joins, other, requests, work]),
            joined([[0], joins, notes, notes, [13, 13], work]),
            joined([[0], joins, sync, work, sync]),
            joined([[1], joins, other, [15, 2, 7, 1, 1, 1, 40, 13], work, [13, 13]]),
            [2] + noise(700, 40),
            joined([[5], joins, noise(700, 41)]),
            joined([[0], joins, other, noise(900, 42)]),
        ]
    }

    /// Every number that a message has, at its largest.
    private static func hostileNumbers() -> [[UInt8]] {
        let messages = edges.flatMap { edge in
            [
                // Headers from a number on, from a hash on, and backwards; with skips.
                eth(2, 0, edge, edge, edge, 0), eth(2, 1, 0, edge, edge, 0), eth(2, 0, edge, edge, edge, 1),
                eth(2, 1, 5, edge, 0, 1),
                // NewBlockHashes, BlockRangeUpdate.
                eth(9, 0, edge), eth(10, 0, edge, edge, 0), eth(10, 1, edge, 0),
                // Announcements and requests of blocks/1, and a block of too much difficulty.
                blocks(0, 0, edge), blocks(2, edge, 2, 1, 0, 1, 1), blocks(1, 0, 0, edge, 0, 1, 0),
                mesh + blocks(5, 0, 1, edge), blocks(3, 2, edge, 0), blocks(6, 0, 0, edge, 0),
                topics(0, 1) + topics(2, edge),
            ]
        }
        // Status with another last block.
        let status: [[UInt8]] = edges.map { [1, 0, 2, 0, 1, 2, 0, 3, 4, 0, 0, 0, 5, 0, 0, 0, 1, 0, $0, 13, 13] }
        return messages.map { joined([[0], joins, $0, [13], work]) } + status.map { [0] + $0 + work }
    }

    /// The first block, changed in one way (see `HostileEthPeer.change`) and sealed by one of two signers.
    private static func hostileBlocks() -> [[UInt8]] {
        let changes: [[UInt8]] =
            edges.flatMap { edge in [[1, edge], [2, edge], [3, 0, edge], [4, edge], [5, edge], [6, 1, edge]] }
            + [
                [0], [3, 1, 200], [6, 0], [7, 3], [8, 0, 0], [8, 0, 20], [9, 3, 1], [9, 0, 0], [10, 6], [11], [12],
            ]
        return changes.map { change in
            let attempts = (0..<2).map { [4, 0, 0, 2, 5, 0, 1, 0, 1, 1] + change + [UInt8($0), 1, 0] + work }
            return joined([[0], joins, joined(attempts), blocks(1, 0, 1, 0, 1, 0), blocks(1, 1, 1, 0, 1, 0)])
        }
    }
}
