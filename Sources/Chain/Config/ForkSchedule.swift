public import Primitives

/// Whether a remote node's fork id fits ours.
public enum ForkCompatibility: Hashable, Sendable {
    case compatible
    /// The remote doesn't know a fork that it should.
    case remoteStale
    /// Another chain, or we don't know a fork that we should.
    case localIncompatibleOrStale
}

/// A chain's forks in order, and the fork ids that follow from them (EIP-2124, EIP-6122; eth.md, section 5).
public struct ForkSchedule: Hashable, Sendable {
    /// Block numbers, then times, ascending; without what is active at genesis already.
    public let forks: [UInt64]
    private let blockForkCount: Int
    /// `sums[i]` is the hash of a head before fork i; one more than forks.
    private let sums: [UInt32]

    /// A remote `next` above this is a time: blocks will never reach it (the first block's time on mainnet).
    private static let timestampThreshold: UInt64 = 1_438_269_973

    public init(config: ChainConfig, genesisHash: Hash32, genesisTime: UInt64) {
        func collect(_ fields: [ChainConfig.ForkField], after start: UInt64) -> [UInt64] {
            Set(fields.compactMap { config[keyPath: $0.path] }.filter { $0 > start }).sorted()
        }
        let blockForks = collect(ChainConfig.blockForks, after: 0)
        let forks = blockForks + collect(ChainConfig.timeForks, after: genesisTime)
        var sums = [CRC32.update(0, genesisHash.bytes)]
        for (index, fork) in forks.enumerated() {
            sums.append(CRC32.update(sums[index], (0..<8).map { UInt8(truncatingIfNeeded: fork >> (56 - 8 * $0)) }))
        }
        self.forks = forks
        self.sums = sums
        blockForkCount = blockForks.count
    }

    /// The fork id of a chain whose head has this number and time.
    public func forkID(number: UInt64, time: UInt64) -> ForkID {
        let index = passed(number: number, time: time)
        return ForkID(hash: sums[index], next: index < forks.count ? forks[index] : 0)
    }

    /// Whether to go on with a remote node, by its fork id and our head.
    public func validate(remote: ForkID, number: UInt64, time: UInt64) -> ForkCompatibility {
        let index = passed(number: number, time: time)
        if sums[index] == remote.hash {
            // Equal so far. If the remote's next fork is behind our head, we have passed it without knowing it.
            let isByTime = index >= blockForkCount && forks.count > blockForkCount
            let head = isByTime ? time : number
            let isPassed = head >= remote.next || remote.next > Self.timestampThreshold && time >= remote.next
            return remote.next > 0 && isPassed ? .localIncompatibleOrStale : .compatible
        }
        if let behind = sums[..<index].firstIndex(of: remote.hash) {
            // The remote is syncing, if the fork it expects next is the one that came next.
            return remote.next == forks[behind] ? .compatible : .remoteStale
        }
        // Ahead of us: we are syncing.
        return sums[(index + 1)...].contains(remote.hash) ? .compatible : .localIncompatibleOrStale
    }

    /// The fork ids from genesis to the last known fork, each with the number and time where it begins; a fork by time
    /// has the number of the last fork by block.
    public var forkIDs: [(number: UInt64, time: UInt64, forkID: ForkID)] {
        let lastBlockFork = blockForkCount > 0 ? forks[blockForkCount - 1] : 0
        return (0...forks.count).map { index in
            let byTime = index > blockForkCount
            let number = index == 0 ? 0 : byTime ? lastBlockFork : forks[index - 1]
            let time = byTime ? forks[index - 1] : 0
            return (number, time, ForkID(hash: sums[index], next: index < forks.count ? forks[index] : 0))
        }
    }

    /// How many forks a head has passed: all before the first one that it hasn't.
    private func passed(number: UInt64, time: UInt64) -> Int {
        for (index, fork) in forks.enumerated() where (index < blockForkCount ? number : time) < fork { return index }
        return forks.count
    }
}
