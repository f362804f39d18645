public import Chain
public import DevP2P

/// Why a peer's Status ends the session. In the order in which it is checked, which is go-ethereum's.
public enum StatusRefusal: Error, Hashable, Sendable {
    case wrongNetwork(UInt64)
    /// Another version than negotiated.
    case wrongVersion(UInt64)
    case wrongGenesis
    case wrongFork(ForkCompatibility)
    /// eth/69: a range that can't be.
    case invalidRange

    /// A token, for counters: it stays as it is, whatever the words become.
    public var label: String {
        switch self {
        case .wrongNetwork: "wrongNetwork"
        case .wrongVersion: "wrongVersion"
        case .wrongGenesis: "wrongGenesis"
        case .wrongFork: "wrongFork"
        case .invalidRange: "invalidRange"
        }
    }

    /// What the peer book is told.
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
    /// - Parameter forks: the chain's; `number` and `time` are those of this node's head.
    /// - Returns: nil where the session may go on.
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
