public import Chain
public import DevP2P

/// Why a peer's Status ends the session. The cases are in the order of the checks, which is go-ethereum's.
public enum StatusRefusal: Error, Hashable, Sendable {
    /// Another network id, which the peer stated.
    case wrongNetwork(UInt64)
    /// Another version than negotiated, which the peer stated.
    case wrongVersion(UInt64)
    /// Another genesis block.
    case wrongGenesis
    /// An incompatible fork id (EIP-2124).
    case wrongFork(ForkCompatibility)
    /// An invalid range (eth/69).
    case invalidRange

    /// A token for counters: it doesn't change when the words of `description` do.
    public var label: String {
        switch self {
        case .wrongNetwork: "wrongNetwork"
        case .wrongVersion: "wrongVersion"
        case .wrongGenesis: "wrongGenesis"
        case .wrongFork: "wrongFork"
        case .invalidRange: "invalidRange"
        }
    }

    /// The offence to report to the peer book.
    public var offence: Offence {
        switch self {
        case .wrongNetwork, .wrongGenesis, .wrongFork: .wrongFork
        case .wrongVersion, .invalidRange: .protocolBreach
        }
    }
}

extension StatusRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongNetwork(let id): "its network id is \(id), not this node's"
        case .wrongVersion(let version): "its Status is of eth/\(version), which wasn't negotiated"
        case .wrongGenesis: "its genesis block is another"
        case .wrongFork(.remoteStale): "it doesn't know a fork that this chain has had"
        case .wrongFork(.localIncompatibleOrStale), .wrongFork(.compatible):
            "its forks are another chain's, or this node doesn't know one of them"
        case .invalidRange: "its range of blocks is impossible"
        }
    }
}

extension EthStatus {
    /// Checks a peer's Status against this node's own.
    ///
    /// - Parameter forks: the schedule of our chain; `number` and `time` are those of our head.
    /// - Returns: nil if the session may continue.
    public func refusal(
        comparedTo local: EthStatus, forks: ForkSchedule, number: UInt64, time: UInt64
    ) -> StatusRefusal? {
        guard networkID == local.networkID else { return .wrongNetwork(networkID) }
        guard version == local.version else { return .wrongVersion(version) }
        guard genesisHash == local.genesisHash else { return .wrongGenesis }
        let compatibility = forks.validate(remote: forkID, number: number, time: time)
        guard compatibility == .compatible else { return .wrongFork(compatibility) }
        if case .range(let range) = head, !range.isValid { return .invalidRange }
        return nil
    }
}
