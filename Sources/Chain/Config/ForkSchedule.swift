public import Primitives

/// The result of comparing a remote node's fork id with ours (EIP-2124, "Validation rules").
public enum ForkCompatibility: Hashable, Sendable {
    /// The same chain, as far as both nodes know.
    case compatible
    /// The remote node doesn't know a fork that our chain has passed.
    case remoteStale
    /// Another chain, or the remote node's chain has passed a fork that we don't know.
    case localIncompatibleOrStale
}

/// A chain's forks in order, and its fork ids (EIP-2124, EIP-6122; eth.md, section 5).
public struct ForkSchedule: Hashable, Sendable {
    /// Block numbers, then times in seconds since the Unix epoch, each ascending; without forks active at genesis.
    public let forks: [UInt64]
    private let blockForkCount: Int
    /// `sums[i]` is the fork hash of a head that has passed i forks; its count is `forks.count + 1`.
    private let sums: [UInt32]

    /// A remote `next` above this is a time: block numbers never reach it (the time of mainnet's genesis).
    private static let timestampThreshold: UInt64 = 1_438_269_973

    /// The schedule of a chain.
    ///
    /// - Parameter genesisTime: the timestamp of the genesis block, in seconds since the Unix epoch.
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

    /// The fork id at a head with this number and time.
    public func forkID(number: UInt64, time: UInt64) -> ForkID {
        let index = passed(number: number, time: time)
        return ForkID(hash: sums[index], next: index < forks.count ? forks[index] : 0)
    }

    /// Compares a remote node's fork id with ours at a head with this number and time.
    public func validate(remote: ForkID, number: UInt64, time: UInt64) -> ForkCompatibility {
        let index = passed(number: number, time: time)
        if sums[index] == remote.hash {
            // The same forks so far. If our head has passed the remote's next fork, we don't know that fork.
            let isByTime = index >= blockForkCount && forks.count > blockForkCount
            let head = isByTime ? time : number
            let isPassed = head >= remote.next || remote.next > Self.timestampThreshold && time >= remote.next
            return remote.next > 0 && isPassed ? .localIncompatibleOrStale : .compatible
        }
        if let behind = sums[..<index].firstIndex(of: remote.hash) {
            // The remote's head is older. It is compatible if it expects the fork that came next.
            return remote.next == forks[behind] ? .compatible : .remoteStale
        }
        // The remote's head is newer: we are syncing.
        return sums[(index + 1)...].contains(remote.hash) ? .compatible : .localIncompatibleOrStale
    }

    /// The fork ids from genesis to the last known fork, each with the number and time at which it begins. A fork by
    /// time has the number of the last fork by number.
    public var forkIDs: [(number: UInt64, time: UInt64, forkID: ForkID)] {
        let lastBlockFork = blockForkCount > 0 ? forks[blockForkCount - 1] : 0
        return (0...forks.count).map { index in
            let byTime = index > blockForkCount
            let number = index == 0 ? 0 : byTime ? lastBlockFork : forks[index - 1]
            let time = byTime ? forks[index - 1] : 0
            return (number, time, ForkID(hash: sums[index], next: index < forks.count ? forks[index] : 0))
        }
    }

    /// The number of forks that a head has passed.
    private func passed(number: UInt64, time: UInt64) -> Int {
        for (index, fork) in forks.enumerated() where (index < blockForkCount ? number : time) < fork { return index }
        return forks.count
    }
}
