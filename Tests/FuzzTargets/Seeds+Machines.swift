extension Seeds {
    static func joined(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined()) }

    /// A few sparse tries and a full one; what is claimed about them is noise.
    @Sendable static func proof() -> [[UInt8]] {
        (0..<4 as Range<UInt64>).map { seed in
            let length = UInt8(truncatingIfNeeded: seed)
            let entries = (0..<24).map { index in noise(1 + Int(seed), 50 + seed * 24 + index) + [9, UInt8(index * 2)] }
            return [length, 24] + joined(entries) + noise(120, 60 + seed)
        }
    }

    /// A program that attaches, talks with its peers and makes a mistake; one that is told much before it reads.
    @Sendable static func sidecar() -> [[UInt8]] {
        let attach: [UInt8] = [1, 1, 0, 1, 1, 7]
        let peers: [UInt8] = [4, 0, 4, 1, 4, 2]
        let message: [UInt8] = [1, 2, 1, 2, 0, 3, 0xc2, 1, 2, 1, 3, 0, 1, 0, 1, 0x80, 1, 4, 1, 1, 1, 5, 1, 3]
        let news = joined((0..<20 as Range<UInt8>).map { [4, $0 & 3, 1, 0, 4, 0x83, 1, 2, $0] })
        return [
            joined([attach, peers, message, [5, 4, 5, 16], [1, 6, 0, 0, 0]]),
            joined([peers, attach, news, [5, 16, 4, 1, 0, 5, 16], message]),
            [0, 0, 4, 0xff, 0xff, 0xff, 0xff], joined([attach, [6, 0], message, [5, 16]]),
        ]
    }

    @Sendable static func kademlia() -> [[UInt8]] {
        var filling: [UInt8] = []
        for n in 0..<120 as Range<UInt8> { filling += [n % 3, n % 24, n, n &* 7, 1, n & 1, n >> 1 & 1] }
        var checks: [UInt8] = []
        for n in 0..<40 as Range<UInt8> { checks += [3 + n % 5, n, n / 2] }
        return [filling, filling + checks, noise(600, 30)]
    }

    /// A step of `DiscoveryProgram` in which a peer sends a well-made packet that is in time, from its own address: see
    /// `HostilePeers.packet` for the kinds and their choices.
    private static func packet(_ peer: UInt8, _ kind: UInt8, _ choices: [UInt8]) -> [UInt8] {
        [0, peer, 3, 1, kind] + choices + [1]
    }

    @Sendable static func discovery() -> [[UInt8]] {
        func bond(_ peer: UInt8) -> [UInt8] { packet(peer, 0, [0, 0, 1]) + packet(peer, 1, [0, 1]) }
        let start: [UInt8] = [15, 11, 11]
        let bonded = joined((0..<6).map(bond))
        let neighbors = packet(0, 4, [3, 1, 1, 2, 2, 3, 3])
        let questions = packet(1, 3, [4]) + packet(2, 5, [])
        let record = packet(0, 6, [1])
        return [
            start + bonded,
            joined([start, bonded, questions, [11, 11], neighbors, [11, 13, 10, 11]]),
            joined([start, bond(0), neighbors, [11, 11], record, [13, 20, 11, 11]]),
            noise(500, 31), start + bonded + noise(400, 32),
        ]
    }
}
