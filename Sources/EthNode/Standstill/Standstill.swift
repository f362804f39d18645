import EthCrypto
public import Primitives
public import SansIO

/// Why a node stands still, as far as it can know: one sentence for each cause when it begins to last, again every few
/// minutes, and none while all is well.
public struct Standstill: Sendable {
    /// What the node is like at a moment.
    public struct Facts: Sendable {
        public var peerCount = 0
        /// Bootnodes and static nodes that it was given.
        public var givenNodes = 0
        /// Why nodes that were tried lately are no peers, as it stands after "were", and how many.
        public var obstacles: [(reason: String, count: Int)] = []
        public var headNumber: UInt64 = 0
        /// In seconds of Unix time, as `unixTime`.
        public var headTimestamp: UInt64 = 0
        public var unixTime: UInt64 = 0
        public var isSyncing = false
        /// Seconds between blocks; nil where there is no such rule.
        public var period: UInt64?
        /// The address that it seals with; nil where it isn't to seal.
        public var sealer: Address?
        /// The signers after the head; nil where they aren't known.
        public var signers: Signers?
        /// The address that others are told, and those of the peers and of the nodes that were dialed lately.
        public var advertised: IPAddress?
        public var addresses: [IPAddress] = []

        public init() {}
    }

    public struct Signers: Sendable {
        public var count: Int
        public var includesSealer: Bool
        /// Who may seal the next block.
        public var next: [Address]

        public init(count: Int, includesSealer: Bool, next: [Address]) {
            self.count = count
            self.includesSealer = includesSealer
            self.next = next
        }

        /// A signer may seal one block of so many in a row (EIP-225): fewer can't go on.
        public var needed: Int { count / 2 + 1 }
    }

    private enum Cause: CaseIterable {
        case noPeers, noSigner, futureHead, noBlocks, narrowAddress
    }

    private struct State {
        var since: Instant
        var silentUntil: Instant?
    }

    private static let patience = Duration.seconds(60)
    private static let pause = Duration.seconds(300)
    /// Headers may be a little ahead; more is a clock or a genesis that is wrong.
    private static let futureSeconds: UInt64 = 15

    private var states: [Cause: State] = [:]
    private var head: (number: UInt64, timestamp: UInt64)?
    private var headSince: Instant?

    public init() {}

    /// What is to be said now.
    public mutating func warnings(_ facts: Facts, now: Instant) -> [String] {
        if head.map({ $0 != (facts.headNumber, facts.headTimestamp) }) ?? true {
            head = (facts.headNumber, facts.headTimestamp)
            headSince = now
        }
        var warnings: [String] = []
        for cause in Cause.allCases {
            guard let text = text(of: cause, facts, now: now) else {
                states[cause] = nil
                continue
            }
            var state = states[cause] ?? State(since: now)
            let isDue = state.silentUntil.map { $0 <= now } ?? (now - state.since >= patience(with: cause))
            if isDue {
                warnings.append(text)
                state.silentUntil = now + Self.pause
            }
            states[cause] = state
        }
        return warnings
    }

    private func patience(with cause: Cause) -> Duration { cause == .noPeers ? Self.patience : .zero }

    private func text(of cause: Cause, _ facts: Facts, now: Instant) -> String? {
        switch cause {
        case .noPeers: noPeers(facts)
        case .noSigner: noSigner(facts)
        case .futureHead: futureHead(facts)
        case .noBlocks: noBlocks(facts, now: now)
        case .narrowAddress: narrowAddress(facts)
        }
    }

    private func noPeers(_ facts: Facts) -> String? {
        // The only signer of a chain needs nobody.
        let isAlone = facts.givenNodes == 0 && facts.signers.map { $0.count == 1 && $0.includesSealer } ?? false
        guard facts.peerCount == 0, !isAlone else { return nil }
        guard facts.givenNodes > 0 else {
            return "no peers: no nodes are given to begin with; --bootnodes or --staticnodes name some"
        }
        let reasons = facts.obstacles.prefix(5).map { "\($0.count) \($0.count == 1 ? "was" : "were") \($0.reason)" }
        let nodes = facts.givenNodes == 1 ? "the given node isn't" : "none of the \(facts.givenNodes) given nodes is"
        return "no peers: \(nodes) connected; "
            + (reasons.isEmpty
                ? "nobody has answered lately: are they running, is UDP let through, and is this clock right?"
                : "of the nodes tried in the last 5 minutes " + reasons.joined(separator: ", "))
    }

    private func noSigner(_ facts: Facts) -> String? {
        guard let sealer = facts.sealer, let signers = facts.signers, !signers.includesSealer else { return nil }
        return
            "\(sealer.checksummed) is none of the \(signers.count) signers of this chain, so this node seals nothing: give "
            + "the key of a signer by --miner.key, or leave out --mine"
    }

    private func futureHead(_ facts: Facts) -> String? {
        guard facts.headTimestamp > facts.unixTime, facts.headTimestamp - facts.unixTime > Self.futureSeconds else {
            return nil
        }
        return
            "block \(facts.headNumber) is \(facts.headTimestamp - facts.unixTime) s in the future, and no block follows until "
            + "then: this clock or the timestamp of the genesis is wrong"
    }

    private func noBlocks(_ facts: Facts, now: Instant) -> String? {
        guard let period = facts.period, period > 0, !facts.isSyncing, let signers = facts.signers, let headSince,
            facts.headTimestamp <= facts.unixTime, facts.peerCount > 0 || facts.sealer != nil
        else { return nil }
        let longest = max(60, Int64(clamping: period.multipliedReportingOverflow(by: 10).partialValue))
        let waited = now - headSince
        guard waited >= .seconds(longest) else { return nil }
        var seals = "nobody has sealed a block yet"
        if facts.headNumber > 0 {
            seals = "only \(Self.list(signers.next, own: facts.sealer)) can seal the next one, and none has come"
        }
        return
            "no block for \(waited.components.seconds) s after block \(facts.headNumber): \(seals); of the chain's "
            + "\(signers.count) signers \(signers.needed) must be running and connected; this node has \(facts.peerCount) "
            + (facts.peerCount == 1 ? "peer" : "peers") + (facts.sealer == nil ? "" : " and seals itself")
    }

    private static func list(_ signers: [Address], own: Address?) -> String {
        let most = 8
        let names = signers.prefix(most).map { $0.checksummed + ($0 == own ? " (this node)" : "") }
        return names.joined(separator: ", ") + (signers.count > most ? " or \(signers.count - most) others" : "")
    }

    private func narrowAddress(_ facts: Facts) -> String? {
        guard let own = facts.advertised else { return nil }
        let isOutside = facts.addresses.contains { own.isLoopback ? !$0.isLoopback : own.isLAN && !$0.isLAN }
        guard isOutside else { return nil }
        return
            "others are told the address \(own), which can't be reached from where some of the nodes are that this one "
            + "talks to: --nat extip:ADDRESS gives the one that can"
    }
}
